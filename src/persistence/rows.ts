/** Rows of the database as the records of `records.ts`. Times leave the database as milliseconds, see `ms`. */
import type { ChangeRecord, Json, LogRow, StoredChange, StoredDefinition, TimerRecord } from './records.ts';

/** SQL for a timestamp column in milliseconds since the Unix epoch. */
export function ms(column: string): string {
  return `(extract(epoch from ${column}) * 1000)::int8`;
}

/**
 * Keeps a lookup a lookup: the planner may not merge the subquery into the join. While a table is young, its statistics
 * say it is empty, and a join planned on them reads a tenant's whole table for every key.
 */
export const ONE_BY_ONE = 'offset 0';

export const LOG_COLUMNS = `t.tenant_id, t.seq, t.change_id, t.kind, t.version, t.event, t.from_state, t.to_state,
  t.outcome, t.principal, t.principal_kind, t.via, t.role, t.reason, t.data, t.refusal,
  ${ms('t.occurred_at')} as occurred_ms, ${ms('t.recorded_at')} as recorded_ms`;

export interface LogColumns {
  tenant_id: string;
  seq: number;
  change_id: string;
  kind: LogRow['kind'];
  version: number;
  event: string;
  from_state: LogRow['from'];
  to_state: LogRow['to'];
  outcome: string | null;
  principal: string;
  principal_kind: string;
  via: string | null;
  role: string | null;
  reason: string | null;
  data: LogRow['data'];
  refusal: LogRow['refusal'];
  occurred_ms: number;
  recorded_ms: number;
}

export function toLogRow(row: LogColumns): LogRow {
  return {
    tenant: row.tenant_id,
    seq: row.seq,
    change: row.change_id,
    kind: row.kind,
    version: row.version,
    event: row.event,
    from: row.from_state,
    to: row.to_state,
    outcome: row.outcome,
    principal: row.principal,
    principalKind: row.principal_kind,
    via: row.via,
    role: row.role,
    reason: row.reason,
    data: row.data,
    refusal: row.refusal,
    occurredAt: row.occurred_ms,
    recordedAt: row.recorded_ms,
  };
}

/** A change `c` with its state `s`; the snapshot is left out where nobody asked for it, being the largest part. */
export const CHANGE_COLUMNS = `c.tenant_id, c.change_id, c.project, c.key, c.title, c.author, c.author_kind,
  c.definition, coalesce(s.definition_version, c.definition_version) as definition_version, c.attributes, ${ms('c.created_at')} as created_ms,
  s.version, s.state, s.outcome, ${ms('s.updated_at')} as updated_ms,
  (select json_agg(json_build_object('name', t.name, 'setVersion', t.set_version, 'event', t.event,
     'dueAt', ${ms('t.due_at')}) order by t.due_at, t.name)
   from countersign.timers t
   where t.tenant_id = c.tenant_id and t.change_id = c.change_id and t.status = 'pending') as timers`;

export interface ChangeColumns {
  tenant_id: string;
  change_id: string;
  project: string;
  key: string | null;
  title: string;
  author: string;
  author_kind: string;
  definition: string;
  definition_version: number;
  attributes: ChangeRecord['attributes'];
  created_ms: number;
  version: number;
  state: ChangeRecord['state'];
  outcome: string | null;
  updated_ms: number;
  timers: readonly TimerRecord[] | null;
}

export function toChangeRecord(row: ChangeColumns): ChangeRecord {
  return {
    tenant: row.tenant_id,
    change: row.change_id,
    project: row.project,
    key: row.key,
    title: row.title,
    author: row.author,
    authorKind: row.author_kind,
    definition: row.definition,
    definitionVersion: row.definition_version,
    attributes: row.attributes,
    createdAt: row.created_ms,
    version: row.version,
    state: row.state,
    outcome: row.outcome,
    updatedAt: row.updated_ms,
    timers: row.timers ?? [],
  };
}

export function toStoredChange(row: ChangeColumns & { snapshot: StoredChange['snapshot'] }): StoredChange {
  return { ...toChangeRecord(row), snapshot: row.snapshot };
}

export const DEFINITION_COLUMNS = `tenant_id, name, version, digest, definition, deployed_by, reason, findings, forced, draft,
  ${ms('deployed_at')} as deployed_ms`;

export interface DefinitionColumns {
  tenant_id: string;
  name: string;
  version: number;
  digest: string;
  definition: StoredDefinition['definition'];
  deployed_by: string;
  reason: string | null;
  findings: Json | null;
  forced: boolean;
  draft: boolean;
  deployed_ms: number;
}

export function toDefinition(row: DefinitionColumns): StoredDefinition {
  return {
    tenant: row.tenant_id,
    name: row.name,
    version: row.version,
    digest: row.digest,
    definition: row.definition,
    deployedBy: row.deployed_by,
    reason: row.reason,
    deployedAt: row.deployed_ms,
    ...(row.findings !== null && { findings: row.findings }),
    ...(row.forced && { forced: true }),
    ...(row.draft && { draft: true }),
  };
}
