/**
 * The second half of a commit: the log, the idempotency keys, where the streams now stand. Positions are counted from
 * the tenant's stream, which is locked: nobody has to wait for the lock to learn them before sending these statements.
 */
import type pg from 'pg';
import type { EncodedChange } from './encode.ts';
import { write } from './statements.ts';

/** A change with how far behind its stream's end (before this commit) its first entry comes: 1 is next. */
export interface Placed {
  readonly change: EncodedChange;
  readonly offset: number;
}

/** Places the entries of a batch behind each other, per tenant; returns also by how much each stream grows. */
export function placeAll(batch: readonly EncodedChange[]): { placed: Placed[]; growth: Map<string, number> } {
  const growth = new Map<string, number>();
  const placed = batch.map((change): Placed => {
    const { tenant, entries } = change.commit;
    const before = growth.get(tenant) ?? 0;
    growth.set(tenant, before + entries.length);
    return { change, offset: before + 1 };
  });
  return { placed, growth };
}

const APPEND_LOG = `
  insert into countersign.workflow_transitions (tenant_id, seq, change_id, kind, version, event, from_state, to_state,
    outcome, principal, principal_kind, via, role, reason, data, refusal, occurred_at, recorded_at)
  select n.tenant_id, s.seq + n.place, change_id, kind, version, event, from_state, to_state, outcome, principal,
    principal_kind, via, role, reason, data, refusal, occurred_at, recorded_at
  from unnest($1::text[], $2::int4[], $3::text[], $4::text[], $5::int4[], $6::text[], $7::json[], $8::json[],
      $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::jsonb[], $16::jsonb[],
      $17::timestamptz[], $18::timestamptz[])
    as n (tenant_id, place, change_id, kind, version, event, from_state, to_state, outcome, principal, principal_kind,
      via, role, reason, data, refusal, occurred_at, recorded_at)
  join countersign.streams s on s.tenant_id = n.tenant_id`;

export function appendLog(client: pg.ClientBase, placed: readonly Placed[]): Promise<void> {
  const rows = placed.flatMap(({ change, offset }) =>
    change.entries.map((encoded, index) => ({ commit: change.commit, encoded, place: offset + index })),
  );
  return write(client, 'append_log', APPEND_LOG, [
    ['text', rows.map(({ commit }) => commit.tenant)],
    ['int4', rows.map(({ place }) => place)],
    ['text', rows.map(({ commit }) => commit.change)],
    ['text', rows.map(({ encoded }) => encoded.entry.kind)],
    ['int4', rows.map(({ encoded }) => encoded.entry.version)],
    ['text', rows.map(({ encoded }) => encoded.entry.event)],
    ['json', rows.map(({ encoded }) => encoded.from)],
    ['json', rows.map(({ encoded }) => encoded.to)],
    ['text', rows.map(({ encoded }) => encoded.entry.outcome)],
    ['text', rows.map(({ encoded }) => encoded.entry.principal)],
    ['text', rows.map(({ encoded }) => encoded.entry.principalKind)],
    ['text', rows.map(({ encoded }) => encoded.entry.via)],
    ['text', rows.map(({ encoded }) => encoded.entry.role)],
    ['text', rows.map(({ encoded }) => encoded.entry.reason)],
    ['jsonb', rows.map(({ encoded }) => encoded.data)],
    ['jsonb', rows.map(({ encoded }) => encoded.refusal)],
    ['timestamptz', rows.map(({ encoded }) => encoded.entry.occurredAt)],
    ['timestamptz', rows.map(({ encoded }) => encoded.entry.recordedAt)],
  ]);
}

const CLAIM_KEYS = `
  insert into countersign.idempotency_keys (tenant_id, principal, key, digest, seq)
  select n.tenant_id, n.principal, n.key, n.digest, s.seq + n.place
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int4[]) as n (tenant_id, principal, key, digest, place)
  join countersign.streams s on s.tenant_id = n.tenant_id
  on conflict do nothing`;

/** Misses where a key was claimed before. */
export function claimKeys(client: pg.ClientBase, placed: readonly Placed[]): Promise<void> {
  const claims = placed.flatMap(({ change, offset }) =>
    change.commit.keys.map((claim) => ({ tenant: change.commit.tenant, claim, place: offset + claim.entry })),
  );
  return write(client, 'claim_keys', CLAIM_KEYS, [
    ['text', claims.map(({ tenant }) => tenant)],
    ['text', claims.map(({ claim }) => claim.principal)],
    ['text', claims.map(({ claim }) => claim.key)],
    ['text', claims.map(({ claim }) => claim.digest)],
    ['int4', claims.map(({ place }) => place)],
  ]);
}

const ADVANCE_STREAMS = `
  update countersign.streams s set seq = s.seq + n.growth
  from unnest($1::text[], $2::int4[]) as n (tenant_id, growth) where s.tenant_id = n.tenant_id`;

/** Moves each tenant's stream on; the last to read where it stood has to come before. */
export function advanceStreams(client: pg.ClientBase, growth: ReadonlyMap<string, number>): Promise<void> {
  return write(client, 'advance_streams', ADVANCE_STREAMS, [
    ['text', [...growth.keys()]],
    ['int4', [...growth.values()]],
  ]);
}
