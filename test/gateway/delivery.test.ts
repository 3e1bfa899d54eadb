/** Every row once, in order: whatever order commits are heard of, whatever is never heard of, however slowly a socket reads. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Hub } from '../../src/gateway/hub.ts';
import { Subscription } from '../../src/gateway/subscription.ts';
import { createLogger } from '../../src/log.ts';
import type { LogRow } from '../../src/persistence/records.ts';
import { runs } from '../support/runs.ts';
import { FakeBackend } from './fake-backend.ts';
import { startTestGateway } from './harness.ts';
import { type Frame, StreamClient } from './stream-client.ts';

const log = createLogger('silent');
const nobody = { reset: () => {} };
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A socket with so much room, and what arrived through it. */
class FakeOutlet {
  readonly frames: Frame[] = [];
  room = Number.POSITIVE_INFINITY;
  readonly store: FakeBackend['store'];

  constructor(backend: FakeBackend) {
    this.store = backend.store;
  }

  hasRoom = () => this.room > 0;
  push = (frame: string) => {
    expect(this.room).toBeGreaterThan(0);
    this.frames.push(JSON.parse(frame));
    this.room -= 1;
  };
  fail = (error: unknown) => {
    throw error;
  };

  seqs(): number[] {
    return this.frames.filter((frame) => frame.type === 'event').map((frame) => frame.seq);
  }
}

/** Each frame starts where the one before it ended. */
function expectChain(frames: readonly Frame[], since: number): void {
  let last = since;
  for (const frame of frames) {
    if (frame.type === 'event') expect(frame.prev).toBe(last);
    expect(frame.seq).toBeGreaterThan(last);
    last = frame.seq;
  }
}

type Step =
  | { do: 'commit'; of: number; heard: boolean }
  | { do: 'publish'; pick: number }
  | { do: 'subscribe'; scope: number; since: number }
  | { do: 'room'; room: number; drained: boolean }
  | { do: 'turn' }
  /** Long enough for a gap to be read. */
  | { do: 'pause' };

const oftenTrue = fc.nat(19).map((n) => n > 0);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('commit' as const), of: fc.nat(2), heard: oftenTrue }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('publish' as const), pick: fc.nat(2) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('subscribe' as const), scope: fc.nat(2), since: fc.nat(100) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('room' as const), room: fc.nat(5), drained: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.constant({ do: 'turn' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'pause' as const }) },
);

describe('delivery', () => {
  it('is complete, in order and without duplicates under every schedule', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 150, size: 'max' }), async (steps) => {
        const backend = new FakeBackend();
        backend.onRead = turn;
        backend.afterRead = turn;
        const hub = new Hub({ store: backend.store, log, pollMs: 60_000 });
        const changes = ['core', 'core', 'docs'].map((project) => backend.addChange('acme', project));
        const scopes = [{}, { change: changes[0] ?? '' }, { project: 'core' }];
        const unheard: LogRow[] = [];
        const running: { outlet: FakeOutlet; subscription: Subscription; scope: number; since: number }[] =
          [];
        const rows = () => backend.logs.get('acme') ?? [];

        const take = async (next: Step) => {
          if (next.do === 'commit') {
            const row = backend.append({ tenant: 'acme', change: changes[next.of] ?? '' });
            if (next.heard) unheard.push(row);
          } else if (next.do === 'publish') {
            const [row] = unheard.splice(next.pick % Math.max(1, unheard.length), 1);
            if (row) hub.publish([row]);
          } else if (next.do === 'subscribe') {
            const opened = await hub.open('acme', nobody);
            const since = Math.floor((next.since / 100) * rows().length);
            const outlet = new FakeOutlet(backend);
            const scope = scopes[next.scope] ?? {};
            const subscription = new Subscription('s', opened!.feed, scope, since, outlet);
            running.push({ outlet, subscription, scope: next.scope, since });
            subscription.resume();
          } else if (next.do === 'room') {
            for (const { outlet, subscription } of running) {
              outlet.room = next.room;
              if (next.drained) subscription.resume();
            }
          } else if (next.do === 'pause') {
            await new Promise((resolve) => setTimeout(resolve, 4));
          } else {
            await turn();
          }
        };
        for (const next of steps) await take(next);

        for (const { outlet, subscription } of running) {
          outlet.room = Number.POSITIVE_INFINITY;
          subscription.resume();
        }
        const last = backend.append({ tenant: 'acme', change: changes[0] ?? '' });
        hub.wake('acme', last.seq);
        for (const { outlet } of running)
          await expect.poll(() => outlet.seqs().at(-1), { interval: 1 }).toBe(last.seq);
        for (const { outlet, scope, since } of running) {
          const mine = rows().filter(
            ({ seq, change }) =>
              seq > since && (scope === 0 || change === changes[0] || (scope === 2 && change === changes[1])),
          );
          expect(outlet.seqs()).toEqual(mine.map((row) => row.seq));
          expectChain(outlet.frames, since);
        }
        hub.close();
      }),
      { numRuns: runs(20, 60) },
    );
  });

  it('puts rows in order that are heard of backwards, reading the log at most once', async () => {
    const backend = new FakeBackend();
    let reads = 0;
    backend.onRead = async () => {
      reads += 1;
    };
    const hub = new Hub({ store: backend.store, log });
    const change = backend.addChange('acme', 'core');
    const { feed } = (await hub.open('acme', nobody))!;
    const outlet = new FakeOutlet(backend);
    new Subscription('s', feed, {}, 0, outlet).resume();
    const rows = Array.from({ length: 50 }, () => backend.append({ tenant: 'acme', change }));
    for (const row of rows.toReversed()) hub.publish([row]);
    expect(outlet.seqs()).toEqual(rows.map((row) => row.seq));
    expect(reads).toBe(0);
    hub.close();
  });

  it('reads what other servers committed once for all who listen', async () => {
    const backend = new FakeBackend();
    let reads = 0;
    backend.onRead = async () => {
      reads += 1;
    };
    const hub = new Hub({ store: backend.store, log });
    const change = backend.addChange('acme', 'core');
    const outlets = Array.from({ length: 20 }, () => new FakeOutlet(backend));
    for (const outlet of outlets) {
      const { feed } = (await hub.open('acme', nobody))!;
      new Subscription('s', feed, {}, 0, outlet).resume();
    }
    for (let i = 0; i < 30; i += 1) backend.append({ tenant: 'acme', change });
    for (let i = 1; i <= 30; i += 1) hub.wake('acme', i);
    await expect.poll(() => outlets.every((outlet) => outlet.seqs().length === 30)).toBe(true);
    expect(reads).toBe(1);
    hub.close();
  });

  it('goes on when the log could not be read for a while', async () => {
    const backend = new FakeBackend();
    const hub = new Hub({ store: backend.store, log });
    const change = backend.addChange('acme', 'core');
    const { feed } = (await hub.open('acme', nobody))!;
    const outlet = new FakeOutlet(backend);
    new Subscription('s', feed, {}, 0, outlet).resume();
    let failures = 2;
    backend.onRead = async () => {
      failures -= 1;
      if (failures >= 0) throw new Error('away');
    };
    backend.append({ tenant: 'acme', change });
    hub.wake('acme', 1);
    await expect.poll(() => outlet.seqs()).toEqual([1]);
    hub.close();
  });

  it('notices by itself what nobody told it', async () => {
    const backend = new FakeBackend();
    const hub = new Hub({ store: backend.store, log, pollMs: 20 });
    const change = backend.addChange('acme', 'core');
    const { feed } = (await hub.open('acme', nobody))!;
    const outlet = new FakeOutlet(backend);
    new Subscription('s', feed, {}, 0, outlet).resume();
    backend.append({ tenant: 'acme', change });
    await expect.poll(() => outlet.seqs()).toEqual([1]);
    hub.close();
  });
});

describe.each(['uws', 'node'] as const)('a stock client over %s', (transport) => {
  it('that is cut again and again, and comes back with its last position, sees every row once and in order', async () => {
    const { gateway, backend, hub } = await startTestGateway({ transport });
    const change = backend.addChange('acme', 'core');
    const total = 600;
    const publishing = (async () => {
      while ((backend.logs.get('acme')?.length ?? 0) < total) {
        const batch = Array.from({ length: 5 }, () => backend.append({ tenant: 'acme', change }));
        const heard = batch.filter(({ seq }) => seq % 7 !== 0).reverse();
        for (const row of heard) hub.publish([row]);
        await turn();
      }
      hub.wake('acme', total);
    })();
    const seen: number[] = [];
    let since = 0;
    let cuts = 0;
    while (since < total) {
      const client = await StreamClient.connected(gateway);
      const reply = await client.ask({ type: 'subscribe', stream: 'tenant', since, epoch: 'e1' });
      expect(reply).toMatchObject({ since, recovered: true });
      for (let i = 0; i < 60 && since < total; i += 1) {
        const frame = await client.next();
        expect(frame.prev).toBe(since);
        seen.push(frame.seq);
        since = frame.seq;
      }
      client.cut();
      cuts += 1;
    }
    await publishing;
    expect(seen).toEqual(Array.from({ length: total }, (_, i) => i + 1));
    expect(cuts).toBeGreaterThanOrEqual(10);
    await gateway.close();
  });

  it('that stops reading is not waited for, holds next to nothing, and gets everything when it reads again', async () => {
    const { gateway, backend, hub } = await startTestGateway({ transport });
    const change = backend.addChange('acme', 'core');
    const data = 'x'.repeat(20_000);
    const total = 800;
    const [slow, quick] = [await StreamClient.connected(gateway), await StreamClient.connected(gateway)];
    for (const client of [slow, quick]) await client.ask({ type: 'subscribe', stream: 'tenant' });
    slow.ws.pause();
    for (let i = 0; i < total; i += 1) {
      hub.publish([backend.append({ tenant: 'acme', change }, { data })]);
      await quick.next();
    }
    expect(slow.frames).toEqual([]);
    slow.ws.resume();
    for (let seq = 1; seq <= total; seq += 1) {
      expect(await slow.next()).toMatchObject({ type: 'event', seq, prev: seq - 1 });
    }
    for (const client of [slow, quick]) client.cut();
    await gateway.close();
  });
});
