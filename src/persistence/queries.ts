/** Reading changes and their log. Every query names its tenant; statements are planned for the values they get. */
import type pg from 'pg';
import { read } from './pools.ts';
import type {
  ChangeFilter,
  ChangeRecord,
  ChangeRef,
  KeyAnswer,
  KeyRef,
  LogRow,
  StoredChange,
} from './records.ts';
import {
  CHANGE_COLUMNS,
  type ChangeColumns,
  LOG_COLUMNS,
  type LogColumns,
  ONE_BY_ONE,
  toChangeRecord,
  toLogRow,
  toStoredChange,
} from './rows.ts';
import { isStorableJson, isStorableText } from './text.ts';

/** Everything an actor needs, for many changes at once; unknown ones are absent. */
export async function loadChanges(pool: pg.Pool, refs: readonly ChangeRef[]): Promise<StoredChange[]> {
  const storable = refs.filter(({ tenant, change }) => isStorableText(tenant + change));
  if (storable.length === 0) return [];
  const rows = await read<ChangeColumns & { snapshot: StoredChange['snapshot'] }>(
    pool,
    'loading changes',
    `select ${CHANGE_COLUMNS}, s.snapshot
     from unnest($1::text[], $2::text[]) as r (tenant_id, change_id)
     cross join lateral (select * from countersign.changes c
       where c.tenant_id = r.tenant_id and c.change_id = r.change_id ${ONE_BY_ONE}) c
     cross join lateral (select * from countersign.workflow_states s
       where s.tenant_id = r.tenant_id and s.change_id = r.change_id ${ONE_BY_ONE}) s`,
    [storable.map(({ tenant }) => tenant), storable.map(({ change }) => change)],
  );
  return rows.map(toStoredChange);
}

/** The rows of the log that answered these idempotency keys the first time. */
export async function findAnswers(pool: pg.Pool, keys: readonly KeyRef[]): Promise<KeyAnswer[]> {
  const storable = keys.filter(({ tenant, principal, key }) => isStorableText(tenant + principal + key));
  if (storable.length === 0) return [];
  const rows = await read<LogColumns & { claimed_by: string; key: string; digest: string }>(
    pool,
    'looking up idempotency keys',
    `select k.principal as claimed_by, k.key, k.digest, ${LOG_COLUMNS}
     from unnest($1::text[], $2::text[], $3::text[]) as r (tenant_id, principal, key)
     cross join lateral (select * from countersign.idempotency_keys k
       where k.tenant_id = r.tenant_id and k.principal = r.principal and k.key = r.key ${ONE_BY_ONE}) k
     cross join lateral (select * from countersign.workflow_transitions t
       where t.tenant_id = k.tenant_id and t.seq = k.seq ${ONE_BY_ONE}) t`,
    [
      storable.map(({ tenant }) => tenant),
      storable.map(({ principal }) => principal),
      storable.map(({ key }) => key),
    ],
  );
  return rows.map((row) => ({
    tenant: row.tenant_id,
    principal: row.claimed_by,
    key: row.key,
    digest: row.digest,
    row: toLogRow(row),
  }));
}

export interface LogQuery {
  readonly after: number;
  readonly limit: number;
  readonly change?: string;
  readonly project?: string;
  /** Rows of these are left out. */
  readonly exceptProjects?: readonly string[];
}

/** The log of one change, from the two partial indexes that hold it between them. */
const LOG_OF_CHANGE = `(
    (select * from countersign.workflow_transitions
     where tenant_id = $1 and change_id = $4 and seq > $2 and kind in ('proposed', 'transition')
     order by version limit $3)
    union all
    (select * from countersign.workflow_transitions
     where tenant_id = $1 and change_id = $4 and seq > $2 and kind in ('late', 'refusal')
     order by seq limit $3))`;

export async function readLog(pool: pg.Pool, tenant: string, wanted: LogQuery): Promise<LogRow[]> {
  const source = wanted.change === undefined ? 'countersign.workflow_transitions' : LOG_OF_CHANGE;
  const rows = await read<LogColumns>(
    pool,
    'reading the log',
    `select ${LOG_COLUMNS} from ${source} t
     where t.tenant_id = $1 and t.seq > $2 and ($4::text is null or t.change_id = $4)
       and ($5::text is null or exists (select from countersign.changes c
         where c.tenant_id = t.tenant_id and c.change_id = t.change_id and c.project = $5))
       and ($6::text[] is null or not exists (select from countersign.changes c
         where c.tenant_id = t.tenant_id and c.change_id = t.change_id and c.project = any ($6)))
     order by t.seq limit $3`,
    [
      tenant,
      wanted.after,
      wanted.limit,
      wanted.change ?? null,
      wanted.project ?? null,
      wanted.exceptProjects?.length ? wanted.exceptProjects : null,
    ],
  );
  return rows.map(toLogRow);
}

const FROM_CHANGES = `countersign.changes c
  join countersign.workflow_states s on s.tenant_id = c.tenant_id and s.change_id = c.change_id`;

export async function findChange(
  pool: pg.Pool,
  { tenant, change }: ChangeRef,
): Promise<ChangeRecord | undefined> {
  const [row] = await read<ChangeColumns>(
    pool,
    'reading a change',
    `select ${CHANGE_COLUMNS} from ${FROM_CHANGES} where c.tenant_id = $1 and c.change_id = $2`,
    [tenant, change],
  );
  return row && toChangeRecord(row);
}

/** Parts that are null filter nothing: the planner, which sees the values, drops them. */
const MATCHES_FACTS = `($2::text is null or c.project = $2) and ($3::text is null or c.key = $3)
  and ($4::text is null or c.author = $4) and ($5::text is null or c.definition = $5)`;
const MATCHES_STATE = `s.tenant_id = $1 and ($6::jsonb is null or s.state @> $6::jsonb)
  and case when $7::text is null then true when $7 = 'open' then s.outcome is null else s.outcome = $7 end`;

/** Null where no state could contain what is asked for. */
function matching(tenant: string, filter: ChangeFilter): unknown[] | null {
  const { project, key, author, definition, state, outcome } = filter;
  const json = state === undefined ? null : JSON.stringify(state);
  if (json !== null && !isStorableJson(json)) return null;
  return [tenant, project ?? null, key ?? null, author ?? null, definition ?? null, json, outcome ?? null];
}

export async function findChanges(
  pool: pg.Pool,
  tenant: string,
  filter: ChangeFilter,
  page: { before?: string; limit: number },
): Promise<ChangeRecord[]> {
  const wanted = matching(tenant, filter);
  if (wanted === null) return [];
  const rows = await read<ChangeColumns>(
    pool,
    'listing changes',
    `select ${CHANGE_COLUMNS} from ${FROM_CHANGES}
     where c.tenant_id = $1 and ${MATCHES_FACTS} and ${MATCHES_STATE} and ($8::text is null or c.change_id < $8)
     order by c.change_id desc limit $9`,
    [...wanted, page.before ?? null, page.limit],
  );
  return rows.map(toChangeRecord);
}

export async function countOutcomes(
  pool: pg.Pool,
  tenant: string,
  filter: ChangeFilter,
): Promise<Record<string, number>> {
  const wanted = matching(tenant, filter);
  if (wanted === null) return {};
  const rows = await read<{ outcome: string; changes: number }>(
    pool,
    'counting outcomes',
    // Without a filter on facts this is a scan of one index; the table of changes is not touched.
    `select coalesce(s.outcome, 'open') as outcome, count(*) as changes from countersign.workflow_states s
     where ${MATCHES_STATE}
       and (coalesce($2::text, $3, $4, $5) is null or exists (select from countersign.changes c
         where c.tenant_id = s.tenant_id and c.change_id = s.change_id and ${MATCHES_FACTS}))
     group by 1 order by 1`,
    wanted,
  );
  return Object.fromEntries(rows.map(({ outcome, changes }) => [outcome, changes]));
}
