/**
 * Where an embedded cluster lives. The data directory is the user's; the cluster is inside it, or in the shared home
 * with a note where the server's account cannot reach it. The socket has a short private directory of its own, because
 * a socket path holds 107 bytes at most (unix(7)); owner and mode are checked, so nobody can put theirs in our way.
 */
import { createHash, randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { CountersignError, messageOf } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { type Account, canReach } from './account.ts';
import { SHARED_HOME } from './binaries.ts';

export interface Places {
  /** The directory the user named, as an absolute path without links. */
  readonly dataDir: string;
  /** PostgreSQL's own data directory (PGDATA). */
  readonly cluster: string;
  readonly logFile: string;
  readonly socketDir: string;
}

export const PORT = 5432;
const NOTE = 'POSTGRES_IS_ELSEWHERE';
const SOCKET_PATH_LIMIT = process.platform === 'darwin' ? 103 : 107;

/** Finds or makes the places of the cluster that belongs to `dataDir`. */
export function findPlaces(directory: string, account: Account | null, log: Logger): Places {
  try {
    // Root's server runs as somebody else, who must be able to pass through.
    mkdirSync(directory, { recursive: true, mode: account ? 0o711 : 0o700 });
    const dataDir = realpathSync(directory);
    return {
      dataDir,
      cluster: clusterOf(dataDir, account, log),
      logFile: join(dataDir, 'postgres.log'),
      socketDir: socketDirOf(dataDir, account),
    };
  } catch (cause) {
    if (cause instanceof CountersignError) throw cause;
    throw new CountersignError(
      'POSTGRES_FAILED',
      `The data directory ${directory} cannot be used: ${messageOf(cause)}`,
      {
        cause,
        hint: 'Check its owner and permissions, or choose another with --data.',
      },
    );
  }
}

function clusterOf(dataDir: string, account: Account | null, log: Logger): string {
  const near = join(dataDir, 'postgresql');
  const note = join(dataDir, NOTE);
  if (existsSync(note)) return elsewhere(note, log);
  if (existsSync(near) || account === null || reachableInside(dataDir, account)) return near;
  const far = join(SHARED_HOME, `data-${hashOf(dataDir)}-${randomUUID().slice(0, 8)}`);
  mkdirSync(SHARED_HOME, { recursive: true, mode: 0o755 });
  writeOnce(
    note,
    `${far}\nThe account "${account.name}", which PostgreSQL runs as, cannot reach this directory.\n`,
  );
  return elsewhere(note, log);
}

function elsewhere(note: string, log: Logger): string {
  const cluster = readFileSync(note, 'utf8').split('\n')[0] ?? '';
  log.info(
    { cluster, note },
    'the PostgreSQL cluster is outside the data directory, where its account can reach it',
  );
  return cluster;
}

/** A directory only "passable" (0711) will do: the cluster inside is named, never listed. */
function reachableInside(dataDir: string, account: Account): boolean {
  const probe = join(dataDir, `.reach-${randomUUID()}`);
  mkdirSync(probe, { mode: 0o755 });
  try {
    chmodSync(probe, 0o755);
    return canReach(account, [probe]);
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}

/** The first writer wins, and nobody reads half a file. */
function writeOnce(path: string, text: string): void {
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, text);
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function hashOf(dataDir: string): string {
  return createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
}

function socketDirOf(dataDir: string, account: Account | null): string {
  const failures: string[] = [];
  for (const base of account ? ['/run', tmpdir(), '/tmp'] : [tmpdir(), '/tmp']) {
    const parent = join(base, `countersign-${process.geteuid?.() ?? 0}`);
    const directory = join(parent, hashOf(dataDir));
    if (Buffer.byteLength(join(directory, `.s.PGSQL.${PORT}`)) > SOCKET_PATH_LIMIT) continue;
    try {
      makePrivate(parent, null, account ? 0o711 : 0o700);
      makePrivate(directory, account, 0o700);
      if (canReach(account, [directory])) return directory;
      failures.push(`${directory} cannot be reached by "${account?.name}"`);
    } catch (error) {
      failures.push(messageOf(error));
    }
  }
  throw new CountersignError(
    'POSTGRES_FAILED',
    `There is no safe place for the socket of PostgreSQL: ${failures.join('; ')}`,
    {
      hint: 'Remove what is in the way, or set TMPDIR to a short private directory.',
    },
  );
}

/** A directory of exactly this owner and mode; one that somebody else made, or a link, is refused. */
function makePrivate(path: string, account: Account | null, mode: number): void {
  const owner = account?.uid ?? process.geteuid?.() ?? 0;
  if (!lstatSync(path, { throwIfNoEntry: false })) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    if (account) chownSync(path, account.uid, account.gid);
    chmodSync(path, mode);
  }
  const found = lstatSync(path);
  if (!found.isDirectory() || found.uid !== owner || (found.mode & 0o777) !== mode) {
    throw new Error(`${path} (${basename(path)}) is not a directory of ours with mode ${mode.toString(8)}`);
  }
}
