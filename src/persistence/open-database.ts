/** From a connection to a store: migrate as the owner, check the role that will serve, open the pools. */
import pg from 'pg';
import { CountersignError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { storeError } from './failures.ts';
import { migrate } from './migrate.ts';
import { asConfig, type DatabaseConfig, withRole } from './pools.ts';
import { PostgresStore, type PostgresStoreOptions } from './postgres-store.ts';
import { APP_ROLE, checkRole, ensureAppRole } from './roles.ts';

export interface OpenOptions extends PostgresStoreOptions {
  readonly log: Logger;
  /** Connects as the owner of the schema, or as who may create it. */
  readonly admin: DatabaseConfig;
  /** Connects as the restricted role. Left out (one DATABASE_URL): the owner's sessions become that role. */
  readonly app?: DatabaseConfig;
}

/**
 * The store of a database, migrated to the newest schema.
 * Throws STORE_UNAVAILABLE, SCHEMA_TOO_NEW, ROLE_UNSAFE, or INTERNAL where a migration fails.
 */
export async function openDatabase(options: OpenOptions): Promise<PostgresStore> {
  const app = options.app ?? withRole(options.admin, APP_ROLE);
  await withSession(options.admin, 'migrating', async (client) => {
    await ensureAppRole(client);
    const versions = await migrate(client);
    if (versions.length > 0) options.log.info({ versions }, 'migrated the database');
  });
  await withSession(app, 'checking the role', checkRole);
  return new PostgresStore(app, options);
}

async function withSession(
  config: DatabaseConfig,
  what: string,
  work: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({
    ...asConfig(config),
    connectionTimeoutMillis: 10_000,
    application_name: 'countersign start',
  });
  client.on('error', () => {});
  try {
    await client.connect();
    await work(client);
  } catch (error) {
    throw error instanceof CountersignError ? error : storeError(error, what);
  } finally {
    await client.end().catch(() => {});
  }
}
