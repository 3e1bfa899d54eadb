/** Commands that outlive their client: kept until they have an answer, sent by the next one, done once. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Done, type KeyedEvent, storedOutbox } from '../../src/client/index.ts';
import { chaosProxy } from '../support/chaos-proxy.ts';
import { client, openRig, type Rig } from './rig.ts';

/** `localStorage`, without a browser. */
class Memory {
  readonly entries = new Map<string, string>();
  isFull = false;

  get length(): number {
    return this.entries.size;
  }

  key(place: number): string | null {
    return [...this.entries.keys()][place] ?? null;
  }

  getItem(name: string): string | null {
    return this.entries.get(name) ?? null;
  }

  setItem(name: string, text: string): void {
    if (this.isFull) throw new Error('the quota is used up');
    this.entries.set(name, text);
  }

  removeItem(name: string): void {
    this.entries.delete(name);
  }
}

describe('a queue that is kept', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
  });
  afterAll(() => rig.close());

  const rowsOf = async (change: string) =>
    (await rig.store.log('acme', { after: 0, limit: 500, change })).map(({ event }) => event);

  it('is sent by the next client, in its order, and is empty when all have their answers', async () => {
    const change = await rig.propose();
    const memory = new Memory();
    const proxy = await chaosProxy(rig.gateway.port);
    proxy.refuse();
    const first = client(proxy.url, { outbox: { storage: storedOutbox('mine', memory) } });
    const lost = [first.send({ change, trigger: 'hold' }), first.send({ change, trigger: 'release' })];
    expect(memory.length).toBe(2);
    expect(first.queue.getSnapshot()).toBe(2);
    first.close();
    for (const each of await Promise.allSettled(lost))
      expect(each).toMatchObject({ status: 'rejected', reason: { name: 'NotSent' } });
    proxy.admit();
    const told: [string, Done | Error][] = [];
    const answered = ({ trigger }: KeyedEvent, answer: Done | Error) => void told.push([trigger, answer]);
    const second = client(proxy.url, { outbox: { storage: storedOutbox('mine', memory), answered } });
    await expect.poll(() => second.queue.getSnapshot(), { timeout: 10_000 }).toBe(0);
    expect(told).toMatchObject([
      ['hold', { replayed: false, transition: { change } }],
      ['release', { replayed: false, transition: { change } }],
    ]);
    expect(memory.length).toBe(0);
    expect((await rowsOf(change)).slice(-2)).toEqual(['hold', 'release']);
    second.close();
    await proxy.close();
  });

  it('does once what a cut has left without an answer, however many clients come and go', async () => {
    const change = await rig.propose();
    const memory = new Memory();
    const proxy = await chaosProxy(rig.gateway.port, {
      sliceBytes: 300,
      delayMs: 3,
      cutEveryMs: 60,
      seed: 11,
    });
    const open = () => client(proxy.url, { outbox: { storage: storedOutbox('mine', memory) } });
    const MOVES = 30;
    for (let move = 0; move < MOVES; move += 1) {
      const own = open();
      own.send({ change, trigger: move % 2 === 0 ? 'hold' : 'release' }).catch(() => {});
      // Every third client goes before it has any answer.
      if (move % 3 !== 0) await expect.poll(() => own.queue.getSnapshot(), { timeout: 10_000 }).toBe(0);
      own.close();
    }
    const last = open();
    await expect.poll(() => last.queue.getSnapshot(), { timeout: 10_000 }).toBe(0);
    last.close();
    const moves = Array.from({ length: MOVES }, (_, move) => (move % 2 === 0 ? 'hold' : 'release'));
    expect((await rowsOf(change)).filter((event) => ['hold', 'release'].includes(event))).toEqual(moves);
    expect(proxy.cuts()).toBeGreaterThan(0);
    await proxy.close();
  });

  it('keeps apart what is kept under another name, and passes over what is no command', async () => {
    const memory = new Memory();
    memory.setItem('mine:000000000000.x', 'no command');
    memory.setItem('other:000000000000.y', '{"change":"c","trigger":"t","idempotency_key":"y"}');
    expect(storedOutbox('mine', memory).load()).toEqual([]);
    expect([...memory.entries.keys()]).toEqual(['other:000000000000.y']);
  });

  it('refuses what cannot be kept', async () => {
    const change = await rig.propose();
    const memory = new Memory();
    memory.isFull = true;
    const own = client(rig.gateway.url, { outbox: { storage: storedOutbox('mine', memory) } });
    await expect(own.send({ change, trigger: 'hold' })).rejects.toThrow(
      /could not be kept \(the quota is used up\)/,
    );
    own.close();
  });
});
