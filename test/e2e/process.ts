/** The built server and command line as processes of their own, the way users run them. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { ROOT } from '../repo/sources.ts';

const MAIN = join(ROOT, 'dist/cli/main.js');

export const HISTORY = join(
  process.env.COUNTERSIGN_SHARED ?? join(ROOT, '../shared'),
  'data/golang-crypto-reviews.jsonl.gz',
);
export const hasHistory = existsSync(HISTORY);
// biome-ignore lint/suspicious/noConsole: a skip is to be heard
if (!hasHistory) console.warn(`SKIPPED: the real review history is not at ${HISTORY}; its tests do not run.`);

const made: string[] = [];

/** Passable for the account PostgreSQL runs as, and gone with the test file. */
export function newDataDir(): string {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-e2e-'));
  chmodSync(directory, 0o711);
  made.push(directory);
  return directory;
}

afterAll(() => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true });
});

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

/** Runs one command to its end. */
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
  readonly #child: ChildProcess;

  private constructor(dataDir: string, child: ChildProcess, ready: { url: string; ready_ms: number }) {
    this.dataDir = dataDir;
    this.#child = child;
    this.url = ready.url;
    this.readyMs = ready.ready_ms;
  }

  /** Starts `countersign dev` on a free port; resolves when it says that it is ready. */
  static start(
    dataDir = newDataDir(),
    env: Env = {},
    args: readonly string[] = ['--port', '0'],
  ): Promise<Server> {
    return Server.#spawn('dev', dataDir, env, args);
  }

  /** Starts `countersign serve` on a free port. */
  static serve(env: Env): Promise<Server> {
    return Server.#spawn('serve', newDataDir(), env, ['--port', '0']);
  }

  static async #spawn(command: string, dataDir: string, env: Env, args: readonly string[]): Promise<Server> {
    const child = spawn(process.execPath, [MAIN, command, '--json', '--data', dataDir, ...args], {
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

  async kill(signal: NodeJS.Signals): Promise<number | null> {
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    const [code] = await exited;
    return code;
  }

  stop(): Promise<number | null> {
    return this.kill('SIGTERM');
  }
}
