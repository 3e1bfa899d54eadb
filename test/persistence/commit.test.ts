/** What the contract does not show: lost connections, deadlocks. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CommitResult } from '../../src/persistence/records.ts';
import { entry, proposal, step, TENANT } from '../support/commits.ts';
import { type TestDatabase, testDatabase, withClient } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  for (const tenant of [TENANT, 'other', 'busy']) {
    await database.store.createTenant({ tenant, title: tenant, createdAt: 1 });
  }
});
afterAll(() => database.drop());

const ids = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
const failed = (results: readonly CommitResult[]) => results.filter(({ ok }) => !ok);

/** Ends every connection of the store, as a failing server would. */
const cutConnections = () =>
  withClient({ ...database.admin, database: 'postgres' }, (client) =>
    client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = 'countersign_app'`,
      [database.app.database],
    ),
  );

it('batches over the same tenants in opposite orders do not deadlock', async () => {
  const { store } = database;
  const tenants = [TENANT, 'other', 'busy'];
  const batches = ids('cross', 12).map((change, i) =>
    (i % 2 ? tenants : [...tenants].reverse()).map((tenant) => proposal(`${change}-${tenant}`, { tenant })),
  );
  const results = await Promise.all(batches.map((batch) => store.commit(batch)));
  expect(failed(results.flat())).toEqual([]);
});

it('what only the database can refuse is found among many, and the others are committed', async () => {
  const { store } = database;
  const batch = ids('bad', 9).map((change) => proposal(change));
  for (const place of [2, 7]) {
    batch[place] = { ...proposal(`bad-${place}`), entries: [entry({ kind: 'proposed', occurredAt: -9e15 })] };
  }
  const results = await store.commit(batch);
  expect(results.flatMap((result, place) => (result.ok ? [] : [[place, result.conflict]]))).toEqual([
    [2, 'rejected'],
    [7, 'rejected'],
  ]);
  expect(failed(await store.commit([step('bad-8', 1)]))).toEqual([]);
});

it('a lost connection is STORE_UNAVAILABLE, and the store recovers by itself', async () => {
  const { store } = database;
  await withClient(database.admin, async (blocker) => {
    await blocker.query('begin');
    await blocker.query('select from countersign.streams for update');
    const waiting = store.commit([proposal('lost')]).catch((error) => error);
    await untilWaiting();
    await cutConnections();
    expect(await waiting).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    await blocker.query('rollback');
  });
  await untilOk(() => store.commit([proposal('lost')]));
  expect(await store.change({ tenant: TENANT, change: 'lost' })).toMatchObject({ version: 1 });
});

it('idle connections that are cut hurt nobody', async () => {
  const { store } = database;
  await Promise.all([store.tenants(), store.tenants(), store.commit([proposal('idle')])]);
  await cutConnections();
  await untilOk(() => store.tenants());
  await untilOk(() => store.commit([step('idle', 1)]));
});

/** Until a session waits for a lock. */
async function untilWaiting(): Promise<void> {
  await withClient({ ...database.admin, database: 'postgres' }, async (client) => {
    for (;;) {
      const { rows } = await client.query(
        `select from pg_stat_activity where datname = $1 and wait_event_type = 'Lock'`,
        [database.app.database],
      );
      if (rows.length > 0) return;
    }
  });
}

/** A cut connection is noticed when it is next used or when the news arrives: within a try or two. */
async function untilOk<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    const result = await work().catch((error) => {
      expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    });
    if (result !== undefined) return result;
  }
}
