/**
 * Whose a running cluster is. PostgreSQL itself lets one server at most run in a directory; ours is the one whose
 * server is our child, and for its life it holds a session-level advisory lock on a connection of its own. A file with
 * a process id proves nothing (ids are reused), so `postmaster.pid` only says where to look.
 */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, readlinkSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { CountersignError } from '../../errors.ts';
import { OWNER } from './cluster.ts';
import { type Places, PORT } from './places.ts';

/** Spells "csgn"; one lock in the database "postgres". */
const LOCK = 0x6373676e;
const POLL_MS = 10;
/** A server that just started takes its lock within milliseconds; one without an owner for this long is an orphan. */
const ORPHAN_AFTER_MS = 1_500;
const GIVE_UP_AFTER_MS = 60_000;

interface Running {
  readonly pid: number;
  readonly socketDir: string;
}

/** The server that runs in this cluster now, ours or another's. */
export function runningServer(cluster: string): Running | undefined {
  const lines = readPidFile(cluster)?.split('\n') ?? [];
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !isServerOf(pid, cluster)) return undefined;
  return { pid, socketDir: lines[4] ?? '' };
}

/** The postmaster's working directory is its cluster: the one thing about it that another process will not share. */
function isServerOf(pid: number, cluster: string): boolean {
  try {
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).includes(
        cluster,
      );
    }
    if (!readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('postgres')) return false;
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
  } catch (error) {
    // Another account's process: we may not look, so believe the file.
    return (error as NodeJS.ErrnoException).code === 'EACCES';
  }
}

/**
 * Returns when no server runs in the cluster, having waited for one that is stopping, stopped one without an owner and
 * removed what a dead one left. Throws DATA_IN_USE where a server has an owner.
 */
export async function awaitVacancy(places: Places): Promise<void> {
  const since = Date.now();
  let orphanSince: number | undefined;
  let signalled = 0;
  for (;;) {
    const other = runningServer(places.cluster);
    if (!other) return removeStalePidFile(places.cluster);
    const owned = await hasOwner(other);
    if (owned || Date.now() - since > GIVE_UP_AFTER_MS) throw inUse(places, other.pid);
    orphanSince = owned === false ? (orphanSince ?? Date.now()) : undefined;
    if (orphanSince !== undefined && Date.now() - orphanSince > ORPHAN_AFTER_MS && signalled !== other.pid) {
      signalled = other.pid;
      process.kill(other.pid, 'SIGINT');
    }
    await sleep(POLL_MS);
  }
}

/** Holds the cluster until the returned client ends. The client is connected to the database "postgres". */
export async function takeOwnership(places: Places): Promise<pg.Client> {
  const client = await connect(places.socketDir);
  const { rows } = await client.query('select pg_try_advisory_lock($1) as taken', [LOCK]);
  if (rows[0].taken) return client;
  await client.end();
  throw inUse(places, runningServer(places.cluster)?.pid ?? 0);
}

function inUse(places: Places, pid: number): CountersignError {
  return new CountersignError(
    'DATA_IN_USE',
    `Another server uses the data directory ${places.dataDir}: its PostgreSQL runs as process ${pid}`,
  );
}

/** Undefined where the server does not answer: it is starting or stopping. */
async function hasOwner(server: Running): Promise<boolean | undefined> {
  let client: pg.Client | undefined;
  try {
    client = await connect(server.socketDir);
    const { rows } = await client.query(
      `select count(*)::int as held from pg_locks
       where locktype = 'advisory' and granted and classid = 0 and objid = $1`,
      [LOCK],
    );
    return rows[0].held > 0;
  } catch {
    return undefined;
  } finally {
    await client?.end().catch(() => {});
  }
}

async function connect(socketDir: string): Promise<pg.Client> {
  const client = new pg.Client({
    host: socketDir,
    port: PORT,
    user: OWNER,
    database: 'postgres',
    application_name: 'countersign owner',
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}

function readPidFile(cluster: string): string | undefined {
  try {
    return readFileSync(join(cluster, 'postmaster.pid'), 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * PostgreSQL refuses to start while the file names any living process of its account. It is moved before it is
 * removed: if a new server put its own there since we looked, that one goes back.
 */
function removeStalePidFile(cluster: string): void {
  const stale = readPidFile(cluster);
  if (stale === undefined || runningServer(cluster)) return;
  const path = join(cluster, 'postmaster.pid');
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
    if (readFileSync(aside, 'utf8') !== stale) linkSync(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}
