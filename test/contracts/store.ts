/** What every `Store` must do, run over PostgreSQL and over the one in memory by `test/persistence/*.test.ts`. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/actors/ports.ts';
import type { ChangeRef, CommitResult } from '../../src/persistence/records.ts';
import { entry, facts, proposal, refusal, state, step, TENANT } from '../support/commits.ts';
import { storeContents } from './store-contents.ts';
import { storeDelegations } from './store-delegations.ts';
import { storeDirectory } from './store-directory.ts';
import { storeEdges } from './store-edges.ts';
import { storeHistory } from './store-history.ts';
import { storeLife } from './store-life.ts';
import { storeProjects } from './store-projects.ts';
import { storeProperties } from './store-properties.ts';
import { storeReading } from './store-reading.ts';
import { storeTogether } from './store-together.ts';

/** A store and what it needs to be closed; `open` is called once per suite. */
export interface StoreRig {
  readonly store: Store;
}

/** Registers the suite; the caller opens the store before and closes it after. */
export function storeContract(name: string, open: () => Promise<StoreRig>): void {
  describe(name, () => {
    let store: Store;
    let changes = 0;
    /** An id no other test uses. */
    const fresh = () => `change-${String(++changes).padStart(4, '0')}`;
    const rowsOf = (ref: Partial<ChangeRef> & { change: string }) =>
      store.log(ref.tenant ?? TENANT, { after: 0, limit: 1_000, change: ref.change });
    const commitOne = async (...args: Parameters<Store['commit']>[0]): Promise<CommitResult> =>
      (await store.commit(args))[0]!;

    beforeAll(async () => {
      store = (await open()).store;
      await store.createTenant({ tenant: TENANT, title: 'Acme', createdAt: 1 });
      await store.createTenant({ tenant: 'other', title: 'Other', createdAt: 2 });
    });

    describe('a commit', () => {
      it('stores a new change with its log, timers and keys', async () => {
        const change = fresh();
        const timer = { name: 'escalate', setVersion: 1, event: 'timeout', dueAt: 5_000 };
        const key = { principal: 'alice', key: `k-${change}`, digest: 'd1', entry: 0 };
        const given = proposal(change, { timersSet: [timer], keys: [key] });
        const before = (await store.position(TENANT))!.seq;
        expect(await store.commit([given])).toEqual([{ ok: true, seq: before + 1 }]);

        const stored = { tenant: TENANT, change, ...given.facts, ...given.state, timers: [timer] };
        expect(await store.load([{ tenant: TENANT, change }])).toEqual([stored]);
        const row = { tenant: TENANT, change, seq: before + 1, ...given.entries[0] };
        expect(await rowsOf({ change })).toEqual([row]);
        expect(await store.answers([{ tenant: TENANT, principal: 'alice', key: key.key }])).toEqual([
          { tenant: TENANT, principal: 'alice', key: key.key, digest: 'd1', row },
        ]);
        const { snapshot: _, ...record } = stored as typeof stored & { snapshot: unknown };
        expect(await store.change({ tenant: TENANT, change })).toEqual(record);
      });

      it('numbers the entries of many changes in their order, per tenant', async () => {
        const [a, b, c] = [fresh(), fresh(), fresh()];
        const here = (await store.position(TENANT))!.seq;
        const there = (await store.position('other'))!.seq;
        const two = [entry({ kind: 'proposed' }), entry({ version: 2 })];
        const results = await store.commit([
          proposal(a, { entries: two, state: state(2) }),
          proposal(b, { tenant: 'other' }),
          proposal(c),
        ]);
        expect(results).toEqual([
          { ok: true, seq: here + 1 },
          { ok: true, seq: there + 1 },
          { ok: true, seq: here + 3 },
        ]);
        expect((await store.position(TENANT))!.seq).toBe(here + 3);
      });

      it('takes nothing for an answer to an empty batch', async () => {
        expect(await store.commit([])).toEqual([]);
      });

      it('is void where the change has moved on, without a trace', async () => {
        const change = fresh();
        await store.commit([proposal(change), proposal(`${change}-b`)]);
        expect(await commitOne(step(change, 1))).toMatchObject({ ok: true });
        const before = await store.position(TENANT);
        const key = { principal: 'alice', key: `stale-${change}`, digest: 'd', entry: 0 };
        expect(await commitOne(step(change, 1, { keys: [key] }))).toEqual({ ok: false, conflict: 'version' });
        expect(await store.position(TENANT)).toEqual(before);
        expect(await store.answers([{ tenant: TENANT, ...key }])).toEqual([]);
      });

      it('lets the neighbours of a loser through', async () => {
        const [a, b, c] = [fresh(), fresh(), fresh()];
        await store.commit([proposal(a), proposal(b), proposal(c)]);
        await store.commit([step(b, 1)]);
        const { seq } = (await store.position(TENANT))!;
        expect(await store.commit([step(a, 1), step(b, 1), step(c, 1)])).toEqual([
          { ok: true, seq: seq + 1 },
          { ok: false, conflict: 'version' },
          { ok: true, seq: seq + 2 },
        ]);
      });

      it('refuses an id that exists and a step of a change that does not', async () => {
        const change = fresh();
        await store.commit([proposal(change)]);
        expect(await commitOne(proposal(change))).toEqual({ ok: false, conflict: 'version' });
        expect(await commitOne(step(fresh(), 1))).toEqual({ ok: false, conflict: 'version' });
      });

      it('refuses a second change with the same key in the project, also within one batch', async () => {
        const named = (key: string, project = 'web') => proposal(fresh(), { facts: facts({ key, project }) });
        expect(await commitOne(named('I1'))).toMatchObject({ ok: true });
        expect(await commitOne(named('I1'))).toEqual({ ok: false, conflict: 'exists' });
        expect(await commitOne(named('I1', 'api'))).toMatchObject({ ok: true });
        expect(await store.commit([named('I2'), named('I2')])).toEqual([
          { ok: true, seq: expect.any(Number) },
          { ok: false, conflict: 'exists' },
        ]);
      });

      it('claims an idempotency key once per principal, also within one batch', async () => {
        const claiming = (key: string, principal = 'alice') =>
          proposal(fresh(), { keys: [{ principal, key, digest: 'd', entry: 0 }] });
        expect(await commitOne(claiming('once'))).toMatchObject({ ok: true });
        expect(await commitOne(claiming('once'))).toEqual({ ok: false, conflict: 'key' });
        expect(await commitOne(claiming('once', 'bob'))).toMatchObject({ ok: true });
        expect(await store.commit([claiming('both'), claiming('both')])).toEqual([
          { ok: true, seq: expect.any(Number) },
          { ok: false, conflict: 'key' },
        ]);
      });

      it('says "key" before "version" to a command that was already answered', async () => {
        const change = fresh();
        const keys = [{ principal: 'alice', key: `again-${change}`, digest: 'd', entry: 0 }];
        await store.commit([proposal(change)]);
        await store.commit([step(change, 1, { keys })]);
        expect(await commitOne(step(change, 1, { keys }))).toEqual({ ok: false, conflict: 'key' });
      });

      it('blames a neighbour for nothing that the neighbour did not get', async () => {
        const [a, b] = [fresh(), fresh()];
        await store.commit([proposal(a), proposal(b)]);
        await store.commit([step(a, 1)]);
        const keys = [{ principal: 'alice', key: `shared-${a}`, digest: 'd', entry: 0 }];
        expect(await store.commit([step(a, 1, { keys }), step(b, 1, { keys })])).toEqual([
          { ok: false, conflict: 'version' },
          { ok: true, seq: expect.any(Number) },
        ]);
      });

      it('logs a refusal only for the version it was judged on', async () => {
        const change = fresh();
        await store.commit([proposal(change)]);
        expect(await commitOne(refusal(change, 1))).toMatchObject({ ok: true });
        await store.commit([step(change, 1)]);
        expect(await commitOne(refusal(change, 1))).toEqual({ ok: false, conflict: 'version' });
        expect((await rowsOf({ change })).map(({ kind }) => kind)).toEqual([
          'proposed',
          'refusal',
          'transition',
        ]);
        expect(await store.change({ tenant: TENANT, change })).toMatchObject({ version: 2 });
      });

      it('logs a refusal about a change that does not exist as judged on version 0', async () => {
        expect(await commitOne(refusal(fresh(), 0))).toMatchObject({ ok: true });
        expect(await commitOne(refusal(fresh(), 1))).toEqual({ ok: false, conflict: 'version' });
      });

      it('of a refused proposal makes no change', async () => {
        const change = fresh();
        const refused = refusal(change, 0, { facts: facts({ key: `refused-${change}` }) });
        expect(await commitOne(refused)).toMatchObject({ ok: true });
        expect(await store.change({ tenant: TENANT, change })).toBeUndefined();
        expect(await rowsOf({ change })).toMatchObject([{ kind: 'refusal', version: 0 }]);
      });

      it('of a tenant nobody created is rejected', async () => {
        const [a, b] = [fresh(), fresh()];
        expect(await store.commit([proposal(a, { tenant: 'nobody' }), proposal(b)])).toEqual([
          { ok: false, conflict: 'rejected', error: expect.any(Error) },
          { ok: true, seq: expect.any(Number) },
        ]);
      });

      const bad = {
        'NUL in a text': { entries: [entry({ kind: 'proposed', reason: 'a\0b' })] },
        'NUL in a JSON value': { state: state(1, { snapshot: { deep: ['\0'] } }) },
        'NUL in a JSON key': { facts: facts({ attributes: { 'a\0': 1 } }) },
        'half a surrogate pair in a text': { facts: facts({ title: 'x\ud83d' }) },
        'half a surrogate pair in a JSON value': { entries: [entry({ kind: 'proposed', data: '\ude00x' })] },
        'a key that fits no index': {
          facts: facts({ key: Array.from({ length: 9_000 }, (_, i) => i).join('') }),
        },
        'a time that is no integer': { entries: [entry({ kind: 'proposed', occurredAt: Number.NaN })] },
        'a version that fits no column': { state: state(2 ** 40) },
        'two entries of one version': { entries: [entry({ kind: 'proposed' }), entry({ version: 1 })] },
        'a state ahead of its log': { state: state(2) },
        'facts of a change that exists': {
          baseVersion: 1,
          entries: [entry({ version: 2 })],
          state: state(2),
        },
        'no entry': { entries: [] },
      } as const;
      it.each(Object.entries(bad))('with %s is rejected and its neighbours are not', async (_what, part) => {
        const [a, b, c] = [fresh(), fresh(), fresh()];
        expect(await store.commit([proposal(a), proposal(b, part), proposal(c)])).toEqual([
          { ok: true, seq: expect.any(Number) },
          { ok: false, conflict: 'rejected', error: expect.any(Error) },
          { ok: true, seq: expect.any(Number) },
        ]);
        expect(await rowsOf({ change: b })).toEqual([]);
      });

      it('keeps text that only looks like an escape of NUL', async () => {
        const change = fresh();
        const data = {
          path: 'C:\\u0000\\ud800',
          pair: '😀',
          quote: '"\\"',
          empty: '',
          line: '\u2028\n\t\u0001',
        };
        await store.commit([proposal(change, { entries: [entry({ kind: 'proposed', data })] })]);
        expect((await rowsOf({ change }))[0]?.data).toEqual(data);
      });
    });

    describe('a commit of changes that stay together', () => storeTogether(() => store, fresh));

    describe('the graph of changes', () => storeEdges(() => store, fresh));

    describe('a timer', () => {
      const timer = { name: 'escalate', setVersion: 1, event: 'timeout', dueAt: 9_000 };
      const settled = (as: 'fired' | 'cancelled') => [{ name: timer.name, setVersion: 1, as }];
      const pendingOf = async (change: string) => (await store.change({ tenant: TENANT, change }))?.timers;

      it('fires once, whatever the version of the change', async () => {
        const change = fresh();
        await store.commit([proposal(change, { timersSet: [timer] })]);
        expect(await commitOne(step(change, 1, { timersSettled: settled('fired') }))).toMatchObject({
          ok: true,
        });
        expect(await pendingOf(change)).toEqual([]);
        const again = step(change, 2, { timersSettled: settled('fired') });
        expect(await commitOne(again)).toEqual({ ok: false, conflict: 'version' });
      });

      it('is set by one of two steps from the same version; the other is told that the change has moved on', async () => {
        const change = fresh();
        await store.commit([proposal(change)]);
        const setting = step(change, 1, { timersSet: [{ ...timer, setVersion: 2 }] });
        expect(await commitOne(setting)).toMatchObject({ ok: true });
        expect(await commitOne(setting)).toEqual({ ok: false, conflict: 'version' });
        expect(await pendingOf(change)).toHaveLength(1);
      });

      it('may be cancelled though it is gone', async () => {
        const change = fresh();
        await store.commit([proposal(change)]);
        expect(await commitOne(step(change, 1, { timersSettled: settled('cancelled') }))).toMatchObject({
          ok: true,
        });
      });

      it('may be set and settled by one commit', async () => {
        const change = fresh();
        const both = proposal(change, { timersSet: [timer], timersSettled: settled('fired') });
        expect(await commitOne(both)).toMatchObject({ ok: true });
        expect(await pendingOf(change)).toEqual([]);
      });
    });

    storeReading(() => store);
    storeProjects(() => store);
    storeDelegations(() => store);
    storeDirectory(() => store);
    storeHistory(() => store);
    storeContents(() => store);

    describe('the life of definitions', () => storeLife(() => store));
    storeProperties(() => store);
  });
}
