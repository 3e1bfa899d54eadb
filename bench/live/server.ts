/** The server that is measured, in a process of its own; or the baseline, which is `ws` sending text of the same length. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
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
import type { FromServer, ToServer } from './messages.ts';

const say = (message: FromServer) => process.send?.(message);
const nowMs = () => performance.timeOrigin + performance.now();

interface Served {
  readonly port: number;
  changes(count: number): Promise<readonly string[]>;
  commit(count: number): Promise<void>;
  position(): Promise<number>;
}

async function real({ app, key }: Extract<ToServer, { do: 'start' }>): Promise<Served> {
  const log = createLogger('warn');
  const store = new PostgresStore(app, { log });
  const hub = new Hub({ store, log });
  const bus = await openBus({ postgres: { ...app }, redisUrl: null, log });
  const scheduler = { arm: async () => {}, onRing: async () => {}, close: async () => {} };
  const publisher = publisherOn(hub, bus);
  const runtime = new Runtime({ store, clock: systemClock, newId, scheduler, publisher, log, limits: {} });
  const gateway = await startGateway({ backend: runtime, hub, log, auth: { key: Buffer.from(key) } });
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

/** Each "commit" is one text for everybody, serialised once; several of them are sent one by one, as `ws` has it. */
async function baseline(bytes: number): Promise<Served> {
  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const sockets = new Set<WebSocket>();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.send('{"type":"connected"}');
  });
  const text = Buffer.from(`${'{"type":"event"'.padEnd(bytes - 1, ' ')}}`);
  return {
    port: (http.address() as AddressInfo).port,
    changes: async () => [],
    commit: async (count) => {
      for (let index = 0; index < count; index++)
        for (const socket of sockets) socket.send(text, { binary: false });
    },
    position: async () => 0,
  };
}

let served: Served;

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
  if (message.do === 'start-ws') served = await baseline(message.bytes);
  if (message.do === 'start' || message.do === 'start-ws') say({ port: served.port });
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
    globalThis.gc?.();
    say({ rss: process.memoryUsage().rss });
  }
  if (message.do === 'position') say({ seq: await served.position() });
});

// The bench is gone.
process.on('disconnect', () => process.exit(1));
