/** The part of the contract that is about the past: how changes went, and who did what lately. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/actors/ports.ts';
import type { HistorySample } from '../../src/persistence/history-records.ts';
import type { Json, LogEntry } from '../../src/persistence/records.ts';
import { entry, facts, proposal, refusal, state, step } from '../support/commits.ts';

/** Call inside the `describe` of a store, in which it is open. */
export function storeHistory(current: () => Store): void {
  const tenant = 'historians';
  let store: Store;
  const all: HistorySample = { definition: 'BasicApproval', newest: 100, spans: [], each: 0 };
  const changesOf = async (sample: Partial<HistorySample>) =>
    (await store.histories(tenant, { ...all, ...sample })).map(({ change }) => change);
  const one = (change: string, version: number, over: Partial<LogEntry>, outcome: string | null = null) =>
    store.commit([
      step(change, version - 1, {
        tenant,
        state: state(version, { outcome }),
        entries: [entry({ version, outcome, ...over })],
      }),
    ]);

  beforeAll(async () => {
    store = current();
    await store.createTenant({ tenant, title: 'Historians', createdAt: 6 });
    const propose = (change: string, over: Parameters<typeof facts>[0] = {}) =>
      proposal(change, {
        tenant,
        facts: facts(over),
        entries: [entry({ kind: 'proposed', event: 'propose', from: null, to: 'a', occurredAt: 1_000 })],
      });
    await store.commit([
      propose('h1'),
      propose('h2', { project: 'api' }),
      propose('h3', { definitionVersion: 2 }),
      propose('h4', { definition: 'Emergency' }),
      propose('h5'),
    ]);
    await one('h1', 2, { from: 'a', to: 'a', occurredAt: 2_000, principal: 'rita', event: 'vote' });
    await one('h1', 3, { from: 'a', to: { r: { x: 'p' } }, occurredAt: 3_000 });
    await store.commit([refusal('h1', 3, { tenant })]);
    await one('h1', 4, { from: { r: { x: 'p' } }, to: 'z', occurredAt: 4_000 }, 'approved');
  });

  describe('the past', () => {
    it('of a change are the states it came into, and when', async () => {
      expect(await store.history({ tenant, change: 'h1' })).toEqual({
        change: 'h1',
        moves: [
          { state: 'a', outcome: null, at: 1_000 },
          { state: { r: { x: 'p' } }, outcome: null, at: 3_000 },
          { state: 'z', outcome: 'approved', at: 4_000 },
        ],
      });
      expect(await store.history({ tenant, change: 'none' })).toBeUndefined();
      expect(await store.history({ tenant: 'other', change: 'h1' })).toBeUndefined();
      expect(await store.history({ tenant, change: '\0' })).toBeUndefined();
    });

    it('of a definition is found by version and project', async () => {
      expect(await changesOf({})).toEqual(['h1', 'h2', 'h3', 'h5']);
      expect(await changesOf({ version: 1 })).toEqual(['h1', 'h2', 'h5']);
      expect(await changesOf({ version: 1, project: 'web' })).toEqual(['h1', 'h5']);
      expect(await changesOf({ definition: 'none' })).toEqual([]);
      expect(await store.histories('nobody', all)).toEqual([]);
    });

    it('is that of the newest changes, and of some from every span of ids', async () => {
      const spans = [
        { from: 'h4', until: 'h6' },
        { from: 'h1', until: 'h4' },
      ];
      expect(await changesOf({ newest: 1 })).toEqual(['h5']);
      expect(await changesOf({ newest: 0, spans, each: 1 })).toEqual(['h3', 'h5']);
      expect(await changesOf({ newest: 1, spans, each: 2 })).toEqual(['h2', 'h3', 'h5']);
    });
  });

  describe('what was done lately', () => {
    const content: Json = {
      author: 'ada',
      coAuthors: ['bob'],
      files: Array.from({ length: 150 }, (_, at) => `src/${at}.ts`),
      owners: [
        { name: 'A', members: ['olga', 'otto'], files: [] },
        { name: 'B', members: ['otto', 'oona'], files: [], required: 2 },
        { name: 'C', members: ['nobody'], files: [], required: 0 },
      ],
    };
    beforeAll(async () => {
      const rita = { principal: 'rita', from: 'a', to: 'a' };
      await one('h5', 2, { ...rita, event: 'vote', occurredAt: 5_000 });
      await one('h5', 3, { ...rita, event: 'vote', occurredAt: 9_000 });
      const revise = { event: 'change.revise', principal: 'ada', role: null, occurredAt: 9_500 };
      await one('h5', 4, { ...revise, from: 'a', to: 'a', data: content });
      await one('h5', 5, { ...revise, from: 'a', to: 'a', data: null, principal: 'cleo' });
      await one('h5', 6, { ...rita, event: 'tick', principalKind: 'system', occurredAt: 9_900 });
    });

    it('is one act for all that a principal sent to a change with one event in one role', async () => {
      const { acts } = await store.activity(tenant, { rows: 1_000, recentSince: 6_000 });
      const common = { author: 'bob', principal: 'rita', principalKind: 'person', event: 'vote' };
      expect(acts.filter(({ principal }) => principal === 'rita')).toEqual([
        { ...common, project: 'web', change: 'h5', isOpen: true, role: 'reviewer', recent: 1, at: 9_000 },
        { ...common, project: 'web', change: 'h1', isOpen: false, role: 'reviewer', recent: 0, at: 2_000 },
      ]);
      expect(acts.map(({ event }) => event)).not.toContain('tick');
    });

    it('tells of revisions, newest first: who had a hand in them, some files, and whose approval they need', async () => {
      const { revisions } = await store.activity(tenant, { rows: 1_000, recentSince: 0 });
      expect(revisions).toMatchObject([
        { change: 'h5', isOpen: true, people: ['cleo'], files: [], owners: [], at: 9_500 },
        { people: ['ada', 'bob'], at: 9_500 },
      ]);
      expect(revisions[1]?.files).toHaveLength(100);
      expect(revisions[1]?.owners.toSorted()).toEqual(['olga', 'oona', 'otto']);
    });

    it('is what stands in the last rows of the tenant, and nothing else', async () => {
      const { acts, revisions } = await store.activity(tenant, { rows: 2, recentSince: 0 });
      expect([...acts, ...revisions].map(({ change }) => change)).toEqual(['h5', 'h5']);
      expect(revisions).toHaveLength(1);
      expect(await store.activity('nobody', { rows: 9, recentSince: 0 })).toEqual({
        acts: [],
        revisions: [],
      });
    });
  });
}
