/**
 * One PostgreSQL server process, bound to our life: it runs under a small shell that holds the reading end of a pipe
 * from us. Lines on the pipe are signals for the server; its end, which the kernel sends even when we are killed with
 * SIGKILL, means fast shutdown. Its own session keeps a Ctrl-C in our terminal away from it: we stop first, then it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { type Places, PORT } from './places.ts';

/**
 * The server takes and returns a few hundred kilobytes for every batch. Kept instead of being given back to the kernel and
 * faulted in again, they cost a sixth less per commit (mallopt(3); 32 MiB is the largest mmap threshold glibc takes).
 */
const ALLOCATOR = 'MALLOC_TOP_PAD_=67108864 MALLOC_TRIM_THRESHOLD_=268435456 MALLOC_MMAP_THRESHOLD_=33554432';

const WATCHDOG = `
export ${ALLOCATOR}
exec 3<&0
"$@" </dev/null 3<&- 1>&2 &
server=$!
echo $server
exec 1>&2
(while read -r signal; do kill -s "$signal" $server; done <&3; kill -s INT $server) 2>/dev/null &
watcher=$!
exec 3<&-
wait $server
status=$?
kill $watcher 2>/dev/null
exit $status
`;

/** Durable, on a small machine, reachable through the socket only. Checkpoints are spread so that they never dominate. */
const SETTINGS = {
  listen_addresses: '',
  port: String(PORT),
  max_connections: '60',
  shared_buffers: '128MB',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  // Filling each new segment with zeros first stalls every commit for some 70 ms, once a second under load.
  wal_init_zero: 'off',
  wal_level: 'replica',
  wal_compression: 'off',
  max_wal_size: '2GB',
  min_wal_size: '256MB',
  checkpoint_timeout: '10min',
  jit: 'off',
  logging_collector: 'off',
  log_timezone: 'UTC',
  timezone: 'UTC',
  unix_socket_permissions: '0700',
};

const LOG_LIMIT_BYTES = 16 * 1024 * 1024;
const TAIL_BYTES = 2_000;

export class Postmaster {
  readonly pid: number;
  /** Resolves when the server is gone, with its exit status. */
  readonly exited: Promise<number | null>;
  #running = true;
  readonly #watchdog: ChildProcess;
  readonly #logFile: string;
  readonly #logStart: number;

  private constructor(
    watchdog: ChildProcess,
    pid: number,
    exited: Promise<number | null>,
    log: [string, number],
  ) {
    this.#watchdog = watchdog;
    this.pid = pid;
    this.exited = exited;
    [this.#logFile, this.#logStart] = log;
    void exited.then(() => {
      this.#running = false;
    });
  }

  /** Starts the server; it may still fail before it accepts connections. Throws where not even the shell starts. */
  static async spawn(places: Places, binaries: Binaries, account: Account | null): Promise<Postmaster> {
    const settings = Object.entries({ ...SETTINGS, unix_socket_directories: places.socketDir });
    const logFd = openLog(places.logFile);
    const logStart = statSync(places.logFile).size;
    const watchdog = spawn(
      '/bin/sh',
      ['-c', WATCHDOG, 'countersign-postgres', binaries.postgres, '-D', places.cluster].concat(
        settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ),
      {
        cwd: '/',
        detached: true,
        stdio: ['pipe', 'pipe', logFd],
        ...(account && { uid: account.uid, gid: account.gid }),
      },
    );
    closeSync(logFd);
    const exited = new Promise<number | null>((resolve) => {
      watchdog.once('exit', (status) => resolve(status));
    });
    watchdog.stdin?.on('error', () => {});
    await once(watchdog, 'spawn');
    return new Postmaster(watchdog, await firstNumber(watchdog), exited, [places.logFile, logStart]);
  }

  get running(): boolean {
    return this.#running;
  }

  /** INT: fast shutdown, a checkpoint and no waiting for clients. QUIT: at once, recovery at the next start. */
  signal(name: 'INT' | 'QUIT' | 'KILL'): void {
    this.#watchdog.stdin?.write(`${name}\n`);
  }

  /** The end of what this server wrote to its log. */
  logTail(): string {
    const written = readFileSync(this.#logFile).subarray(this.#logStart);
    return written
      .subarray(Math.max(0, written.length - TAIL_BYTES))
      .toString('utf8')
      .trim();
  }
}

function openLog(path: string): number {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_LIMIT_BYTES) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
}

async function firstNumber(child: ChildProcess): Promise<number> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return Number.parseInt(text, 10);
}
