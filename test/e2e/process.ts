/**
 * The built server as a process of its own, the way users run it, and the command line against it: in this process,
 * where what it says and does is the question; as the built program, where the program itself is (`spawned`, README).
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { ROOT } from '../repo/sources.ts';
import { copyCluster } from '../support/cluster.ts';
import { made } from '../support/made.ts';

const MAIN = join(ROOT, 'dist/cli/main.js');
/** As its first line has it. */
const NURSERY = '--max-semi-space-size=64';

export const HISTORY = join(
  process.env.COUNTERSIGN_SHARED ?? join(ROOT, '../shared'),
  'data/golang-crypto-reviews.jsonl.gz',
);
export const hasHistory = existsSync(HISTORY);
// biome-ignore lint/suspicious/noConsole: a skip is to be heard
if (!hasHistory) console.warn(`SKIPPED: the real review history is not at ${HISTORY}; its tests do not run.`);

/** Passable for the account PostgreSQL runs as, and gone with the test file. */
export function newDataDir(): string {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-e2e-'));
  chmodSync(directory, 0o711);
  made.push(directory);
  return directory;
}

function dirWithCluster(): string {
  const directory = newDataDir();
  copyCluster(inject('cluster'), directory);
  return directory;
}

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Env = Record<string, string | undefined>;

/** The caller's surroundings must not decide what a test sees. */
function environment(extra: Env): NodeJS.ProcessEnv {
  const names = ['DATABASE_URL', 'REDIS_URL', 'PORT', 'HOST'];
  const own = Object.entries(process.env).filter(
    ([name]) => !names.includes(name) && !name.startsWith('COUNTERSIGN_'),
  );
  return { ...Object.fromEntries(own), ...extra };
}

/** Runs one command to its end in this process: everything of the command line but the start of Node. */
export async function command(args: readonly string[]): Promise<Finished> {
  const said = { stdout: '', stderr: '' };
  const code = await run(args, {
    out: (text) => {
      said.stdout += text;
    },
    err: (text) => {
      said.stderr += text;
    },
    env: environment({}),
    cwd: process.cwd(),
    colours: false,
    screen: null,
    now: Date.now,
  });
  return { code, ...said };
}

/** Runs the built program to its end. */
export function countersign(args: readonly string[], env: Env = {}): Promise<Finished> {
  return new Promise((resolve) => {
    const options = { env: environment(env), maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, [MAIN, ...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}

/** A transition document, as far as tests look into it. */
export interface Row {
  readonly seq: number;
  readonly change: string;
  readonly version: number;
  readonly kind: string;
  readonly event: string;
  readonly principal: string;
}

export class Server {
  readonly dataDir: string;
  readonly url: string;
  readonly readyMs: number;
  /** Process ids, where it has workers. */
  readonly workers: readonly number[];
  readonly #child: ChildProcess;

  private constructor(
    dataDir: string,
    child: ChildProcess,
    ready: { url: string; ready_ms: number; workers?: number[] },
  ) {
    this.dataDir = dataDir;
    this.#child = child;
    this.url = ready.url;
    this.workers = ready.workers ?? [];
    this.readyMs = ready.ready_ms;
  }

  /**
   * Starts `countersign dev` on a free port; resolves when it says that it is ready. On a directory that is empty it
   * makes its cluster itself; left out, `dataDir` has one already.
   */
  static start(
    dataDir = dirWithCluster(),
    env: Env = {},
    args: readonly string[] = ['--port', '0'],
  ): Promise<Server> {
    return Server.#spawn('dev', dataDir, env, args);
  }

  /** Starts `countersign serve` on a free port. */
  static serve(env: Env, args: readonly string[] = ['--port', '0']): Promise<Server> {
    return Server.#spawn('serve', newDataDir(), env, args);
  }

  static async #spawn(command: string, dataDir: string, env: Env, args: readonly string[]): Promise<Server> {
    const options = ['--json', '--data', dataDir, ...args];
    const child = spawn(process.execPath, [NURSERY, MAIN, command, ...options], {
      env: environment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    let stdout = '';
    for await (const chunk of child.stdout) {
      stdout += chunk;
      if (!stdout.includes('\n')) continue;
      const ready = JSON.parse(stdout);
      if (ready.url) return new Server(dataDir, child, ready);
      break;
    }
    throw new Error(`the server did not start: ${stderr}${stdout}`);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The development token the server left for the command line. */
  get token(): string {
    return readFileSync(join(this.dataDir, 'token'), 'utf8');
  }

  /** A command against this server. */
  run(...args: string[]): Promise<Finished> {
    return command([...args, '--data', this.dataDir]);
  }

  /** The same by the built program in a process of its own. */
  spawned(...args: string[]): Promise<Finished> {
    return countersign([...args, '--data', this.dataDir]);
  }

  /** A command that prints one JSON document. */
  async json(...args: string[]) {
    const { stdout, stderr, code } = await this.run(...args, '--json');
    if (stdout === '') throw new Error(`exit ${code}: ${stderr}`);
    return JSON.parse(stdout);
  }

  fetch(path: string, init: RequestInit & { token?: string } = {}): Promise<Response> {
    const { token = this.token, headers, ...rest } = init;
    const sent = {
      ...(token && { authorization: `Bearer ${token}` }),
      'content-type': 'application/json',
      ...headers,
    };
    return fetch(this.url + path, { ...rest, headers: sent });
  }

  /** The JSON of an answer, whatever its status. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into documents of every kind
  async document(path: string, init: RequestInit & { token?: string } = {}): Promise<any> {
    return (await this.fetch(path, init)).json();
  }

  /** All rows of the tenant's log. */
  async log(): Promise<Row[]> {
    const rows: Row[] = [];
    for (;;) {
      const { items } = await this.document(`/v1/transitions?after=${rows.at(-1)?.seq ?? 0}&limit=200`);
      rows.push(...items);
      if (items.length === 0) return rows;
    }
  }

  /** The exit code; of one that ended before, what it ended with. */
  async kill(signal: NodeJS.Signals): Promise<number | null> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return exitCode;
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    const [code] = await exited;
    return code;
  }

  stop(): Promise<number | null> {
    return this.kill('SIGTERM');
  }
}
