/** The second half of a commit, once positions are known: the log, the idempotency keys, where the streams now stand. */
import type pg from 'pg';
import type { EncodedChange } from './encode.ts';
import { run } from './statements.ts';

/** A change with the stream position of its first entry. */
export interface Placed extends EncodedChange {
  readonly seq: number;
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

const CLAIM_KEYS = `
  insert into countersign.idempotency_keys (tenant_id, principal, key, digest, seq)
  select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int8[])
  on conflict do nothing`;

/** False where a key was claimed before. */
export async function claimKeys(client: pg.ClientBase, placed: readonly Placed[]): Promise<boolean> {
  const claims = placed.flatMap((c) => c.commit.keys.map((claim) => ({ c, claim })));
  if (claims.length === 0) return true;
  const { rowCount } = await run(client, 'claim_keys', CLAIM_KEYS, [
    ['text', claims.map(({ c }) => c.commit.tenant)],
    ['text', claims.map(({ claim }) => claim.principal)],
    ['text', claims.map(({ claim }) => claim.key)],
    ['text', claims.map(({ claim }) => claim.digest)],
    ['int8', claims.map(({ c, claim }) => c.seq + claim.entry)],
  ]);
  return rowCount === claims.length;
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
