/**
 * The statements of a commit, one function each, in the order they run. The tenants' stream rows are locked first: from
 * then on nobody else writes for these tenants, so what a step sees stays true until the commit.
 */
import type pg from 'pg';
import { type ColumnType, column } from './binary-arrays.ts';
import type { EncodedChange } from './encode.ts';
import type { CommitResult } from './records.ts';

/** Why changes cannot be part of the batch, by their place. */
export type Losers = Map<number, Exclude<CommitResult, { ok: true }>>;

type Values = readonly (string | number | null)[];

/** Runs a prepared statement over the columns of a batch. */
function run(client: pg.ClientBase, name: string, text: string, columns: readonly [ColumnType, Values][]) {
  return client.query({ name, text, values: columns.map(([type, values]) => column(type, values)) });
}

const LOCK_STREAMS = `
  select tenant_id, seq from countersign.streams
  where tenant_id = any($1::text[]) order by tenant_id for update`;

/** Locks the streams of these tenants, in one order for everybody; returns where each stands. */
export async function lockStreams(
  client: pg.ClientBase,
  tenants: Iterable<string>,
): Promise<Map<string, number>> {
  const { rows } = await run(client, 'lock_streams', LOCK_STREAMS, [['text', [...tenants]]]);
  return new Map(rows.map(({ tenant_id, seq }) => [tenant_id, seq]));
}

const INSERT_CHANGES = `
  insert into countersign.changes (tenant_id, change_id, project, key, title, author, author_kind, definition,
    definition_version, attributes, created_at)
  select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::int4[], $10::jsonb[], $11::timestamptz[])
  on conflict do nothing
  returning tenant_id, change_id`;

const INSERT_STATES = `
  insert into countersign.workflow_states (tenant_id, change_id, version, state, snapshot, outcome, updated_at)
  select * from unnest($1::text[], $2::text[], $3::int4[], $4::jsonb[], $5::jsonb[], $6::text[], $7::timestamptz[])`;

const WHICH_EXIST = `
  select n.tenant_id, n.change_id
  from unnest($1::text[], $2::text[]) as n (tenant_id, change_id)
  join countersign.changes c on c.tenant_id = n.tenant_id and c.change_id = n.change_id`;

/** Inserts new changes with their first state. One loses where its id ('version') or its key ('exists') is taken. */
export async function createChanges(client: pg.ClientBase, batch: readonly EncodedChange[], losers: Losers) {
  const news = batch.flatMap((c) => (c.commit.facts ? [{ c, facts: c.commit.facts }] : []));
  if (news.length === 0) return;
  const { rows: created } = await run(client, 'insert_changes', INSERT_CHANGES, [
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
  if (created.length < news.length) {
    const winners = new Set(created.map(idOfRow));
    const lost = news.map(({ c }) => c).filter((c) => !winners.has(idOf(c)));
    const { rows } = await run(client, 'which_exist', WHICH_EXIST, identity(lost));
    const existing = new Set(rows.map(idOfRow));
    for (const c of lost) losers.set(c.place, conflict(existing.has(idOf(c)) ? 'version' : 'exists'));
    return;
  }
  const states = moved(news.map(({ c }) => c));
  await run(client, 'insert_states', INSERT_STATES, [
    ...identity(states.map(({ c }) => c)),
    ...stateColumns(states),
  ]);
}

const UPDATE_STATES = `
  update countersign.workflow_states s
  set version = n.version, state = n.state, snapshot = n.snapshot, outcome = n.outcome, updated_at = n.updated_at
  from unnest($1::text[], $2::text[], $3::int4[], $4::int4[], $5::jsonb[], $6::jsonb[], $7::text[], $8::timestamptz[])
    as n (tenant_id, change_id, base_version, version, state, snapshot, outcome, updated_at)
  where s.tenant_id = n.tenant_id and s.change_id = n.change_id and s.version = n.base_version
  returning s.tenant_id, s.change_id`;

/** Moves changes on from the version their step started from; one that has moved since loses. */
export async function updateStates(client: pg.ClientBase, batch: readonly EncodedChange[], losers: Losers) {
  const states = moved(batch.filter(({ commit }) => !commit.facts));
  if (states.length === 0) return;
  const changes = states.map(({ c }) => c);
  const { rows } = await run(client, 'update_states', UPDATE_STATES, [
    ...identity(changes),
    ['int4', changes.map(({ commit }) => commit.baseVersion)],
    ...stateColumns(states),
  ]);
  if (rows.length === states.length) return;
  const winners = new Set(rows.map(idOfRow));
  for (const c of changes) if (!winners.has(idOf(c))) losers.set(c.place, conflict('version'));
}

const MOVED_ON = `
  select n.tenant_id, n.change_id
  from unnest($1::text[], $2::text[], $3::int4[]) as n (tenant_id, change_id, base_version)
  left join countersign.workflow_states s on s.tenant_id = n.tenant_id and s.change_id = n.change_id
  where coalesce(s.version, 0) <> n.base_version`;

/** A refusal counts only for the version it was judged on; for a change that does not exist that is 0. */
export async function checkRefusals(client: pg.ClientBase, batch: readonly EncodedChange[], losers: Losers) {
  const judged = batch.filter(({ commit }) => commit.state === null);
  if (judged.length === 0) return;
  const bases = judged.map(({ commit }) => commit.baseVersion);
  const { rows } = await run(client, 'moved_on', MOVED_ON, [...identity(judged), ['int4', bases]]);
  const moved = new Set(rows.map(idOfRow));
  for (const c of judged) if (moved.has(idOf(c))) losers.set(c.place, conflict('version'));
}

/** The columns tenant_id and change_id. */
export function identity(changes: readonly EncodedChange[]): [ColumnType, Values][] {
  return [
    ['text', changes.map(({ commit }) => commit.tenant)],
    ['text', changes.map(({ commit }) => commit.change)],
  ];
}

function moved(changes: readonly EncodedChange[]) {
  return changes.flatMap((c) => (c.commit.state ? [{ c, state: c.commit.state }] : []));
}

function stateColumns(states: ReturnType<typeof moved>): [ColumnType, Values][] {
  return [
    ['int4', states.map(({ state }) => state.version)],
    ['jsonb', states.map(({ c }) => c.state)],
    ['jsonb', states.map(({ c }) => c.snapshot)],
    ['text', states.map(({ state }) => state.outcome)],
    ['timestamptz', states.map(({ state }) => state.updatedAt)],
  ];
}

export function conflict(kind: 'version' | 'key' | 'exists') {
  return { ok: false, conflict: kind } as const;
}

function idOf({ commit }: EncodedChange): string {
  return `${commit.tenant}\0${commit.change}`;
}

function idOfRow(row: { tenant_id: string; change_id: string }): string {
  return `${row.tenant_id}\0${row.change_id}`;
}
