/** A fresh database for a test file, cloned from the migrated template in a few milliseconds. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { createLogger } from '../../src/log.ts';
import type { EmbeddedConnection } from '../../src/persistence/embedded.ts';
import { PostgresStore } from '../../src/persistence/postgres-store.ts';

export interface TestDatabase {
  /** As the restricted role. */
  readonly store: PostgresStore;
  /** Connection settings for `pg`: of the owner, and of the restricted role. */
  readonly admin: EmbeddedConnection;
  readonly app: EmbeddedConnection;
  readonly adminUrl: string;
  readonly appUrl: string;
  /** Closes the store and removes the database; fails where a connection to it was left open. */
  drop(): Promise<void>;
}

/** Call in `beforeAll`, and `drop()` in `afterAll`. */
export async function testDatabase(): Promise<TestDatabase> {
  const server = inject('postgres');
  const database = `test_${randomUUID().replaceAll('-', '')}`;
  await asAdmin(server.admin, (client) =>
    client.query(`create database ${database} template ${server.admin.database}`),
  );
  const admin = { ...server.admin, database };
  const app = { ...server.app, database };
  const store = new PostgresStore(app, { log: createLogger('warn') });
  return {
    store,
    admin,
    app,
    adminUrl: urlOf(admin),
    appUrl: urlOf(app),
    drop: async () => {
      await store.close();
      await asAdmin(server.admin, async (client) => {
        const leaked = await connectionsTo(client, database);
        await client.query(`drop database ${database} with (force)`);
        if (leaked.length > 0) throw new Error(`connections left open: ${leaked.join('; ')}`);
      });
    },
  };
}

/** One connection as the given role, closed afterwards. */
export async function withClient<T>(
  config: pg.ClientConfig,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client(config);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** In the database "postgres": the template must have no connections while it is cloned. */
function asAdmin<T>(admin: EmbeddedConnection, work: (client: pg.Client) => Promise<T>): Promise<T> {
  return withClient({ ...admin, database: 'postgres' }, work);
}

/** A closed connection takes the server a moment to forget. */
async function connectionsTo(client: pg.Client, database: string): Promise<string[]> {
  for (let attempt = 0; ; attempt++) {
    const { rows } = await client.query(
      `select application_name || ': ' || left(query, 100) as what from pg_stat_activity
       where datname = $1 and backend_type = 'client backend'`,
      [database],
    );
    if (rows.length === 0 || attempt === 100) return rows.map(({ what }) => what);
    await client.query('select pg_sleep(0.01)');
  }
}

function urlOf({ host, port, user, database }: EmbeddedConnection): string {
  return `postgresql://${user}@/${database}?host=${encodeURIComponent(host)}&port=${port}`;
}
