/** What comes through a network that cuts every 200 ms, delays and slices is the log: every row once, in order. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { token } from '../gateway/harness.ts';
import { chaosProxy } from '../support/chaos-proxy.ts';
import { runs } from '../support/runs.ts';
import { client, openRig, type Rig } from './rig.ts';
import { StockClient } from './stock-client.ts';

const MOVES = runs(60, 150);

describe.each(['uws', 'node'] as const)('through a bad network, over %s', (transport) => {
  let rig: Rig;
  const bad = (seed: number) =>
    chaosProxy(rig.gateway.port, { sliceBytes: 300, delayMs: 3, cutEveryMs: 200, seed });

  beforeAll(async () => {
    rig = await openRig({ transport });
  });
  afterAll(() => rig.close());

  it('a client that sends and listens does everything once and sees everything once', async () => {
    const change = await rig.propose();
    const since = (await rig.log()).at(-1) ?? 0;
    const proxy = await bad(7);
    const own = client(proxy.url);
    const rows = own.rows('tenant', { since });
    const sending = (async () => {
      for (let i = 0; i < MOVES; i += 1) {
        const trigger = i % 2 === 0 ? 'hold' : 'release';
        const done = await own.send({ change, trigger });
        expect(done.transition).toMatchObject({ change, event: trigger, kind: 'transition' });
      }
    })();
    const seen: number[] = [];
    for await (const row of rows) {
      expect(row.type).toBe('event');
      seen.push(row.seq);
      if (seen.length === MOVES) break;
    }
    await sending;
    expect(seen).toEqual((await rig.log()).filter((seq) => seq > since));
    expect(seen).toHaveLength(MOVES);
    expect(proxy.cuts()).toBeGreaterThan(0);
    own.close();
    await proxy.close();
  });

  it('a set of changes comes to be what it is', async () => {
    const changes = [await rig.propose('sets'), await rig.propose('sets'), await rig.propose('sets')];
    const proxy = await bad(8);
    const own = client(proxy.url);
    const held = own.query({ project: 'sets', outcome: 'open', state: 'Held' });
    for (let round = 0; round < 20; round += 1) {
      for (const change of changes) await own.send({ change, trigger: 'hold' });
      for (const change of changes.slice(1)) await own.send({ change, trigger: 'release' });
      await own.send({ change: changes[0]!, trigger: 'release' });
    }
    await own.send({ change: changes[1]!, trigger: 'hold' });
    await expect
      .poll(() => held.getSnapshot().items.map(({ id, version }) => [id, version]), { timeout: 10_000 })
      .toEqual([[changes[1], 42]]);
    own.close();
    await proxy.close();
  });

  it('a stock client written only from the documentation recovers without a gap', async () => {
    const change = await rig.propose('stock');
    const since = (await rig.log()).at(-1) ?? 0;
    const proxy = await bad(9);
    const stock = new StockClient(proxy.url, () => token(), 'tenant', since);
    for (let i = 0; i < MOVES; i += 1) await rig.move(change, i % 2 === 0 ? 'hold' : 'release');
    const last = await rig.log();
    await expect.poll(() => stock.seen.length, { timeout: 40_000 }).toBe(MOVES);
    // Once more, so that at least one cut has certainly been survived.
    await expect.poll(() => proxy.cuts(), { timeout: 5_000 }).toBeGreaterThan(1);
    await rig.move(change, 'hold');
    await expect.poll(() => stock.seen.length, { timeout: 40_000 }).toBe(MOVES + 1);
    expect(stock.seen).toEqual([...last.filter((seq) => seq > since), last.length + 1]);
    expect(stock.defects).toEqual([]);
    stock.close();
    await proxy.close();
  });
});
