/**
 * The first half of a commit: lock the tenants' streams, then write what moves. Statements are sent one behind the
 * other without waiting; one that does not write every row it was to write ends the transaction. From the lock on nobody
 * else writes for these tenants, so what a statement finds stays true until the commit.
 */
import type pg from 'pg';
import type { EncodedChange } from './encode.ts';
import { type Column, run, write } from './statements.ts';

const LOCK_STREAMS = `
  select tenant_id, seq from countersign.streams
  where tenant_id = any($1::text[]) order by tenant_id for update`;

/** Locks the streams of these tenants, in one order for everybody; returns where each stands. */
export async function lockStreams(
  client: pg.ClientBase,
  batch: readonly EncodedChange[],
): Promise<Map<string, number>> {
  const tenants = [...new Set(batch.map(({ commit }) => commit.tenant))];
  const { rows } = await run<{ tenant_id: string; seq: number }>(client, 'lock_streams', LOCK_STREAMS, [
    ['text', tenants],
  ]);
  return new Map(rows.map(({ tenant_id, seq }) => [tenant_id, seq]));
}

const INSERT_CHANGES = `
  insert into countersign.changes (tenant_id, change_id, project, key, title, author, author_kind, definition,
    definition_version, attributes, created_at)
  select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::int4[], $10::jsonb[], $11::timestamptz[])
  on conflict do nothing`;

/** Misses where the id or the key of a new change is taken. */
export function insertChanges(client: pg.ClientBase, batch: readonly EncodedChange[]): Promise<void> {
  const news = batch.flatMap((c) => (c.commit.facts ? [{ c, facts: c.commit.facts }] : []));
  return write(client, 'insert_changes', INSERT_CHANGES, [
    ...identity(news.map(({ c }) => c)),
    ['text', news.map(({ facts }) => facts.project)],
    ['text', news.map(({ facts }) => facts.key)],
    ['text', news.map(({ facts }) => facts.title)],
    ['text', news.map(({ facts }) => facts.author)],
    ['text', news.map(({ facts }) => facts.authorKind)],
    ['text', news.map(({ facts }) => facts.definition)],
    ['int4', news.map(({ facts }) => facts.definitionVersion)],
    ['jsonb', news.map(({ c }) => c.attributes)],
    ['timestamptz', news.map(({ facts }) => facts.createdAt)],
  ]);
}

const INSERT_STATES = `
  insert into countersign.workflow_states (tenant_id, change_id, version, state, snapshot, outcome, updated_at)
  select * from unnest($1::text[], $2::text[], $3::int4[], $4::jsonb[], $5::json[], $6::text[], $7::timestamptz[])
  on conflict do nothing`;

/** The first states of new changes. */
export function insertStates(client: pg.ClientBase, batch: readonly EncodedChange[]): Promise<void> {
  const news = withState(batch.filter(({ commit }) => commit.facts));
  return write(client, 'insert_states', INSERT_STATES, [
    ...identity(news.map(({ c }) => c)),
    ...stateColumns(news),
  ]);
}

const UPDATE_STATES = `
  update countersign.workflow_states s
  set version = n.version, state = n.state, snapshot = n.snapshot, outcome = n.outcome, updated_at = n.updated_at
  from unnest($1::text[], $2::text[], $3::int4[], $4::jsonb[], $5::json[], $6::text[], $7::timestamptz[], $8::int4[])
    as n (tenant_id, change_id, version, state, snapshot, outcome, updated_at, base_version)
  where s.tenant_id = n.tenant_id and s.change_id = n.change_id and s.version = n.base_version`;

/** Moves changes on; misses where one is no longer at the version its step started from. */
export function updateStates(client: pg.ClientBase, batch: readonly EncodedChange[]): Promise<void> {
  const states = withState(batch.filter(({ commit }) => !commit.facts));
  return write(client, 'update_states', UPDATE_STATES, [
    ...identity(states.map(({ c }) => c)),
    ...stateColumns(states),
    ['int4', states.map(({ c }) => c.commit.baseVersion)],
  ]);
}

const FOLLOW_VERSIONS = `
  update countersign.workflow_states s set definition_version = n.definition_version
  from unnest($1::text[], $2::text[], $3::int4[]) as n (tenant_id, change_id, definition_version)
  where s.tenant_id = n.tenant_id and s.change_id = n.change_id`;

/** Changes that were brought to another version of their definition; a commit without any sends nothing. */
export function followVersions(client: pg.ClientBase, batch: readonly EncodedChange[]): Promise<void> {
  const brought = batch.flatMap((c) =>
    c.commit.definitionVersion === undefined ? [] : [{ c, version: c.commit.definitionVersion }],
  );
  return write(client, 'follow_versions', FOLLOW_VERSIONS, [
    ...identity(brought.map(({ c }) => c)),
    ['int4', brought.map(({ version }) => version)],
  ]);
}

/** The columns tenant_id and change_id. */
export function identity(changes: readonly EncodedChange[]): Column[] {
  return [
    ['text', changes.map(({ commit }) => commit.tenant)],
    ['text', changes.map(({ commit }) => commit.change)],
  ];
}

function withState(changes: readonly EncodedChange[]) {
  return changes.flatMap((c) => (c.commit.state ? [{ c, state: c.commit.state }] : []));
}

function stateColumns(states: ReturnType<typeof withState>): Column[] {
  return [
    ['int4', states.map(({ state }) => state.version)],
    ['jsonb', states.map(({ c }) => c.state)],
    ['json', states.map(({ c }) => c.snapshot)],
    ['text', states.map(({ state }) => state.outcome)],
    ['timestamptz', states.map(({ state }) => state.updatedAt)],
  ];
}
