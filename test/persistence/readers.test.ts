/** Readers: what they have acknowledged, and who owes what, the same in memory and in PostgreSQL. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_READERS } from '../../src/persistence/reader-records.ts';
import { openRig, type Rig } from '../client/rig.ts';
import { memoryReaders } from '../support/memory-readers.ts';

const LATER = Date.now() + 86_400_000;

describe('readers', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig({ transport: 'node' });
  });
  afterAll(() => rig.close());

  it('owe the critical rows of their stream after what they acknowledged, in both stores', async () => {
    const [core, docs] = [await rig.propose('core'), await rig.propose('docs')];
    const { store } = rig;
    const rows = await (async () => {
      await rig.move(core, 'hold');
      await rig.move(core, 'release');
      await rig.move(docs, 'approve');
      await rig.move(core, 'approve');
      return store.log('acme', { after: 0, limit: 100 });
    })();
    const projects = new Map([
      [core, 'core'],
      [docs, 'docs'],
    ]);
    const memory = memoryReaders({ rows: () => rows, projectOf: (_, change) => projects.get(change) });
    const refs = ['tenant', 'project:docs', `change:${core}`, 'project:none'].map((stream) => ({
      tenant: 'acme',
      principal: 'rob',
      name: 'screen',
      stream,
    }));
    const told = async (readers: typeof memory) => {
      for (const ref of refs) expect(await readers.open(ref, 2)).toBe(2);
      const [first] = refs;
      const all = rows.map(({ seq }) => seq);
      expect(await readers.acknowledge(first!, all.at(-2) ?? 0)).toBe(all.at(-2));
      expect(await readers.acknowledge(first!, 1)).toBe(all.at(-2));
      expect(await readers.open(first!, 0)).toBe(all.at(-2));
      expect(await readers.overdue('acme', 1, 10)).toEqual([]);
      const owed = await readers.overdue('acme', LATER, 10);
      return owed
        .map(({ stream, acknowledged, unacknowledged, oldest }) => ({
          stream,
          acknowledged,
          unacknowledged,
          at: oldest?.seq,
        }))
        .sort((a, b) => (a.stream < b.stream ? -1 : 1));
    };
    const expected = await told(memory);
    expect(expected.map(({ stream, unacknowledged }) => [stream, unacknowledged])).toEqual([
      [`change:${core}`, 1],
      ['project:docs', 1],
      ['tenant', 1],
    ]);
    expect(await told(store.readers)).toEqual(expected);
    for (const readers of [memory, store.readers]) {
      await readers.forget(refs[0]!);
      await expect(readers.acknowledge(refs[0]!, 3)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(await readers.open(refs[0]!, 7)).toBe(7);
    }
  });

  it('are at most 100 of one principal', async () => {
    const ref = (name: string) => ({ tenant: 'acme', principal: 'collector', name, stream: 'tenant' });
    for (let i = 0; i < MAX_READERS; i += 1) await rig.store.readers.open(ref(`r${i}`), 0);
    await expect(rig.store.readers.open(ref('one more'), 0)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await rig.store.readers.open(ref('r1'), 5)).toBe(0);
  });
});
