/** The client on a connection that is cut, refused, frozen and renewed, with the real server behind it. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Client } from '../../src/client/index.ts';
import { NotSent, ProblemError } from '../../src/client/index.ts';
import { token } from '../gateway/harness.ts';
import { type ChaosProxy, chaosProxy } from '../support/chaos-proxy.ts';
import { client, openRig, type Rig } from './rig.ts';

const CLIENT = new URL('../../src/client/', import.meta.url);

it('the client imports nothing but its own files, and its schemas zod', () => {
  const imported = readdirSync(CLIENT).flatMap((file) =>
    [...readFileSync(new URL(file, CLIENT), 'utf8').matchAll(/from '([^']+)'/g)].map(([, name]) => name),
  );
  expect([...new Set(imported)].filter((name) => !name?.startsWith('./'))).toEqual(['zod']);
});

describe('the client', () => {
  let rig: Rig;
  let proxy: ChaosProxy;
  let own: Client;
  const status = () => own.status.getSnapshot().is;
  const problemOf = (asked: Promise<unknown>) =>
    asked.then(
      () => undefined,
      (error: unknown) => (error instanceof ProblemError ? error.problem : undefined),
    );

  beforeAll(async () => {
    rig = await openRig({ transport: 'node' });
  });
  afterAll(() => rig.close());
  beforeEach(async () => {
    proxy = await chaosProxy(rig.gateway.port);
    own = client(proxy.url);
  });
  afterEach(async () => {
    own.close();
    await proxy.close();
  });

  it('keeps commands while there is no connection, in their order, and refuses more than it may keep', async () => {
    proxy.refuse();
    own.close();
    own = client(proxy.url, { queueLimit: 3 });
    const change = await rig.propose();
    const sent = (['hold', 'release', 'hold'] as const).map((trigger) => own.send({ change, trigger }));
    expect(own.unanswered).toBe(3);
    await expect(own.send({ change, trigger: 'release' })).rejects.toThrow(NotSent);
    proxy.admit();
    const done = await Promise.all(sent);
    expect(done.map(({ transition }) => transition.event)).toEqual(['hold', 'release', 'hold']);
    expect(own.unanswered).toBe(0);
  });

  it('gives refusals and stale versions to who sent the command', async () => {
    const change = await rig.propose();
    const refused = await problemOf(own.send({ change, trigger: 'release' }));
    expect(refused?.accepted).toContain('hold');
    await own.send({ change, trigger: 'hold' });
    const stale = await problemOf(own.send({ change, trigger: 'release', expected_version: 1 }));
    expect(stale?.code).toBe('STALE_VERSION');
  });

  it('rejects what was not answered when it is closed', async () => {
    proxy.refuse();
    const change = await rig.propose();
    const pending = own.send({ change, trigger: 'hold' });
    own.close();
    await expect(pending).rejects.toThrow(NotSent);
    await expect(own.send({ change, trigger: 'hold' })).rejects.toThrow(NotSent);
    expect(status()).toBe('ended');
  });

  it('asks once more for a token that was refused, and ends when that is refused too', async () => {
    own.close();
    const asked: boolean[] = [];
    const other = new Uint8Array(32);
    own = client(proxy.url, {
      token: ({ refused }) => {
        asked.push(refused);
        return token({}, 60, other);
      },
    });
    await expect.poll(status).toBe('ended');
    expect(asked).toEqual([false, true]);
    expect(own.status.getSnapshot()).toMatchObject({ code: 4501 });
  });

  it('renews its token on the open connection', async () => {
    own.close();
    const before = proxy.connections();
    let asked = 0;
    own = client(proxy.url, {
      token: () => {
        asked += 1;
        return token({ roles: ['reviewer'] }, asked === 1 ? 2 : 600);
      },
    });
    await expect.poll(status).toBe('open');
    await expect.poll(() => asked, { timeout: 10_000 }).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(status()).toBe('open');
    expect(proxy.connections()).toBe(before + 1);
  });

  it('gives up a connection that is only half open, and comes back', async () => {
    own.close();
    own = client(proxy.url, { patience: { quietMs: 50, answerMs: 100 } });
    await expect.poll(status).toBe('open');
    proxy.freeze();
    await expect.poll(status).toBe('waiting');
  });

  it('shows a set to stores: the same object until it changes, stale while away, live again after', async () => {
    const change = await rig.propose('stores');
    const set = own.query({ project: 'stores' });
    let told = 0;
    const stop = set.subscribe(() => {
      told += 1;
    });
    await expect.poll(() => set.getSnapshot().is).toBe('live');
    const before = set.getSnapshot();
    expect(set.getSnapshot()).toBe(before);
    expect(before.items).toMatchObject([{ id: change, state: 'Open' }]);
    await rig.move(change, 'hold');
    await expect.poll(() => set.getSnapshot().items[0]?.state).toBe('Held');
    expect(set.getSnapshot()).not.toBe(before);
    proxy.refuse();
    await expect.poll(() => set.getSnapshot().is).toBe('stale');
    expect(set.getSnapshot().items).toHaveLength(1);
    await rig.move(change, 'release');
    proxy.admit();
    await expect.poll(() => set.getSnapshot().items[0]?.state).toBe('Open');
    stop();
    const heard = told;
    set.close();
    expect(set.getSnapshot().is).toBe('ended');
    expect(told).toBe(heard);
  });

  it('knows what waits for me, with what I may do', async () => {
    const change = await rig.propose('mine');
    const work = own.work({ project: 'mine' });
    await expect.poll(() => work.getSnapshot().items.map(({ id }) => id)).toEqual([change]);
    expect(work.getSnapshot().items[0]?.enabled?.map(({ trigger }) => trigger)).toContain('approve');
    await own.send({ change, trigger: 'approve' });
    for await (const { items } of work) if (items.length === 0) break;
    expect(work.getSnapshot()).toMatchObject({ is: 'live', items: [] });
  });

  it('rests when nobody takes its rows, and goes on without a gap', async () => {
    const change = await rig.propose('resting');
    const since = (await rig.log()).at(-1) ?? 0;
    const rows = own.rows('tenant', { since });
    const total = 2_100;
    for (let i = 0; i < total; i += 100) {
      const moves = Array.from({ length: 100 }, (_, j) => rig.move(change, j % 2 === 0 ? 'hold' : 'release'));
      await Promise.all(moves);
    }
    await expect.poll(() => (rows.position ?? 0) - since).toBeGreaterThanOrEqual(1_000);
    expect((rows.position ?? 0) - since).toBe(1_000);
    const seen: number[] = [];
    for await (const { seq } of rows) {
      seen.push(seq);
      if (seen.length === total) break;
    }
    expect(seen).toEqual(Array.from({ length: total }, (_, i) => since + i + 1));
  });

  it('acknowledges over cuts, and goes on where its reader stopped', async () => {
    const change = await rig.propose('acknowledged');
    const stream = `change:${change}`;
    const first = own.rows(stream, { reader: 'screen' });
    await expect.poll(() => first.epoch).toBeDefined();
    await rig.move(change, 'hold');
    const released = await rig.move(change, 'release');
    const approved = await rig.move(change, 'approve');
    for await (const row of first) {
      if (row.seq !== released) continue;
      proxy.cut();
      first.acknowledge(released);
      break;
    }
    // Closing the iteration leaves the acknowledgement behind: it was lost with the connection. Said again it counts.
    const second = own.rows(stream, { reader: 'screen' });
    for await (const row of second) {
      if (row.seq < approved) continue;
      expect(row).toMatchObject({ type: 'event', critical: true, seq: approved });
      proxy.cut();
      second.acknowledge(approved);
      await expect.poll(() => rig.overdue()).toEqual([]);
      break;
    }
  });

  it('ends an iteration with the problem where there is no such stream', async () => {
    const rows = own.rows('change:00000000-0000-4000-8000-000000000000');
    const iterate = async () => {
      for await (const _ of rows) break;
    };
    expect((await problemOf(iterate()))?.code).toBe('NOT_FOUND');
  });
});
