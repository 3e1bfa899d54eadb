/** The reading half of the contract: log, changes, definitions, tenants, timers. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/actors/ports.ts';
import { entry, facts, proposal, refusal, state, step } from '../support/commits.ts';

/** Call inside the `describe` of a store, in which it is open. */
export function storeReading(current: () => Store): void {
  const tenant = 'readers';
  let store: Store;
  beforeAll(async () => {
    store = current();
    await store.createTenant({ tenant, title: 'Readers', createdAt: 3 });
    await store.commit([
      proposal('r1', {
        tenant,
        facts: facts({ key: 'I1' }),
        state: state(1, { state: { review: { code: 'pending' } } }),
      }),
      proposal('r2', { tenant, facts: facts({ project: 'api', author: 'carol' }) }),
      proposal('r3', {
        tenant,
        facts: facts({ definition: 'Emergency' }),
        state: state(1, { outcome: 'approved' }),
      }),
    ]);
    await store.commit([
      refusal('r1', 1, { tenant }),
      step('r2', 1, { tenant, entries: [entry({ kind: 'transition', version: 2 })] }),
    ]);
    await store.commit([
      step('r1', 1, { tenant, state: state(2, { state: { review: { code: 'pending', security: 'ok' } } }) }),
    ]);
  });

  describe('the log', () => {
    const seqs = async (query: Parameters<Store['log']>[1]) =>
      (await store.log(tenant, query)).map(({ seq }) => seq);

    it('is read in pages, in order, from a position on', async () => {
      expect(await seqs({ after: 0, limit: 4 })).toEqual([1, 2, 3, 4]);
      expect(await seqs({ after: 4, limit: 4 })).toEqual([5, 6]);
      expect(await seqs({ after: 6, limit: 4 })).toEqual([]);
    });

    it('can be of one change or one project', async () => {
      expect(await seqs({ after: 0, limit: 9, change: 'r1' })).toEqual([1, 4, 6]);
      expect(await seqs({ after: 1, limit: 1, change: 'r1' })).toEqual([4]);
      expect(await seqs({ after: 0, limit: 9, project: 'api' })).toEqual([2, 5]);
      expect(await seqs({ after: 0, limit: 9, change: 'r1', project: 'api' })).toEqual([]);
    });

    it('belongs to its tenant', async () => {
      expect(await store.log('nobody', { after: 0, limit: 9 })).toEqual([]);
      expect(await store.position('nobody')).toBeUndefined();
      expect(await store.change({ tenant: 'other', change: 'r1' })).toBeUndefined();
      expect(
        await store.load([
          { tenant: 'other', change: 'r1' },
          { tenant, change: 'nothing' },
        ]),
      ).toEqual([]);
    });
  });

  describe('changes', () => {
    const ids = async (
      filter: Parameters<Store['changes']>[1],
      page = { limit: 9 } as { before?: string; limit: number },
    ) => (await store.changes(tenant, filter, page)).map(({ change }) => change);

    it('come newest first, in pages', async () => {
      expect(await ids({})).toEqual(['r3', 'r2', 'r1']);
      expect(await ids({}, { limit: 2 })).toEqual(['r3', 'r2']);
      expect(await ids({}, { before: 'r2', limit: 2 })).toEqual(['r1']);
    });

    it('are found by each part of a filter and by all together', async () => {
      expect(await ids({ project: 'api' })).toEqual(['r2']);
      expect(await ids({ key: 'I1' })).toEqual(['r1']);
      expect(await ids({ author: 'carol' })).toEqual(['r2']);
      expect(await ids({ definition: 'Emergency' })).toEqual(['r3']);
      expect(await ids({ outcome: 'open' })).toEqual(['r2', 'r1']);
      expect(await ids({ outcome: 'approved' })).toEqual(['r3']);
      expect(await ids({ outcome: 'open', project: 'web' })).toEqual(['r1']);
    });

    it('are found by what their state contains', async () => {
      expect(await ids({ state: { review: { security: 'ok' } } })).toEqual(['r1']);
      expect(await ids({ state: { review: {} } })).toEqual(['r1']);
      expect(await ids({ state: 'review' })).toEqual(['r3', 'r2']);
      expect(await ids({ state: { other: {} } })).toEqual([]);
    });

    it('are counted by outcome', async () => {
      expect(await store.outcomes(tenant, {})).toEqual({ approved: 1, open: 2 });
      expect(await store.outcomes(tenant, { project: 'api' })).toEqual({ open: 1 });
      expect(await store.outcomes('nobody', {})).toEqual({});
    });

    it('are not found by a filter no text could match', async () => {
      expect(await ids({ key: 'a\0b' })).toEqual([]);
      expect(await ids({ state: { review: '\ud800' } })).toEqual([]);
      expect(await store.answers([{ tenant, principal: 'a', key: '\0' }])).toEqual([]);
      expect(await store.change({ tenant, change: '\0' })).toBeUndefined();
    });
  });

  describe('definitions', () => {
    const definition = (name: string, digest: string) => ({
      tenant,
      name,
      digest,
      definition: { states: { a: {} }, digest },
      deployedBy: 'dora',
      reason: null,
      deployedAt: 1_700_000_000_123,
    });

    it('get a new version only where the newest differs', async () => {
      expect(await store.saveDefinition(definition('B', 'd1'))).toEqual({ version: 1, created: true });
      expect(await store.saveDefinition(definition('B', 'd1'))).toEqual({ version: 1, created: false });
      expect(await store.saveDefinition(definition('B', 'd2'))).toEqual({ version: 2, created: true });
      expect(await store.saveDefinition(definition('B', 'd1'))).toEqual({ version: 3, created: true });
      expect(await store.definition(tenant, 'B')).toEqual({ ...definition('B', 'd1'), version: 3 });
      expect(await store.definition(tenant, 'B', 2)).toEqual({ ...definition('B', 'd2'), version: 2 });
      expect(await store.definition(tenant, 'B', 9)).toBeUndefined();
    });

    it('are listed by name, the newest of each', async () => {
      await store.saveDefinition(definition('A', 'd1'));
      expect((await store.definitions(tenant)).map(({ name, version }) => [name, version])).toEqual([
        ['A', 1],
        ['B', 3],
      ]);
    });

    it('deployed at the same time get versions of their own', async () => {
      const saved = await Promise.all(
        ['x', 'y', 'z'].map((digest) => store.saveDefinition(definition('C', digest))),
      );
      expect(saved.map(({ version }) => version).sort()).toEqual([1, 2, 3]);
    });

    it('of a tenant nobody created are refused', async () => {
      await expect(
        store.saveDefinition({ ...definition('B', 'd1'), tenant: 'nobody' }),
      ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });
  });

  it('a tenant is created once and listed', async () => {
    const record = { tenant: 'zeta', title: 'Zeta', createdAt: 1_700_000_000_001 };
    expect(await store.createTenant(record)).toBe(true);
    expect(await store.createTenant({ ...record, title: 'Other' })).toBe(false);
    expect((await store.tenants()).at(-1)).toEqual(record);
    expect(await store.position('zeta')).toEqual({ seq: 0, epoch: expect.any(String) });
  });

  it('due timers come earliest first, and slots hold pending ones only', async () => {
    const at = (name: string, dueAt: number) => ({ name, setVersion: 1, event: 'timeout', dueAt });
    await store.createTenant({ tenant: 'timed', title: 'Timed', createdAt: 4 });
    const timers = [at('c', 503), at('a', 501), at('b', 502), at('late', 1_777)];
    const settled = [{ name: 'b', setVersion: 1, as: 'cancelled' }] as const;
    await store.commit([proposal('t1', { tenant: 'timed', timersSet: timers, timersSettled: settled })]);
    const due = await store.dueTimers(503, 10);
    expect(due).toEqual([{ tenant: 'timed', change: 't1', ...at('a', 501) }]);
    expect((await store.dueTimers(504, 1)).map(({ name }) => name)).toEqual(['a']);
    expect(await store.timerSlots(0, 2_000, 100)).toEqual([500, 1_700]);
    expect(await store.timerSlots(502, 503, 100)).toEqual([]);
    const pending = await store.pendingTimers('timed', {}, { limit: 2 });
    expect(pending.map(({ name }) => name)).toEqual(['a', 'c']);
    const next = await store.pendingTimers('timed', {}, { after: pending[1] as never, limit: 2 });
    expect(next.map(({ name }) => name)).toEqual(['late']);
    const of = async (filter: object) =>
      (await store.pendingTimers('timed', filter, { limit: 9 })).map(({ name }) => name);
    expect(await of({ before: 503 })).toEqual(['a']);
    expect(await of({ name: 'c', change: 't1' })).toEqual(['c']);
    expect(await of({ change: 't2' })).toEqual([]);
  });
}
