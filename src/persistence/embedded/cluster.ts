/** A new cluster: `initdb` into a draft directory that is then renamed, so an interrupted one is never half a cluster. */
import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, chownSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { CountersignError, messageOf } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import type { Places } from './places.ts';

/** The superuser of an embedded cluster; it owns the tables, and only migrations run as it. */
export const OWNER = 'countersign_owner';

const DRAFT_AGE_MS = 10 * 60_000;

/** Makes the cluster where there is none; true when this call made it. Two makers may race: one rename wins. */
export async function ensureCluster(
  places: Places,
  binaries: Binaries,
  account: Account | null,
): Promise<boolean> {
  const { cluster, logFile } = places;
  if (existsSync(join(cluster, 'PG_VERSION'))) return false;
  mkdirSync(dirname(cluster), { recursive: true, mode: account ? 0o711 : 0o700 });
  removeOldDrafts(cluster);
  const draft = `${cluster}.draft-${Date.now()}-${randomUUID().slice(0, 8)}`;
  try {
    mkdirSync(draft, { mode: 0o700 });
    if (account) chownSync(draft, account.uid, account.gid);
    const options = ['--no-sync', '--no-instructions', '--auth=trust', '--encoding=UTF8', '--locale=C'];
    const { stdout, stderr } = await promisify(execFile)(
      binaries.initdb,
      ['--pgdata', draft, '--username', OWNER, ...options],
      { cwd: '/', ...(account && { uid: account.uid, gid: account.gid }) },
    );
    appendFileSync(logFile, stdout + stderr, { mode: 0o600 });
    renameSync(draft, cluster);
    return true;
  } catch (cause) {
    if (existsSync(join(cluster, 'PG_VERSION'))) return false;
    throw new CountersignError(
      'POSTGRES_FAILED',
      `A database cluster cannot be made in ${cluster}: ${messageOf(cause)}`,
      {
        cause,
        hint: 'Check that the directory is writable and the disk is not full, or set DATABASE_URL.',
      },
    );
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Writes a new cluster to disk (`initdb --no-sync` did not); runs beside the server, so first starts stay fast. */
export function syncCluster(
  places: Places,
  binaries: Binaries,
  account: Account | null,
  log: Logger,
): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(binaries.initdb, ['--sync-only', '--pgdata', places.cluster], {
      cwd: '/',
      stdio: 'ignore',
      ...(account && { uid: account.uid, gid: account.gid }),
    });
    child.on('error', (error) => {
      log.warn({ err: error }, 'the new cluster was not written through to disk');
      resolve();
    });
    child.on('exit', () => resolve());
  });
}

/** What an interrupted maker left; a young draft may still be somebody's. */
function removeOldDrafts(cluster: string): void {
  const prefix = `${basename(cluster)}.draft-`;
  for (const name of readdirSync(dirname(cluster))) {
    const madeAt = name.startsWith(prefix) ? Number(name.slice(prefix.length).split('-')[0]) : Number.NaN;
    if (Date.now() - madeAt > DRAFT_AGE_MS)
      rmSync(join(dirname(cluster), name), { recursive: true, force: true });
  }
}
