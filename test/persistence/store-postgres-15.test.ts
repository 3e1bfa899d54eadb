/** The contract on an older PostgreSQL, with one connection string of an owner who is no superuser. */
import { afterAll, beforeAll, describe } from 'vitest';
import { createLogger } from '../../src/log.ts';
import { openDatabase } from '../../src/persistence/open-database.ts';
import type { PostgresStore } from '../../src/persistence/postgres-store.ts';
import { storeContract } from '../contracts/store.ts';
import { withClient } from '../support/database.ts';
import { type InstalledPostgres, isInstalled, startInstalled } from '../support/installed-postgres.ts';

describe.runIf(isInstalled)('PostgreSQL 15', () => {
  let server: InstalledPostgres | undefined;
  let store: PostgresStore | undefined;

  beforeAll(async () => {
    server = await startInstalled();
    await withClient(server.admin, async (client) => {
      await client.query('create role plain_owner login createrole');
      await client.query('create database plain owner plain_owner');
    });
  }, 60_000);
  afterAll(async () => {
    await store?.close();
    await server?.stop();
  });

  storeContract('with one connection string of a plain owner', async () => {
    const { host, port } = server?.admin ?? {};
    const url = `postgresql://plain_owner@/plain?host=${encodeURIComponent(host ?? '')}&port=${port}`;
    store = await openDatabase({ admin: url, log: createLogger('warn') });
    return { store };
  });
});
