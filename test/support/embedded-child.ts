/** Starts `run-embedded.mjs` in a Node of its own, on what was built: Node 20 cannot strip types by itself. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(import.meta.dirname, '../..');

export interface EmbeddedChild {
  readonly process: ChildProcess;
  /** Process id of its PostgreSQL. */
  readonly pid: number;
  readonly adminUrl: string;
  /** What it logged until it was ready. */
  readonly logged: string;
}

/** Resolves when its server accepts connections; `root` is the checkout it runs from. */
export async function startChild(dataDir: string, root = ROOT): Promise<EmbeddedChild> {
  const child = spawn(process.execPath, [join(root, 'test/support/run-embedded.mjs'), dataDir], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let logged = '';
  child.stderr.on('data', (chunk) => {
    logged += chunk;
  });
  const failed = once(child, 'exit').then(() => Promise.reject(new Error(`the child failed: ${logged}`)));
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), failed]);
  failed.catch(() => {});
  return { process: child, ...JSON.parse(line), logged };
}

/** Kills at once and waits until it is gone. */
export async function kill(child: EmbeddedChild): Promise<void> {
  child.process.kill('SIGKILL');
  await once(child.process, 'exit');
}
