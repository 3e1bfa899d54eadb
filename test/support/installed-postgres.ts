/** The PostgreSQL of the operating system (Debian's 15), where there is one: the oldest we run the contract on. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { createLogger } from '../../src/log.ts';
import { serverAccount } from '../../src/persistence/embedded/account.ts';
import { ensureCluster, OWNER } from '../../src/persistence/embedded/cluster.ts';
import { findPlaces } from '../../src/persistence/embedded/places.ts';
import { Postmaster } from '../../src/persistence/embedded/postmaster.ts';
import { withClient } from './database.ts';

const BIN = '/usr/lib/postgresql/15/bin';
const binaries = { initdb: join(BIN, 'initdb'), postgres: join(BIN, 'postgres') };

export const isInstalled = existsSync(binaries.postgres);
if (!isInstalled) process.stderr.write(`SKIPPED: the contract on PostgreSQL 15 (no ${BIN})\n`);

export interface InstalledPostgres {
  /** The superuser, in the database "postgres". */
  readonly admin: pg.ClientConfig;
  stop(): Promise<void>;
}

export async function startInstalled(): Promise<InstalledPostgres> {
  const account = serverAccount();
  const directory = mkdtempSync(join(tmpdir(), 'countersign-pg15-'));
  const places = findPlaces(join(directory, 'data'), account, createLogger('silent'));
  await ensureCluster(places, binaries, account);
  const postmaster = await Postmaster.spawn(places, binaries, account);
  const admin = { host: places.socketDir, port: 5432, user: OWNER, database: 'postgres' };
  for (let up = false; !up; await sleep(10))
    up = await withClient(admin, async () => true).catch(() => false);
  return {
    admin,
    stop: async () => {
      postmaster.signal('INT');
      await postmaster.exited;
      for (const path of [directory, places.cluster, places.socketDir]) {
        rmSync(path, { recursive: true, force: true });
      }
    },
  };
}
