/** The server that is measured, in a process of its own; or a baseline, which sends text of the same length. */
import { getHeapSpaceStatistics } from 'node:v8';
import { newId, systemClock } from '../../src/actors/clock.ts';
import { Runtime } from '../../src/actors/runtime.ts';
import { openBus } from '../../src/gateway/bus/open.ts';
import { publisherOn } from '../../src/gateway/bus/publisher.ts';
import { Hub } from '../../src/gateway/hub.ts';
import { startGateway } from '../../src/gateway/server.ts';
import { createLogger } from '../../src/log.ts';
import { PostgresStore } from '../../src/persistence/postgres-store.ts';
import { TURNS } from '../parley.ts';
import { AUTHOR, openChanges, REVIEWER, TENANT } from '../rig.ts';
import { BASELINES } from './baselines.ts';
import type { FromServer, ToServer } from './messages.ts';
import type { Served } from './served.ts';

const say = (message: FromServer) => process.send?.(message);
const nowMs = () => performance.timeOrigin + performance.now();

async function real({ app, key, port }: Extract<ToServer, { do: 'start' }>): Promise<Served> {
  const log = createLogger('warn');
  const store = new PostgresStore(app, { log });
  const hub = new Hub({ store, log });
  const bus = await openBus({ postgres: { ...app }, redisUrl: null, log });
  const scheduler = { arm: async () => {}, onRing: async () => {}, close: async () => {} };
  const publisher = publisherOn(hub, bus);
  const runtime = new Runtime({ store, clock: systemClock, newId, scheduler, publisher, log, limits: {} });
  const auth = { key: Buffer.from(key) };
  const shared = port === undefined ? {} : { port, shared: true };
  const gateway = await startGateway({ backend: runtime, hub, bus, log, auth, ...shared });
  let ids: readonly string[] = [];
  let turn = 0;
  const turns = new Map<string, number>();
  const step = async (change: string) => {
    const round = turns.get(change) ?? 0;
    turns.set(change, round + 1);
    const { trigger, by } = TURNS[round % TURNS.length] as (typeof TURNS)[number];
    const principal = by === 'author' ? AUTHOR : REVIEWER;
    const answer = await runtime.send({ change, trigger }, { principal });
    if (!answer.ok) throw new Error(answer.refusal.message);
  };
  return {
    port: gateway.port,
    changes: async (count) => {
      ids = await openChanges(runtime, count);
      return ids;
    },
    commit: async (count) => {
      const chosen = Array.from({ length: count }, () => ids[turn++ % ids.length] as string);
      await Promise.all(chosen.map(step));
    },
    position: async () => (await store.position(TENANT))?.seq ?? 0,
  };
}

let served: Served;

/** Twice, with a turn between: what finalizers release is gone by the second. */
async function settled(afterMs: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  for (let round = 0; round < 2; round++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function load(perSecond: number, seconds: number): Promise<void> {
  const begin = nowMs();
  let sent = 0;
  while (sent < perSecond * seconds) {
    const due = Math.min(perSecond * seconds, Math.floor(((nowMs() - begin) / 1000) * perSecond));
    if (due > sent) void served.commit(due - sent);
    sent = due;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

process.on('message', async (message: ToServer) => {
  if (message.do === 'start') served = await real(message);
  if (message.do === 'start-baseline') served = await BASELINES[message.name](message.bytes);
  if (message.do === 'start' || message.do === 'start-baseline') say({ port: served.port });
  if (message.do === 'changes') say({ ids: await served.changes(message.count) });
  if (message.do === 'commit') {
    const at = nowMs();
    await served.commit(message.count);
    say({ at });
  }
  if (message.do === 'load') {
    await load(message.perSecond, message.seconds);
    say({ at: nowMs() });
  }
  if (message.do === 'memory') {
    await settled(message.afterMs ?? 0);
    const { rss, heapUsed } = process.memoryUsage();
    const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
    say({ rss, heapUsed, young: young?.physical_space_size ?? 0 });
  }
  if (message.do === 'cpu') say({ cpu: process.cpuUsage() });
  if (message.do === 'position') say({ seq: await served.position() });
});

// The bench is gone.
process.on('disconnect', () => process.exit(1));
