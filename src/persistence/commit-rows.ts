/** The rows a commit adds once its changes stand: log, idempotency keys, timers, the streams' new positions. */
import type pg from 'pg';
import { type ColumnType, column } from './binary-arrays.ts';
import { conflict, type Losers } from './commit-steps.ts';
import type { EncodedChange } from './encode.ts';

/** A change with the stream position of its first entry. */
export interface Placed extends EncodedChange {
  readonly seq: number;
}

type Columns = readonly [ColumnType, readonly (string | number | null)[]][];

function run(client: pg.ClientBase, name: string, text: string, columns: Columns) {
  return client.query({ name, text, values: columns.map(([type, values]) => column(type, values)) });
}

const APPEND_LOG = `
  insert into countersign.workflow_transitions (tenant_id, seq, change_id, kind, version, event, from_state, to_state,
    outcome, principal, principal_kind, via, role, reason, data, refusal, occurred_at, recorded_at)
  select * from unnest($1::text[], $2::int8[], $3::text[], $4::text[], $5::int4[], $6::text[], $7::jsonb[],
    $8::jsonb[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::jsonb[],
    $16::jsonb[], $17::timestamptz[], $18::timestamptz[])`;

export async function appendLog(client: pg.ClientBase, placed: readonly Placed[]): Promise<void> {
  const rows = placed.flatMap((c) =>
    c.entries.map((encoded, index) => ({ c, ...encoded, seq: c.seq + index })),
  );
  await run(client, 'append_log', APPEND_LOG, [
    ['text', rows.map(({ c }) => c.commit.tenant)],
    ['int8', rows.map(({ seq }) => seq)],
    ['text', rows.map(({ c }) => c.commit.change)],
    ['text', rows.map(({ entry }) => entry.kind)],
    ['int4', rows.map(({ entry }) => entry.version)],
    ['text', rows.map(({ entry }) => entry.event)],
    ['jsonb', rows.map(({ from }) => from)],
    ['jsonb', rows.map(({ to }) => to)],
    ['text', rows.map(({ entry }) => entry.outcome)],
    ['text', rows.map(({ entry }) => entry.principal)],
    ['text', rows.map(({ entry }) => entry.principalKind)],
    ['text', rows.map(({ entry }) => entry.via)],
    ['text', rows.map(({ entry }) => entry.role)],
    ['text', rows.map(({ entry }) => entry.reason)],
    ['jsonb', rows.map(({ data }) => data)],
    ['jsonb', rows.map(({ refusal }) => refusal)],
    ['timestamptz', rows.map(({ entry }) => entry.occurredAt)],
    ['timestamptz', rows.map(({ entry }) => entry.recordedAt)],
  ]);
}

const ADVANCE_STREAMS = `
  update countersign.streams s set seq = n.seq
  from unnest($1::text[], $2::int8[]) as n (tenant_id, seq) where s.tenant_id = n.tenant_id`;

/** Sets where each tenant's stream now stands. */
export async function advanceStreams(
  client: pg.ClientBase,
  ends: ReadonlyMap<string, number>,
): Promise<void> {
  await run(client, 'advance_streams', ADVANCE_STREAMS, [
    ['text', [...ends.keys()]],
    ['int8', [...ends.values()]],
  ]);
}

const CLAIM_KEYS = `
  insert into countersign.idempotency_keys (tenant_id, principal, key, digest, seq)
  select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int8[])
  on conflict do nothing
  returning tenant_id, principal, key`;

/** Claims the idempotency keys; a change loses where one of its keys was claimed before. */
export async function claimKeys(
  client: pg.ClientBase,
  placed: readonly Placed[],
  losers: Losers,
): Promise<void> {
  const claims = placed.flatMap((c) => c.commit.keys.map((claim) => ({ c, claim })));
  if (claims.length === 0) return;
  const { rows } = await run(client, 'claim_keys', CLAIM_KEYS, [
    ['text', claims.map(({ c }) => c.commit.tenant)],
    ['text', claims.map(({ claim }) => claim.principal)],
    ['text', claims.map(({ claim }) => claim.key)],
    ['text', claims.map(({ claim }) => claim.digest)],
    ['int8', claims.map(({ c, claim }) => c.seq + claim.entry)],
  ]);
  if (rows.length === claims.length) return;
  const won = new Set(
    rows.map(({ tenant_id, principal, key }) => JSON.stringify([tenant_id, principal, key])),
  );
  for (const { c, claim } of claims) {
    const id = JSON.stringify([c.commit.tenant, claim.principal, claim.key]);
    if (!won.has(id)) losers.set(c.place, conflict('key'));
  }
}

const SET_TIMERS = `
  insert into countersign.timers (tenant_id, change_id, name, set_version, event, due_at)
  select * from unnest($1::text[], $2::text[], $3::text[], $4::int4[], $5::text[], $6::timestamptz[])`;

export async function setTimers(client: pg.ClientBase, placed: readonly EncodedChange[]): Promise<void> {
  const timers = placed.flatMap((c) => c.commit.timersSet.map((timer) => ({ c, timer })));
  if (timers.length === 0) return;
  await run(client, 'set_timers', SET_TIMERS, [
    ['text', timers.map(({ c }) => c.commit.tenant)],
    ['text', timers.map(({ c }) => c.commit.change)],
    ['text', timers.map(({ timer }) => timer.name)],
    ['int4', timers.map(({ timer }) => timer.setVersion)],
    ['text', timers.map(({ timer }) => timer.event)],
    ['timestamptz', timers.map(({ timer }) => timer.dueAt)],
  ]);
}

const SETTLE_TIMERS = `
  update countersign.timers t set status = n.status
  from unnest($1::text[], $2::text[], $3::text[], $4::int4[], $5::text[])
    as n (tenant_id, change_id, name, set_version, status)
  where t.tenant_id = n.tenant_id and t.change_id = n.change_id and t.name = n.name
    and t.set_version = n.set_version and t.status = 'pending'
  returning t.tenant_id, t.change_id, t.name, t.set_version`;

/**
 * Marks timers fired or cancelled. A timer fires once: a change that fires one no longer pending loses ('version': it
 * was computed from something that is not so). Cancelling one that is gone is no conflict.
 */
export async function settleTimers(client: pg.ClientBase, batch: readonly EncodedChange[], losers: Losers) {
  const timers = batch.flatMap((c) => c.commit.timersSettled.map((timer) => ({ c, timer })));
  if (timers.length === 0) return;
  const { rows } = await run(client, 'settle_timers', SETTLE_TIMERS, [
    ['text', timers.map(({ c }) => c.commit.tenant)],
    ['text', timers.map(({ c }) => c.commit.change)],
    ['text', timers.map(({ timer }) => timer.name)],
    ['int4', timers.map(({ timer }) => timer.setVersion)],
    ['text', timers.map(({ timer }) => timer.as)],
  ]);
  if (rows.length === timers.length) return;
  const settled = new Set(
    rows.map((row) => JSON.stringify([row.tenant_id, row.change_id, row.name, row.set_version])),
  );
  for (const { c, timer } of timers) {
    const id = JSON.stringify([c.commit.tenant, c.commit.change, timer.name, timer.setVersion]);
    if (timer.as === 'fired' && !settled.has(id)) losers.set(c.place, conflict('version'));
  }
}
