/**
 * The part of the stored graph that a question is about: everything that can be reached from some changes, up to a bound. A
 * dependency on a change that nobody has proposed yet is a node too: it blocks as an open one does.
 */
import type { EdgeRow, GraphNode as StoredNode } from '../../persistence/records.ts';
import { type Directory, dependencyRules } from '../directory/state.ts';
import type { Store } from '../ports.ts';
import type { Edge, EdgeKind } from './edge.ts';
import { buildGraph, type Direction, type Graph, type GraphNode } from './graph.ts';
import { type Member, memberOf, nodeOf, unknownNode } from './nodes.ts';
import type { ReactionsBy } from './reactions.ts';
import { remembered } from './remembered.ts';

/** Edges that one question looks at in each direction, the nearest. */
export const MAX_LOADED = 50_000;

export interface LoadedGraph {
  readonly graph: Graph;
  readonly member: (change: string) => Member;
  readonly reactions: ReactionsBy;
  /** A sentence where the bound was met. */
  readonly truncated: string | null;
}

export interface LoadingWorld {
  readonly store: Pick<Store, 'edgesBeyond' | 'graphNodes'>;
  readonly directory: (tenant: string) => Promise<Directory>;
}

export interface Loading {
  readonly tenant: string;
  /** From where; each is a node though it has no edges. */
  readonly changes: readonly string[];
  readonly directions: readonly Direction[];
  /** Only edges of these kinds; all where it is absent. */
  readonly kinds?: readonly EdgeKind[];
}

export async function loadGraph(world: LoadingWorld, loading: Loading): Promise<LoadedGraph> {
  const { tenant, changes, directions, kinds } = loading;
  const [directory, ...found] = await Promise.all([
    world.directory(tenant),
    ...directions.map((direction) => world.store.edgesBeyond(tenant, changes, direction, MAX_LOADED + 1)),
  ]);
  const isCut = found.some(({ length }) => length > MAX_LOADED);
  const wanted = found.flatMap((rows, at) => {
    const near = rows.slice(0, MAX_LOADED);
    return kinds ? reachedBy(near, kinds, changes, directions[at] ?? 'up') : near;
  });
  const ids = new Set(changes);
  for (const { change, on, known } of wanted) {
    ids.add(change);
    if (known) ids.add(on);
  }
  const stored = new Map<string, StoredNode>();
  for (const node of await world.store.graphNodes(tenant, [...ids])) stored.set(node.change, node);
  const rules = remembered((project: string) => dependencyRules(directory, project));
  const graph = buildGraph({
    nodes: [...[...stored.values()].map(nodeOf), ...unknownNodes(wanted, stored)],
    edges: wanted as readonly (EdgeRow & Edge)[],
    policies: (project) => rules(project).policies,
  });
  return {
    graph,
    member: (change) => memberOf(graph, stored, change),
    reactions: (project) => rules(project).reactions,
    truncated: isCut
      ? `Looked at are the nearest ${MAX_LOADED.toLocaleString('en')} dependencies; what lies beyond is not in the answer.`
      : null,
  };
}

/** Edges of these kinds that edges of these kinds lead to. */
function reachedBy(
  rows: readonly EdgeRow[],
  kinds: readonly EdgeKind[],
  changes: readonly string[],
  direction: Direction,
): EdgeRow[] {
  const [here, there] = direction === 'up' ? (['change', 'on'] as const) : (['on', 'change'] as const);
  const byEnd = new Map<string, EdgeRow[]>();
  for (const row of rows) {
    if (!kinds.includes(row.kind as EdgeKind)) continue;
    const others = byEnd.get(row[here]);
    if (others) others.push(row);
    else byEnd.set(row[here], [row]);
  }
  const reached = new Set(changes);
  for (const change of reached) for (const row of byEnd.get(change) ?? []) reached.add(row[there]);
  return [...reached].flatMap((change) => byEnd.get(change) ?? []);
}

function unknownNodes(rows: readonly EdgeRow[], stored: ReadonlyMap<string, StoredNode>): GraphNode[] {
  return rows.flatMap(({ change, on, known }) =>
    known ? [] : [unknownNode(on, stored.get(change)?.project ?? '')],
  );
}
