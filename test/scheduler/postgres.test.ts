/** The alarm clock on PostgreSQL: the contract, and what the application's role may do there. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateScheduler } from '../../src/scheduler/migrate.ts';
import { startScheduler } from '../../src/scheduler/start.ts';
import { type SchedulerRig, schedulerContract } from '../contracts/scheduler.ts';
import { openProxy } from './proxy.ts';
import { openLog } from './rig.ts';

const admin: pg.PoolConfig = { host: '/tmp/pgx', port: 5599, user: 'postgres', database: 'c1' };
const app: pg.PoolConfig = { ...admin, user: 'app_login' };

async function openRig(): Promise<SchedulerRig> {
  const proxy = await openProxy({ path: `${admin.host}/.s.PGSQL.${admin.port}` });
  const owner = new pg.Client(admin);
  await owner.connect();
  const { log, logged } = openLog();
  return {
    start: (more) =>
      startScheduler({ postgres: { ...app, host: '127.0.0.1', port: proxy.port }, log, ...more }),
    cut: proxy.cut,
    restore: proxy.restore,
    wipe: async () => void (await owner.query('delete from bullmq.job')),
    logged,
    close: async () => {
      await owner.end();
      await proxy.close();
    },
  };
}

describe('the scheduler on PostgreSQL', () => {
  let owner: pg.Client;
  beforeAll(async () => {
    await migrateScheduler(admin, 'app_login');
    owner = new pg.Client(admin);
    await owner.connect();
  });
  afterAll(() => owner.end());

  describe('keeps the contract:', () => schedulerContract(openRig));

  it('is prepared again at no cost, and by two servers at once', async () => {
    await owner.query('drop schema bullmq cascade');
    await Promise.all([migrateScheduler(admin, 'app_login'), migrateScheduler(admin, 'app_login')]);
    const begun = performance.now();
    await migrateScheduler(admin, 'app_login');
    console.log('again', performance.now() - begun);
  });

  it('gives the application what BullMQ needs and nothing to create or to read elsewhere', async () => {
    const { rows } = await owner.query(
      `select has_schema_privilege('app_login', 'bullmq', 'create') as creates,
              (select count(*)::int from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where n.nspname = 'bullmq' and c.relkind = 'r' and not has_table_privilege('app_login', c.oid, 'insert')) as closed`,
    );
    expect(rows[0]).toEqual({ creates: false, closed: 0 });
  });

  it('says what to do where the schema was never prepared', async () => {
    const { log } = openLog();
    const start = startScheduler({ postgres: { ...admin, database: 'postgres' }, log });
    await expect(start).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      hint: expect.stringContaining('migrated'),
    });
  });
});
