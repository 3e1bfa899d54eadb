/** The bus between servers, on everything that carries it; and hubs on it. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CHANNEL } from '../../src/gateway/bus/notice.ts';
import { Outbox } from '../../src/gateway/bus/outbox.ts';
import { PostgresBus } from '../../src/gateway/bus/postgres-bus.ts';
import { publisherOn } from '../../src/gateway/bus/publisher.ts';
import { RedisBus } from '../../src/gateway/bus/redis-bus.ts';
import { Hub } from '../../src/gateway/hub.ts';
import { createLogger } from '../../src/log.ts';
import { type BusRig, busContract } from '../contracts/bus.ts';
import { openProxy } from '../scheduler/proxy.ts';
import { openRedisServer, redisIsHere } from '../scheduler/redis-server.ts';
import { proposal, TENANT } from '../support/commits.ts';
import { type TestDatabase, testDatabase, withClient } from '../support/database.ts';
import { memoryChannel } from '../support/memory-bus.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { runs } from '../support/runs.ts';

const log = createLogger('silent');
const impatient = { answerMs: 100, heartbeatMs: 2_000 };

busContract('in memory', async () => {
  const channel = memoryChannel();
  return {
    open: async () => channel.open(),
    openImpatient: async () => channel.open(),
    cut: channel.cut,
    restore: channel.restore,
    // Without connections nobody has to notice anything.
    stall: () => {
      channel.cut();
      channel.restore();
    },
    proceed: () => {},
    say: async (text) => channel.say(text),
    close: async () => {},
  };
});

/** Connects as the restricted role: nothing more than a login is needed. */
async function onPostgres(): Promise<BusRig> {
  const database = await testDatabase();
  const { host, port, ...rest } = database.app;
  const proxy = await openProxy({ path: `${host}/.s.PGSQL.${port}` });
  const through = { ...rest, host: '127.0.0.1', port: proxy.port };
  return {
    open: () => PostgresBus.open(through, log),
    openImpatient: () => PostgresBus.open(through, log, impatient),
    ...proxy,
    say: (text) =>
      withClient(database.app, async (client) => {
        await client.query('select pg_notify($1, $2)', [CHANNEL, text]);
      }),
    close: async () => {
      await proxy.close();
      await database.drop();
    },
  };
}

busContract('on PostgreSQL', onPostgres);

busContract(
  'on Redis',
  async () => {
    const server = await openRedisServer();
    const proxy = await openProxy({ host: server.host, port: server.port });
    const speaker = new Redis({ host: server.host, port: server.port });
    return {
      open: () => RedisBus.open(`redis://127.0.0.1:${proxy.port}`, log),
      openImpatient: () => RedisBus.open(`redis://127.0.0.1:${proxy.port}`, log, impatient),
      ...proxy,
      say: async (text) => void (await speaker.publish(CHANNEL, text)),
      close: async () => {
        speaker.disconnect();
        await proxy.close();
        await server.stop();
      },
    };
  },
  !redisIsHere,
);

describe('the bus on PostgreSQL', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  it('is opened in the background where the database is away, and forgets nothing meanwhile', async () => {
    const { host, port, ...rest } = database.app;
    const proxy = await openProxy({ path: `${host}/.s.PGSQL.${port}` });
    proxy.cut();
    const config = { ...rest, host: '127.0.0.1', port: proxy.port };
    const [bus, other] = [await PostgresBus.open(config, log), await PostgresBus.open(database.app, log)];
    bus.publish('acme', 3);
    const heard = new Promise<[string, number]>((resolve) => {
      other.subscribe({ reached: (tenant, seq) => resolve([tenant, seq]), missed: () => {} });
    });
    proxy.restore();
    expect(await heard).toEqual(['acme', 3]);
    await Promise.all([bus.close(), other.close()]);
    await proxy.close();
  });
});

describe('the outbox', () => {
  const step = fc.oneof(
    fc.record({ tenant: fc.constantFrom('a', 'b', 'c'), seq: fc.integer({ min: 1, max: 50 }) }),
    fc.constantFrom('tick', 'fail', 'retry'),
  );

  it('has said the newest position of every stream in the end, one message at a time, whatever fails between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const newest = new Map<string, number>();
        const said = new Map<string, number>();
        let underWay = 0;
        let failing = false;
        const outbox = new Outbox({
          pauseMs: 0,
          send: async (reached) => {
            expect(++underWay).toBe(1);
            await new Promise((resolve) => setImmediate(resolve));
            underWay -= 1;
            if (failing) throw new Error('away');
            for (const [tenant, seq] of reached) said.set(tenant, Math.max(seq, said.get(tenant) ?? 0));
          },
        });
        for (const each of steps) {
          if (each === 'tick') await new Promise((resolve) => setTimeout(resolve));
          else if (each === 'fail') failing = true;
          else if (each === 'retry') {
            failing = false;
            outbox.retry();
          } else {
            newest.set(each.tenant, Math.max(each.seq, newest.get(each.tenant) ?? 0));
            outbox.add(each.tenant, newest.get(each.tenant) ?? 0);
          }
        }
        failing = false;
        await outbox.flush();
        await outbox.flush();
        expect(said).toEqual(newest);
      }),
      { numRuns: runs(20, 50) },
    );
  });
});

describe('hubs on one bus', () => {
  const never = { reset: () => {} };

  /** A server: its hub looks by itself so seldom that only the bus can tell it. */
  function server(store: MemoryStore, channel: ReturnType<typeof memoryChannel>) {
    const hub = new Hub({ store, log, pollMs: 3_600_000 });
    const bus = channel.open();
    const publisher = publisherOn(hub, bus);
    const close = () => {
      hub.close();
      return bus.close();
    };
    return { publisher, hub, close };
  }

  it('show each other’s rows, in order and once, also those that the bus lost in an outage', async () => {
    const store = new MemoryStore();
    await store.createTenant({ tenant: TENANT, title: 'Acme', createdAt: 1 });
    const channel = memoryChannel();
    const [here, there] = [server(store, channel), server(store, channel)];
    const opened = await here.hub.open(TENANT, never);
    const seen: number[] = [];
    let wake = () => {};
    opened?.feed.join({
      deliver: ({ seq }) => {
        seen.push(seq);
        wake();
      },
    });
    const until = async (count: number) => {
      while (seen.length < count)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    };
    const commit = async () => {
      const [result] = await store.commit([proposal(randomUUID())]);
      if (result?.ok !== true) throw new Error('the commit was refused');
      there.publisher.publish(await store.log(TENANT, { after: result.seq - 1, limit: 1 }));
    };
    await commit();
    await until(1);
    channel.cut();
    await commit();
    await commit();
    channel.restore();
    await until(3);
    channel.say(JSON.stringify({ from: 'a liar', reached: { [TENANT]: 1_000 } }));
    await commit();
    await until(4);
    expect(seen).toEqual([1, 2, 3, 4]);
    await Promise.all([here.close(), there.close()]);
  });

  it('ask the log once where a message lied, not again and again', async () => {
    vi.useFakeTimers();
    try {
      const store = new MemoryStore();
      await store.createTenant({ tenant: TENANT, title: 'Acme', createdAt: 1 });
      const reading = vi.spyOn(store, 'log');
      const hub = new Hub({ store, log, pollMs: 3_600_000 });
      await hub.open(TENANT, never);
      hub.wake(TENANT, 1_000);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(reading).toHaveBeenCalledTimes(1);
      hub.close();
    } finally {
      vi.useRealTimers();
    }
  });
});
