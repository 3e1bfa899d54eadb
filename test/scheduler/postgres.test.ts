/** The alarm clock on PostgreSQL: the contract, and what the application's role may do there. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateScheduler } from '../../src/scheduler/migrate.ts';
import { startScheduler } from '../../src/scheduler/start.ts';
import { type SchedulerRig, schedulerContract } from '../contracts/scheduler.ts';
import { type TestDatabase, testDatabase, withClient } from '../support/database.ts';
import { openLog } from './log.ts';
import { openProxy } from './proxy.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await migrateScheduler(database.admin, database.app.user);
});
afterAll(() => database.drop());

async function openRig(): Promise<SchedulerRig> {
  const { host, port } = database.app;
  const proxy = await openProxy({ path: `${host}/.s.PGSQL.${port}` });
  const postgres = { ...database.app, host: '127.0.0.1', port: proxy.port };
  const { log, logged } = openLog();
  return {
    start: (more) => startScheduler({ postgres, log, ...more }),
    cut: proxy.cut,
    restore: proxy.restore,
    wipe: () => asOwner('delete from bullmq.job').then(() => undefined),
    logged,
    close: proxy.close,
  };
}

const asOwner = (sql: string, values: unknown[] = []) =>
  withClient(database.admin, async (client) => (await client.query(sql, values)).rows);

describe('the scheduler on PostgreSQL', () => {
  describe('keeps the contract:', () => schedulerContract(openRig));

  it('can be prepared by two servers at once, and again', async () => {
    await asOwner('drop schema bullmq cascade');
    const prepare = () => migrateScheduler(database.admin, database.app.user);
    await Promise.all([prepare(), prepare()]);
    await prepare();
    const { log } = openLog();
    const scheduler = await startScheduler({ postgres: database.app, log });
    await scheduler.arm([Date.now() + 60_000, Date.now() + 120_000]);
    expect(await asOwner('select count(*)::int as jobs from bullmq.job')).toEqual([{ jobs: 2 }]);
    await scheduler.close();
  });

  it('gives the role that runs its tables to use, and nothing to create', async () => {
    const rights = await asOwner(
      `select has_schema_privilege($1, 'bullmq', 'create') as creates,
              count(*)::int > 0 as there,
              count(*) filter (where relowner = $1::regrole or not has_table_privilege($1, oid, 'insert'))::int as closed
       from pg_class where relnamespace = 'bullmq'::regnamespace and relkind = 'r'`,
      [database.app.user],
    );
    expect(rights).toEqual([{ creates: false, there: true, closed: 0 }]);
  });

  it('says what to do where the schema was never prepared', async () => {
    const { log } = openLog();
    const start = startScheduler({ postgres: { ...database.app, database: 'postgres' }, log });
    const refusal = { code: 'STORE_UNAVAILABLE', hint: expect.stringContaining('migrated') };
    await expect(start).rejects.toMatchObject(refusal);
  });
});
