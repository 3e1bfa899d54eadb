/** What a commit does to the edges of changes: those that a revision brought replace those before. */
import type pg from 'pg';
import type { EncodedChange } from './encode.ts';
import type { ChangeCommit, ChangeEdge } from './records.ts';
import { type Column, run, write } from './statements.ts';

/**
 * The subquery stays a lookup by key however small the planner takes the table to be: a join planned while it was young would
 * read it whole in every commit.
 */
const END_EDGES = `
  update countersign.change_edges e set ended_version = old.version
  from (
    select found.place, n.version from unnest($1::text[], $2::text[], $3::int4[]) as n (tenant_id, change_id, version)
    cross join lateral (
      select e.ctid as place from countersign.change_edges e
      where e.tenant_id = n.tenant_id and e.change_id = n.change_id and e.ended_version is null
        and e.set_version < n.version offset 0
    ) as found
  ) as old
  where e.ctid = old.place`;

const SET_EDGES = `
  insert into countersign.change_edges
    (tenant_id, change_id, set_version, target, kind, rule, on_change, project)
  select * from unnest($1::text[], $2::text[], $3::int4[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])`;

/** From the first edge on, what happens in the stream has to be looked through. */
const BEGIN_CASCADE = `
  insert into countersign.cascades (tenant_id, seq, directory_seq)
  select s.tenant_id, s.seq, coalesce(h.seq, 0) from countersign.streams s
  left join countersign.directory_heads h on h.tenant_id = s.tenant_id
  where s.tenant_id = any($1::text[])
  on conflict do nothing`;

/** Nothing is sent where no change of the batch has other edges than before, which is nearly always. */
export async function setEdges(client: pg.ClientBase, batch: readonly EncodedChange[]): Promise<void> {
  const changed = batch.flatMap(({ commit }) => (commit.edges ? [{ commit, edges: commit.edges }] : []));
  if (changed.length === 0) return;
  const tenants = [...new Set(changed.map(({ commit }) => commit.tenant))];
  const had = changed.filter(({ commit }) => commit.baseVersion > 0);
  const edges = changed.flatMap(({ commit, edges: all }) => all.map((edge) => ({ commit, edge })));
  await Promise.all([
    run(client, 'begin_cascade', BEGIN_CASCADE, [['text', tenants]]),
    had.length > 0 && run(client, 'end_edges', END_EDGES, identity(had)),
    write(client, 'set_edges', SET_EDGES, [
      ...identity(edges),
      text(edges, ({ target }) => target),
      text(edges, ({ kind }) => kind),
      text(edges, ({ rule }) => rule),
      text(edges, ({ on }) => on),
      text(edges, ({ project }) => project),
    ]),
  ]);
}

function identity(rows: readonly { readonly commit: ChangeCommit }[]): Column[] {
  return [
    ['text', rows.map(({ commit }) => commit.tenant)],
    ['text', rows.map(({ commit }) => commit.change)],
    ['int4', rows.map(({ commit }) => commit.state?.version ?? commit.baseVersion)],
  ];
}

function text(
  rows: readonly { readonly edge: ChangeEdge }[],
  value: (edge: ChangeEdge) => string | null,
): Column {
  return ['text', rows.map(({ edge }) => value(edge))];
}
