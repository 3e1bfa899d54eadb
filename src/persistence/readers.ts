/** Readers in PostgreSQL. What a reader owes is not kept but counted, from the log, when somebody asks. */
import type pg from 'pg';
import { CountersignError } from '../errors.ts';
import { query, read } from './pools.ts';
import {
  MAX_READERS,
  type Marked,
  type ReaderRecord,
  type ReaderRef,
  type ReaderStore,
} from './reader-records.ts';
import { ms } from './rows.ts';

export function readersIn(writers: pg.Pool, readers: pg.Pool): ReaderStore {
  return {
    open: (reader, position) => openReader(writers, reader, position),
    acknowledge: (reader, seq) => acknowledge(writers, reader, seq),
    forget: (reader) => forget(writers, reader),
    markOverdue: (before) => markOverdue(writers, before),
    countOverdue: () => countOverdue(readers),
    overdue: (tenant, before, limit) => overdue(readers, tenant, before, limit),
  };
}

async function openReader(pool: pg.Pool, reader: ReaderRef, position: number): Promise<number> {
  const rows = await query<{ acknowledged: string }>(
    pool,
    'opening a reader',
    `insert into countersign.readers as r (tenant_id, principal, name, stream, acknowledged)
     select $1, $2, $3, $4, $5
     where (select count(*) from countersign.readers where tenant_id = $1 and principal = $2
            and (name, stream) <> ($3, $4) and not is_forgotten) < ${MAX_READERS}
     on conflict (tenant_id, principal, name, stream) do update set is_forgotten = false,
       acknowledged = case when r.is_forgotten then excluded.acknowledged else r.acknowledged end
     returning acknowledged`,
    [...keyOf(reader), position],
  );
  const [row] = rows;
  if (row) return Number(row.acknowledged);
  const message = `"${reader.principal}" has ${MAX_READERS} readers; one more cannot be remembered.`;
  const hint = 'Unsubscribe with "forget" from those that are not needed any more.';
  throw new CountersignError('INVALID_INPUT', message, { hint });
}

/** A reader that was forgotten meanwhile is not brought back. */
async function acknowledge(pool: pg.Pool, reader: ReaderRef, seq: number): Promise<number> {
  const [row] = await query<{ acknowledged: string }>(
    pool,
    'acknowledging',
    `update countersign.readers set acknowledged = greatest(acknowledged, $5), acknowledged_at = now()
     where (tenant_id, principal, name, stream) = ($1, $2, $3, $4) and not is_forgotten returning acknowledged`,
    [...keyOf(reader), seq],
  );
  if (row) return Number(row.acknowledged);
  throw new CountersignError('NOT_FOUND', `The reader "${reader.name}" was forgotten; subscribe again.`);
}

async function forget(pool: pg.Pool, reader: ReaderRef): Promise<void> {
  await query(
    pool,
    'forgetting a reader',
    `update countersign.readers set is_forgotten = true
     where (tenant_id, principal, name, stream) = ($1, $2, $3, $4) returning name`,
    keyOf(reader),
  );
}

/** A stream is part of a tenant's log by its name, as the gateway spells it. */
const owed = (limit: number) => `select t.seq, t.recorded_at from countersign.workflow_transitions t
  where t.tenant_id = r.tenant_id and t.seq > r.acknowledged and t.kind = 'transition'
    and (t.outcome is not null or t.principal_kind = 'system')
    and case
      when r.stream = 'tenant' then true
      when r.stream like 'change:%' then t.change_id = substr(r.stream, 8)
      else exists (select from countersign.changes c where c.tenant_id = t.tenant_id
        and c.change_id = t.change_id and c.project = substr(r.stream, 9))
    end
  order by t.seq limit ${limit}`;

interface Columns extends pg.QueryResultRow {
  readonly tenant: string;
  readonly principal: string;
  readonly name: string;
  readonly stream: string;
  readonly acknowledged: string;
  readonly acknowledgedAt: number;
  readonly unacknowledged: string;
  readonly seq: string;
  readonly recordedAt: number;
}

async function overdue(
  pool: pg.Pool,
  tenant: string,
  before: number,
  limit: number,
): Promise<ReaderRecord[]> {
  const rows = await read<Columns>(
    pool,
    'listing readers',
    `select r.tenant_id as tenant, r.principal, r.name, r.stream, r.acknowledged,
       ${ms('r.acknowledged_at')} as "acknowledgedAt", owed.unacknowledged, owed.seq,
       ${ms('owed.recorded_at')} as "recordedAt"
     from countersign.readers r, lateral (
       select count(*) as unacknowledged, min(seq) as seq, min(recorded_at) as recorded_at from (${owed(1000)}) o) owed
     where r.tenant_id = $1 and not r.is_forgotten and owed.recorded_at < to_timestamp($2::float8 / 1000)
     order by owed.seq, r.principal, r.name, r.stream limit $3`,
    [tenant, before, limit],
  );
  return rows.map(({ acknowledged, unacknowledged, seq, recordedAt, ...row }) => ({
    ...row,
    acknowledged: Number(acknowledged),
    unacknowledged: Number(unacknowledged),
    oldest: { seq: Number(seq), recordedAt },
  }));
}

const IS_OVERDUE = `exists (select from (${owed(1)}) o where o.recorded_at < to_timestamp($1::float8 / 1000))`;
const REF = 'r.tenant_id as tenant, r.principal, r.name, r.stream';

async function markOverdue(pool: pg.Pool, before: number): Promise<Marked> {
  const begun = await query<ReaderRef & pg.QueryResultRow>(
    pool,
    'marking overdue readers',
    `update countersign.readers r set overdue_at = now()
     where r.overdue_at is null and not r.is_forgotten and ${IS_OVERDUE} returning ${REF}`,
    [before],
  );
  const over = await query<ReaderRef & pg.QueryResultRow>(
    pool,
    'marking readers that are not overdue any more',
    `update countersign.readers r set overdue_at = null
     where r.overdue_at is not null and (r.is_forgotten or not ${IS_OVERDUE}) returning ${REF}`,
    [before],
  );
  return { begun, over };
}

async function countOverdue(pool: pg.Pool): Promise<number> {
  const [row] = await read<{ count: number }>(
    pool,
    'counting overdue readers',
    'select count(*) as count from countersign.readers where overdue_at is not null',
  );
  return row?.count ?? 0;
}

function keyOf({ tenant, principal, name, stream }: ReaderRef): string[] {
  return [tenant, principal, name, stream];
}
