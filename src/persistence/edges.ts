/** The graph of changes, as far as one question reaches: where dependencies stand, who depends on what, in both directions. */
import type pg from 'pg';
import { query, read } from './pools.ts';
import type {
  CascadePosition,
  Dependant,
  EdgeRow,
  GraphNode,
  Happened,
  OpenDependant,
  Standing,
  Target,
} from './records.ts';
import { ms, ONE_BY_ONE } from './rows.ts';

/**
 * Where the changes behind these targets stand now: a target is a change's id, or its key in the project. Those that are
 * nobody's are absent.
 */
export async function standingsOf(pool: pg.Pool, targets: readonly Target[]): Promise<Standing[]> {
  return query<Standing & pg.QueryResultRow>(
    pool,
    'looking where dependencies stand',
    `select n.place::int4 as place, s.change_id as change, s.version, s.outcome,
       s.outcome is not null and s.snapshot #> '{context,supersededBy}' is not null as superseded,
       coalesce(s.snapshot #>> '{context,attributes,risk}', c.attributes ->> 'risk') as risk
     from unnest($1::text[], $2::text[], $3::text[]) with ordinality as n (tenant_id, project, target, place)
     cross join lateral (
       select change_id, attributes from countersign.changes
       where tenant_id = n.tenant_id and change_id = n.target
       union all
       select change_id, attributes from countersign.changes
       where tenant_id = n.tenant_id and project = n.project and key = n.target
       limit 1
     ) c
     cross join lateral (select * from countersign.workflow_states s
       where s.tenant_id = n.tenant_id and s.change_id = c.change_id ${ONE_BY_ONE}) s
     order by place`,
    [
      targets.map(({ tenant }) => tenant),
      targets.map(({ project }) => project),
      targets.map(({ target }) => target),
    ],
  );
}

const EDGE = `change_id as change, coalesce(on_change, target) as "on", target, kind, rule, on_change is not null as known`;

/** Edges from any of these changes (what they depend on), or to any of them (what depends on them). */
export async function edgesAt(
  pool: pg.Pool,
  tenant: string,
  changes: readonly string[],
  direction: 'up' | 'down',
): Promise<EdgeRow[]> {
  const end = direction === 'up' ? 'change_id' : 'on_change';
  return read<EdgeRow & pg.QueryResultRow>(
    pool,
    'reading the graph',
    `select ${EDGE} from countersign.change_edges
     where tenant_id = $1 and ended_version is null and ${end} = any($2::text[])`,
    [tenant, changes],
  );
}

/** Every edge of a tenant, at most `limit`. */
export async function allEdges(pool: pg.Pool, tenant: string, limit: number): Promise<EdgeRow[]> {
  return read<EdgeRow & pg.QueryResultRow>(
    pool,
    'reading the whole graph',
    `select ${EDGE} from countersign.change_edges where tenant_id = $1 and ended_version is null limit $2`,
    [tenant, limit],
  );
}

/** Which changes were proposed or moved in `(after, until]` of the stream, at most `limit`. */
export async function movedIn(
  pool: pg.Pool,
  tenant: string,
  after: number,
  until: number,
  limit: number,
): Promise<string[]> {
  const rows = await read<{ change: string }>(
    pool,
    'looking which changes moved',
    `select distinct change_id as change from countersign.workflow_transitions
     where tenant_id = $1 and seq > $2 and seq <= $3 and kind in ('proposed', 'transition')
     limit $4`,
    [tenant, after, until, limit],
  );
  return rows.map(({ change }) => change);
}

/** Everything reachable from these changes in one direction, at most `limit` edges, nearest first. */
export async function edgesBeyond(
  pool: pg.Pool,
  tenant: string,
  changes: readonly string[],
  direction: 'up' | 'down',
  limit: number,
): Promise<EdgeRow[]> {
  const [here, there] = direction === 'up' ? ['change_id', 'on_change'] : ['on_change', 'change_id'];
  return read<EdgeRow & pg.QueryResultRow>(
    pool,
    'reading the graph',
    `with recursive reached (id) as (
       select unnest($2::text[]) collate "C"
       union
       select e.${there} from reached r
       join countersign.change_edges e on e.tenant_id = $1 and e.${here} = r.id and e.ended_version is null
       where e.${there} is not null
     )
     select ${EDGE} from reached r
     join countersign.change_edges e on e.tenant_id = $1 and e.${here} = r.id and e.ended_version is null
     limit $3`,
    [tenant, changes, limit],
  );
}

/** Those that depend on a change, by its id, or by its key before they knew it; with their outcomes. */
export async function dependantsOf(
  pool: pg.Pool,
  { tenant, change, project, key }: Happened & { readonly tenant: string },
): Promise<Dependant[]> {
  return query<Dependant & pg.QueryResultRow>(
    pool,
    'looking who depends on a change',
    `select e.change, e.target, s.outcome
     from (
       select change_id as change, min(target) as target from countersign.change_edges
       where tenant_id = $1 and ended_version is null
         and (on_change = $2 or (on_change is null and project = $3 and target = $4))
       group by change_id
     ) e
     cross join lateral (select outcome from countersign.workflow_states
       where tenant_id = $1 and change_id = e.change ${ONE_BY_ONE}) s
     order by e.change`,
    [tenant, change, project, key],
  );
}

/** What a graph shows of each change; those that do not exist are absent. */
export async function graphNodes(
  pool: pg.Pool,
  tenant: string,
  changes: readonly string[],
): Promise<GraphNode[]> {
  return read<GraphNode & pg.QueryResultRow>(
    pool,
    'reading the changes of a graph',
    `select c.change_id as change, c.key, c.title, c.project, s.state, s.outcome, ${ms('c.created_at')} as since
     from countersign.changes c
     join countersign.workflow_states s on s.tenant_id = c.tenant_id and s.change_id = c.change_id
     where c.tenant_id = $1 and c.change_id = any($2::text[])`,
    [tenant, changes],
  );
}

/**
 * What happened in `(after, until]` that those who depend on a change have to be told: it was proposed, revised, or came to an
 * outcome. The newest for each change that anybody depends on.
 */
export async function happenedIn(
  pool: pg.Pool,
  tenant: string,
  after: number,
  until: number,
): Promise<Happened[]> {
  return query<Happened & pg.QueryResultRow>(
    pool,
    'looking for cascades',
    `select distinct on (t.change_id) t.change_id as change, t.version, t.event, t.outcome, c.project, c.key, c.title
     from countersign.workflow_transitions t
     join countersign.changes c on c.tenant_id = t.tenant_id and c.change_id = t.change_id
     where t.tenant_id = $1 and t.seq > $2 and t.seq <= $3 and t.kind in ('proposed', 'transition')
       and (t.kind = 'proposed' or t.outcome is not null or t.event = 'change.revise'
         or (t.from_state::text is distinct from t.to_state::text and exists (
           select from countersign.workflow_transitions b
           where b.tenant_id = $1 and b.change_id = t.change_id and b.version = t.version - 1
             and b.kind in ('proposed', 'transition') and b.outcome is not null)))
       and (exists (select from countersign.change_edges e
              where e.tenant_id = $1 and e.on_change = t.change_id and e.ended_version is null)
            or (c.key is not null and exists (select from countersign.change_edges e
              where e.tenant_id = $1 and e.project = c.project and e.target = c.key
                and e.ended_version is null and e.on_change is null)))
     order by t.change_id, t.seq desc`,
    [tenant, after, until],
  );
}

/** How far each tenant with edges has been looked through. */
export async function cascadePositions(pool: pg.Pool): Promise<CascadePosition[]> {
  return query<CascadePosition & pg.QueryResultRow>(
    pool,
    'looking how far cascades have come',
    `select c.tenant_id as tenant, c.seq, s.seq as head, c.directory_seq as "directorySeq",
            coalesce(h.seq, 0) as "directoryHead"
     from countersign.cascades c
     join countersign.streams s on s.tenant_id = c.tenant_id
     left join countersign.directory_heads h on h.tenant_id = c.tenant_id`,
    [],
  );
}

/** Open changes that depend on others, by id after `after`, at most `limit`. */
export async function openDependants(
  pool: pg.Pool,
  tenant: string,
  after: string,
  limit: number,
): Promise<OpenDependant[]> {
  return query<OpenDependant & pg.QueryResultRow>(
    pool,
    'looking who depends on anything',
    `select c.change_id as change, c.project from countersign.changes c
     join countersign.workflow_states s on s.tenant_id = c.tenant_id and s.change_id = c.change_id
     where c.tenant_id = $1 and c.change_id > $2 and s.outcome is null and exists (
       select from countersign.change_edges e
       where e.tenant_id = c.tenant_id and e.change_id = c.change_id and e.ended_version is null)
     order by c.change_id limit $3`,
    [tenant, after, limit],
  );
}

/** The same for the directory; never back. */
export async function moveCascadeRules(pool: pg.Pool, tenant: string, directorySeq: number): Promise<void> {
  await query(
    pool,
    'noting how far the rules of cascades have been told',
    `update countersign.cascades set directory_seq = greatest(directory_seq, $2) where tenant_id = $1`,
    [tenant, directorySeq],
  );
}

/** Moves the position on; never back. The first edge of a tenant begins it. */
export async function moveCascade(pool: pg.Pool, tenant: string, seq: number): Promise<void> {
  await query(
    pool,
    'noting how far cascades have come',
    `insert into countersign.cascades as c (tenant_id, seq) values ($1, $2)
     on conflict (tenant_id) do update set seq = greatest(c.seq, excluded.seq)`,
    [tenant, seq],
  );
}
