/**
 * Reading the past in bounded bites. No query here has an index of its own, so that no commit pays for them: histories go
 * from a bounded number of changes to their rows, activity reads a bounded end of the tenant's stream. Both look at the
 * same number of rows whether the tenant has thousands or hundreds of millions.
 */
import type pg from 'pg';
import { streamPosition } from './catalogue.ts';
import type { Act, Activity, ChangeHistory, HistorySample, Move, RevisionRecord } from './history-records.ts';
import { read } from './pools.ts';
import type { ChangeRef } from './records.ts';
import { ms } from './rows.ts';

/** Changes looked at to find those of one definition among their neighbours. */
const LOOKED_AT = { newest: 5_000, each: 500 } as const;
/** Moves read of one change, the newest. */
const MAX_MOVES = 200;
const MAX_REVISIONS = 1_000;
/** Files read of one revision: where a change touches more, these say well enough where it was. */
const MAX_FILES = 100;

interface MoveColumns {
  change_id: string;
  state: Move['state'];
  outcome: string | null;
  at: number;
}

/** States are compared as text: one process wrote both, keys in the author's order. */
const MOVES = `select t.version, t.to_state, t.outcome, ${ms('t.occurred_at')} as at
  from countersign.workflow_transitions t
  where t.tenant_id = $1 and t.change_id = found.change_id and t.kind in ('proposed', 'transition')
    and t.from_state::text is distinct from t.to_state::text
  order by t.version desc limit ${MAX_MOVES}`;

/** Ordered by the primary key or by `changes_project`, backwards, and stopped after so many. */
const near = (limit: number, bounds = ''): string => `(select c.change_id, c.definition, c.definition_version
  from countersign.changes c
  where c.tenant_id = $1 and ($2::text is null or c.project = $2) and c.project <> all($9::text[]) ${bounds}
  order by c.change_id desc limit ${limit}) n
  where n.definition = $3 and ($4::int4 is null or n.definition_version = $4)`;

export async function readHistories(
  pool: pg.Pool,
  tenant: string,
  { definition, version, project, exceptProjects = [], newest, spans, each }: HistorySample,
): Promise<ChangeHistory[]> {
  const rows = await read<MoveColumns>(
    pool,
    'reading how changes went',
    `with found as materialized (
       (select n.change_id from ${near(LOOKED_AT.newest)} order by n.change_id desc limit $5)
       union
       (select s.change_id from unnest($6::text[], $7::text[]) as span (since, until)
        cross join lateral (select n.change_id
          from ${near(LOOKED_AT.each, 'and c.change_id >= span.since and c.change_id < span.until')}
          order by n.change_id desc limit $8) s))
     select found.change_id, m.to_state as state, m.outcome, m.at
     from found cross join lateral (${MOVES}) m order by found.change_id, m.version`,
    [
      tenant,
      project ?? null,
      definition,
      version ?? null,
      newest,
      spans.map(({ from }) => from),
      spans.map(({ until }) => until),
      each,
      exceptProjects,
    ],
  );
  return byChange(rows);
}

/** How one change went; undefined where the tenant has none of this id. */
export async function readHistory(
  pool: pg.Pool,
  { tenant, change }: ChangeRef,
): Promise<ChangeHistory | undefined> {
  const rows = await read<MoveColumns>(
    pool,
    'reading how a change went',
    `select found.change_id, m.to_state as state, m.outcome, m.at
     from (select $2::text as change_id) found cross join lateral (${MOVES}) m order by m.version`,
    [tenant, change],
  );
  return byChange(rows)[0];
}

function byChange(rows: readonly MoveColumns[]): ChangeHistory[] {
  const histories = new Map<string, Move[]>();
  for (const { change_id, state, outcome, at } of rows) {
    const moves = histories.get(change_id) ?? [];
    moves.push({ state, outcome, at });
    histories.set(change_id, moves);
  }
  return [...histories].map(([change, moves]) => ({ change, moves }));
}

/** What the last `rows` rows of the tenant's stream tell; `recentSince` in ms. */
export async function readActivity(
  pool: pg.Pool,
  tenant: string,
  { rows, recentSince }: { readonly rows: number; readonly recentSince: number },
): Promise<Activity> {
  const position = await streamPosition(pool, tenant);
  if (!position) return { acts: [], revisions: [] };
  const after = Math.max(0, position.seq - rows);
  const [acts, revisions] = await Promise.all([
    readActs(pool, tenant, after, recentSince),
    readRevisions(pool, tenant, after),
  ]);
  return { acts, revisions };
}

const IS_OPEN = `exists (select from countersign.workflow_states s
  where s.tenant_id = $1 and s.change_id = t.change_id and s.outcome is null)`;

/** What is known of a change is looked up once for all that was done to it. */
function readActs(pool: pg.Pool, tenant: string, after: number, recentSince: number): Promise<Act[]> {
  return read<Act & pg.QueryResultRow>(
    pool,
    'reading who did what lately',
    `with acts as materialized (
       select change_id, principal, principal_kind, event, role, max(occurred_at) as last,
         count(*) filter (where occurred_at >= to_timestamp($3::float8 / 1000)) as recent
       from countersign.workflow_transitions
       where tenant_id = $1 and seq > $2 and kind in ('transition', 'late') and principal_kind <> 'system'
       group by change_id, principal, principal_kind, event, role),
     known as materialized (
       select t.change_id, ${IS_OPEN} as is_open, c.author, c.project
       from (select distinct change_id from acts) t
       join countersign.changes c on c.tenant_id = $1 and c.change_id = t.change_id)
     select change_id as change, k.project, k.author, k.is_open as "isOpen", t.principal,
       t.principal_kind as "principalKind", t.event, t.role, t.recent, ${ms('t.last')} as at
     from acts t join known k using (change_id)
     where k.author is not null
     order by t.last desc, change_id, t.principal, t.event`,
    [tenant, after, recentSince],
  );
}

interface RevisionColumns {
  change: string;
  project: string;
  isOpen: boolean;
  uploader: string;
  author: string | null;
  coAuthors: readonly string[] | null;
  files: readonly string[] | null;
  owners: readonly string[] | null;
  at: number;
}

async function readRevisions(pool: pg.Pool, tenant: string, after: number): Promise<RevisionRecord[]> {
  const rows = await read<RevisionColumns>(
    pool,
    'reading which files were touched lately',
    `select t.change_id as change, c.project, ${IS_OPEN} as "isOpen", t.principal as uploader, t.data->>'author' as author,
       t.data->'coAuthors' as "coAuthors", ${ms('t.occurred_at')} as at,
       jsonb_path_query_array(t.data, '$.files[0 to ${MAX_FILES - 1}]') as files,
       jsonb_path_query_array(t.data,
         '$.owners[*] ? (!exists(@.required) || @.required > 0).members[*]') as owners
     from countersign.workflow_transitions t
     join countersign.changes c on c.tenant_id = t.tenant_id and c.change_id = t.change_id
     where t.tenant_id = $1 and t.seq > $2 and t.kind = 'transition' and t.event = 'change.revise'
     order by t.seq desc limit ${MAX_REVISIONS}`,
    [tenant, after],
  );
  return rows.map(({ change, project, isOpen, uploader, author, coAuthors, files, owners, at }) => ({
    change,
    project,
    isOpen,
    people: [...new Set([uploader, ...(author === null ? [] : [author]), ...(coAuthors ?? [])])],
    files: files ?? [],
    owners: [...new Set(owners)],
    at,
  }));
}
