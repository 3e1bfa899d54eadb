/**
 * Runs git: without a shell, with lists of arguments, and with everything switched off by which a repository's or a
 * person's configuration would run programs or change what is printed. The repository may be anybody's.
 *
 * Names that come from outside belong behind `--end-of-options`, paths behind `--`, lists into standard input.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { CountersignError, messageOf } from '../../errors.ts';

const SETTINGS = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.quotePath=false',
  'core.attributesFile=/dev/null',
  'log.showSignature=false',
  'diff.external=',
  'diff.renameLimit=1000',
  'diff.indentHeuristic=true',
  'merge.directoryRenames=conflict',
  'merge.conflictStyle=merge',
  'merge.renames=true',
  'merge.renameLimit=7000',
  'merge.renormalize=false',
  'patchid.stable=true',
  'trailer.separators=:',
  'protocol.allow=never',
] as const;
const SAFE = SETTINGS.flatMap((setting) => ['-c', setting]);

/** Options for every command that compares: no programs of others, no colour, nothing relative. */
export const PLAIN_DIFF = [
  '--no-ext-diff',
  '--no-textconv',
  '--no-color',
  '--no-relative',
  '--full-index',
] as const;

/** What of the environment of git may stay: where it is installed, and which files hold its settings. */
const KEPT = new Set(['GIT_EXEC_PATH', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM']);
/** Where a hook says its repository is; a push that is being received has its objects in a place of their own. */
const PLACE = ['GIT_DIR', 'GIT_COMMON_DIR', 'GIT_WORK_TREE', 'GIT_OBJECT_DIRECTORY', 'GIT_QUARANTINE_PATH'];
const HOOK = new Set([...PLACE, 'GIT_ALTERNATE_OBJECT_DIRECTORIES']);

const DEFAULT_LIMIT = 256 * 1024 * 1024;
const COMPLAINT = 1000;

export interface GitOptions {
  /** What git reads from standard input. */
  readonly input?: string | Buffer;
  /** Set over the cleaned environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** In bytes; more output ends git and fails. 256 MiB when left out. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

/** Why git did not do it; the `cause` of the error. */
export interface GitFailure {
  readonly kind: 'absent' | 'failed' | 'too-much-output' | 'aborted';
  /** The exit status; null where it did not come to one. */
  readonly status: number | null;
  /** The end of what git wrote on standard error. */
  readonly complaint: string;
}

export function gitFailureOf(error: unknown): GitFailure | undefined {
  const cause = error instanceof CountersignError ? error.cause : undefined;
  return typeof cause === 'object' && cause !== null && 'complaint' in cause
    ? (cause as GitFailure)
    : undefined;
}

/** The whole output of one git command. Throws FILE_UNREADABLE with a `GitFailure` as its cause. */
export async function git(args: readonly string[], options: GitOptions = {}): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of gitStream(args, options)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The output as it comes. Leaving the loop early ends git. */
export async function* gitStream(args: readonly string[], options: GitOptions = {}): AsyncGenerator<Buffer> {
  const child = start(args, options);
  child.stdin.end(options.input ?? '');
  yield* outputOf(child, args, options);
}

/** The output of the second command, which reads what the first one prints; nothing of it passes through here. */
export async function gitPipe(
  first: readonly string[],
  second: readonly string[],
  options: GitOptions = {},
): Promise<Buffer> {
  const source = start(first, options);
  const sink = start(second, options);
  source.stdin.end(options.input ?? '');
  const passed = pass(outputOf(source, first, { ...options, limit: Number.POSITIVE_INFINITY }), sink.stdin);
  const chunks: Buffer[] = [];
  const gathered = (async () => {
    for await (const chunk of outputOf(sink, second, options)) chunks.push(chunk);
  })();
  const failed = (await Promise.allSettled([passed, gathered])).find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
  return Buffer.concat(chunks);
}

/** A git that is asked and answers until `end`; its answers come through `output`. */
export interface GitTalk {
  send(text: string): void;
  readonly output: AsyncGenerator<Buffer>;
  end(): Promise<void>;
}

/** Starts a command that reads requests from standard input. Reading throws where git has ended by itself. */
export function gitTalk(args: readonly string[], options: GitOptions = {}): GitTalk {
  const child = start(args, options);
  const output = outputOf(child, args, { ...options, limit: Number.POSITIVE_INFINITY });
  const ended = new Promise<void>((settle) => {
    child.once('exit', () => settle()).once('error', () => settle());
  });
  return {
    send: (text) => void child.stdin.write(text),
    output,
    async end() {
      child.kill();
      child.stdout.destroy();
      await ended;
    },
  };
}

/** Parts that end with NUL, as they come. */
export async function* splitAtNul(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(0); at >= 0; at = chunk.indexOf(0, from)) {
      yield Buffer.concat([...rest, chunk.subarray(from, at)]);
      rest = [];
      from = at + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}

/** The cleaned environment; `inHook` keeps the variables by which git tells a hook where its repository is. */
export function gitEnvironment(inHook = false): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('GIT_') || KEPT.has(name) || (inHook && HOOK.has(name)),
  );
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_PAGER: 'cat',
  };
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

function start(args: readonly string[], { environment, cwd }: GitOptions): Child {
  const child = spawn('git', ['--no-pager', ...SAFE, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...gitEnvironment(), ...environment },
    cwd,
  });
  // git may end before it has read everything; why is told by its status.
  child.stdin.on('error', () => {});
  return child;
}

async function* outputOf(child: Child, args: readonly string[], options: GitOptions): AsyncGenerator<Buffer> {
  const { limit = DEFAULT_LIMIT, signal } = options;
  let complaint = '';
  let startFailure: unknown;
  const ended = new Promise<number | null>((settle) => {
    child.on('error', (error) => {
      startFailure = error;
      settle(null);
    });
    child.on('close', (status) => settle(status));
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    complaint = (complaint + chunk).slice(-COMPLAINT);
  });
  const stop = () => child.kill();
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  try {
    let bytes = 0;
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > limit)
        throw failure(args, { kind: 'too-much-output', status: null, complaint: `${limit} bytes` });
      yield chunk;
    }
    const status = await ended;
    if (signal?.aborted) throw failure(args, { kind: 'aborted', status, complaint });
    if (startFailure) throw failure(args, { kind: 'absent', status, complaint: messageOf(startFailure) });
    if (status !== 0) throw failure(args, { kind: 'failed', status, complaint: complaint.trim() });
  } finally {
    signal?.removeEventListener('abort', stop);
    child.kill();
  }
}

async function pass(from: AsyncIterable<Buffer>, to: Writable): Promise<void> {
  try {
    for await (const chunk of from) {
      if (to.destroyed) return;
      if (!to.write(chunk)) await new Promise<void>((go) => settleOnce(to, go));
    }
  } finally {
    to.end();
  }
}

function settleOnce(stream: Writable, go: () => void): void {
  const done = () => {
    stream.off('drain', done).off('close', done);
    go();
  };
  stream.on('drain', done).on('close', done);
}

function failure(args: readonly string[], cause: GitFailure): CountersignError {
  const command = `git ${args.find((arg) => /^[a-z]/.test(arg)) ?? ''}`.trim();
  const said = cause.complaint || `it ended with status ${cause.status}`;
  const [what, hint] = {
    absent: [`git could not be started: ${said}`, 'Install git 2.38 or newer and have it on the PATH.'],
    failed: [`${command} failed: ${said}`, 'Check the directory, the names given, and "git fsck".'],
    'too-much-output': [`${command} printed more than ${said}`, 'Ask for fewer commits at a time.'],
    aborted: [`${command} was stopped before it had ended`, 'Ask again.'],
  }[cause.kind] as [string, string];
  return new CountersignError('FILE_UNREADABLE', what, { cause, hint });
}
