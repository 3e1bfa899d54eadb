/** The alarm clock on Redis: the contract, and what only Redis can do wrong. */
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startScheduler } from '../../src/scheduler/start.ts';
import { type SchedulerRig, schedulerContract } from '../contracts/scheduler.ts';
import { openLog } from './log.ts';
import { openProxy } from './proxy.ts';
import { openRedisServer, redisIsHere, type TestRedis } from './redis-server.ts';

async function openRig(server: TestRedis): Promise<SchedulerRig> {
  const proxy = await openProxy({ host: server.host, port: server.port });
  const admin = new Redis(server.port, server.host);
  const { log, logged } = openLog();
  return {
    start: (more) => startScheduler({ redisUrl: `redis://127.0.0.1:${proxy.port}`, log, ...more }),
    cut: proxy.cut,
    restore: proxy.restore,
    wipe: async () => void (await admin.flushall()),
    logged,
    close: async () => {
      admin.disconnect();
      await proxy.close();
    },
  };
}

describe.skipIf(!redisIsHere)('the scheduler on Redis', () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await openRedisServer();
  });
  afterAll(() => server.stop());

  describe('keeps the contract:', () => schedulerContract(() => openRig(server)));

  it('starts while Redis is away and arms once it is there', async () => {
    const rig = await openRig(server);
    rig.cut();
    const scheduler = await rig.start();
    const slot = Date.now() - 1;
    const rung = new Promise<number>((resolve) => void scheduler.onRing(async (ring) => resolve(ring)));
    rig.restore();
    const sweep = setInterval(() => void scheduler.arm([slot]), 50);
    expect(await rung).toBe(slot);
    clearInterval(sweep);
    await scheduler.close();
    await rig.close();
  });

  it('warns when Redis may evict keys', async () => {
    const admin = new Redis(server.port, server.host);
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const { log, logged } = openLog();
    const warned = new Promise<string>((resolve) => {
      const spy = Object.assign(Object.create(log), {
        warn: (_: unknown, message: string) => resolve(message),
      });
      void startScheduler({ redisUrl: `redis://${server.host}:${server.port}`, log: spy }).then((it) =>
        it.close(),
      );
    });
    expect(await warned).toContain('noeviction');
    expect(logged()).toEqual([]);
    await admin.config('SET', 'maxmemory-policy', 'noeviction');
    admin.disconnect();
  });
});
