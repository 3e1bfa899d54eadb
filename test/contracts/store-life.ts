/** What every `Store` must do for the life of definitions: activations, and migrations of the changes that follow them. */
import { expect, it } from 'vitest';
import type { Store } from '../../src/actors/ports.ts';
import type { MigrationRecord, NewActivation } from '../../src/persistence/records.ts';
import { entry, facts, proposal, state, step, TENANT } from '../support/commits.ts';

const definition = (name: string, digest: string, more: object = {}) => ({
  ...{ tenant: TENANT, name, digest, definition: { name }, deployedBy: 'ops', reason: null, deployedAt: 7 },
  ...more,
});
const said = (name: string, more: Partial<NewActivation> = {}): NewActivation => ({
  ...{ tenant: TENANT, name, kind: 'activate', project: null, version: 1 },
  ...{ setBy: 'ops', reason: 'because', setAt: 9, ...more },
});
const migration = (id: string, name: string, more: Partial<MigrationRecord> = {}): MigrationRecord => ({
  ...{
    tenant: TENANT,
    id,
    name,
    fromVersion: 1,
    toVersion: 2,
    plan: { states: { A: 'B' } },
    status: 'running',
  },
  ...{ position: '', moved: 0, reverted: 0, startedBy: 'ops', startedByKind: 'person', reason: 'new rules' },
  ...{ startedAt: 5, updatedAt: 5, ...more },
});

export function storeLife(open: () => Store): void {
  it('keeps with a version what its check found, whether it was forced, and whether it is a draft', async () => {
    const findings = [{ code: 'DEADLOCK', message: 'stuck' }];
    await open().saveDefinition(definition('Life', 'd1', { findings, forced: true }));
    await open().saveDefinition(definition('Life', 'd2', { draft: true }));
    const versions = await open().definitionVersions(TENANT, 'Life');
    expect(versions).toEqual([
      { ...definition('Life', 'd2', { draft: true }), version: 2 },
      { ...definition('Life', 'd1', { findings, forced: true }), version: 1 },
    ]);
    expect(await open().definitionLife(TENANT, 'Life')).toEqual({ newest: 1, activations: [] });
    expect(await open().definitionLife(TENANT, 'Nothing')).toEqual({ newest: null, activations: [] });
  });

  it('adds to what is active, and knows the newest of each project and kind', async () => {
    const store = open();
    const all = await store.addActivation(said('Active'));
    const web = await store.addActivation(said('Active', { project: 'web', version: 2 }));
    const newest = await store.addActivation(said('Active', { version: null, reason: null }));
    const retired = await store.addActivation(said('Active', { kind: 'retire', version: null }));
    const { activations } = await store.definitionLife(TENANT, 'Active');
    expect(activations.toSorted((a, b) => a.activation - b.activation)).toEqual([web, newest, retired]);
    expect(await store.activationHistory(TENANT, 'Active', { limit: 3 })).toEqual([retired, newest, web]);
    const page = { before: web.activation, limit: 3 };
    expect(await store.activationHistory(TENANT, 'Active', page)).toEqual([all]);
  });

  it('brings a change to another version of its definition, and finds those that follow one', async () => {
    const store = open();
    const of = (change: string, at: string) =>
      proposal(change, { facts: facts({ definition: 'Follow' }), state: { ...state(1), state: at } });
    await store.commit([of('f-1', 'A'), of('f-2', 'B'), of('f-3', 'A')]);
    const first = { tenant: TENANT, name: 'Follow', version: 1 };
    const second = { ...first, version: 2 };
    expect(await store.changesFollowing(first, { after: 'f-1', limit: 5 })).toEqual(['f-2', 'f-3']);
    expect(await store.liveConfigurations(first)).toEqual([
      { state: 'A', count: 2, examples: ['f-1', 'f-3'] },
      { state: 'B', count: 1, examples: ['f-2'] },
    ]);
    const data = { migration: 'm-1', from: 1, to: 2 };
    const entries = [entry({ kind: 'transition', version: 2, event: 'definition.migrate', data })];
    const moved = (change: string) => step(change, 1, { entries, definitionVersion: 2 });
    expect(await store.commit([moved('f-1'), moved('f-2')])).toMatchObject([{ ok: true }, { ok: true }]);
    expect(await store.load([{ tenant: TENANT, change: 'f-1' }])).toMatchObject([{ definitionVersion: 2 }]);
    expect(await store.change({ tenant: TENANT, change: 'f-3' })).toMatchObject({ definitionVersion: 1 });
    expect(await store.changesFollowing(second, { after: '', limit: 5 })).toEqual(['f-1', 'f-2']);
    await store.commit([step('f-2', 2)]);
    expect(await store.load([{ tenant: TENANT, change: 'f-2' }])).toMatchObject([{ definitionVersion: 2 }]);
    const untouched = await store.untouchedSince(second, 'm-1', { after: '', limit: 5 });
    expect(untouched).toMatchObject([{ change: 'f-1', version: 2, data }]);
    expect(await store.untouchedSince(second, 'm-2', { after: '', limit: 5 })).toEqual([]);
  });

  it('lets one migration at a time start from a version, and moves it on only from where it may', async () => {
    const store = open();
    expect(await store.saveMigration(migration('m-1', 'Move'))).toBe(true);
    expect(await store.saveMigration(migration('m-2', 'Move'))).toBe(false);
    expect(await store.migration(TENANT, 'm-1')).toEqual(migration('m-1', 'Move'));
    const ref = { tenant: TENANT, id: 'm-1' };
    await store.advanceMigration(ref, { status: 'running', position: 'c-5', moved: 3, reverted: 0, at: 6 });
    await store.advanceMigration(ref, { status: 'running', position: 'c-2', moved: 1, reverted: 0, at: 7 });
    expect(await store.migration(TENANT, 'm-1')).toMatchObject({ position: 'c-5', moved: 4, updatedAt: 7 });
    expect(await store.moveMigration(ref, ['paused'], 'running', 8)).toBe(false);
    expect(await store.moveMigration(ref, ['running'], 'reverting', 8)).toBe(true);
    await store.advanceMigration(ref, { status: 'running', position: 'c-9', moved: 1, reverted: 0, at: 9 });
    expect(await store.migration(TENANT, 'm-1')).toMatchObject({
      position: '',
      moved: 5,
      status: 'reverting',
    });
    expect((await store.migrations()).map(({ id }) => id)).toContain('m-1');
    expect(await store.moveMigration(ref, ['reverting'], 'reverted', 9)).toBe(true);
    expect((await store.migrations()).map(({ id }) => id)).not.toContain('m-1');
    expect(await store.saveMigration(migration('m-2', 'Move'))).toBe(true);
    expect((await store.migrations(TENANT)).map(({ id }) => id)).toEqual(['m-2', 'm-1']);
  });
}
