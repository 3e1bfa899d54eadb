/**
 * What a change depends on and what depends on it, directly and through others, nearest first; and what of that keeps it
 * from landing. A walk in breadth that takes each level with its oldest change first, so the way it names is always the same.
 */
import type { Edge } from './edge.ts';
import { BLOCKING, byAge, type Direction, edgeTest, type Graph, type Only } from './graph.ts';
import { edgesAt } from './rows.ts';

export interface Reached {
  readonly change: string;
  /** Edges between it and the change that was asked for, at least 1. */
  readonly distance: number;
  /** By which it was reached first; its other end is one nearer. */
  readonly edge: Edge;
}

/** What the change depends on directly: one edge per reason. */
export const dependenciesOf = (graph: Graph, change: string, only: Only = {}): readonly Edge[] =>
  directly(graph, change, 'up', only);

/** What depends on the change directly. */
export const dependentsOf = (graph: Graph, change: string, only: Only = {}): readonly Edge[] =>
  directly(graph, change, 'down', only);

/** What the change depends on, through others too. Never the change itself, even where it stands in a cycle. */
export const allDependenciesOf = (graph: Graph, change: string, only: Only = {}): readonly Reached[] =>
  reachedFrom(graph, change, 'up', only);

/** What depends on the change, through others too. */
export const allDependentsOf = (graph: Graph, change: string, only: Only = {}): readonly Reached[] =>
  reachedFrom(graph, change, 'down', only);

/**
 * What must land before the change can, or with it. Only through open changes: what landed without its own dependencies
 * needs them no more. A dependency that was rejected or withdrawn is not here (it will not land): see `lostOf`.
 */
export const blockersOf = (graph: Graph, change: string): readonly Reached[] =>
  reachedFrom(graph, change, 'up', BLOCKING);

/** What cannot land before the change does. */
export const blockedBy = (graph: Graph, change: string): readonly Reached[] =>
  reachedFrom(graph, change, 'down', BLOCKING);

/** Direct dependencies whose policy is to block and that were rejected or withdrawn: a reaction says what follows. */
export function lostOf(graph: Graph, change: string): readonly Edge[] {
  return directly(graph, change, 'up', { policies: ['block'] }).filter(({ on }) => {
    const outcome = graph.nodes[graph.places.get(on) ?? -1]?.outcome;
    return outcome === 'rejected' || outcome === 'withdrawn';
  });
}

/** The edges from a change to what was reached, in the order in which one walks them. */
export const wayTo = (reached: readonly Reached[], change: string): readonly Edge[] =>
  waysAmong(reached)(change);

/** The same for whoever asks for many ways among those that were reached. */
export function waysAmong(reached: readonly Reached[]): (change: string) => readonly Edge[] {
  const byChange = new Map(reached.map((one) => [one.change, one]));
  return (change) => {
    const way: Edge[] = [];
    for (let at = byChange.get(change); at !== undefined; ) {
      way.push(at.edge);
      const { edge, change: here }: Reached = at;
      at = byChange.get(edge.on === here ? edge.change : edge.on);
    }
    return way.reverse();
  };
}

function directly(graph: Graph, change: string, direction: Direction, only: Only): readonly Edge[] {
  const node = graph.places.get(change);
  if (node === undefined) return [];
  const far = direction === 'up' ? graph.to : graph.from;
  const taken = edgesAt(graph[direction], node).filter(edgeTest(graph, only));
  return [...taken]
    .sort((a, b) => (graph.age[far[a] ?? 0] ?? 0) - (graph.age[far[b] ?? 0] ?? 0) || a - b)
    .flatMap((edge) => graph.edges[edge] ?? []);
}

function reachedFrom(graph: Graph, change: string, direction: Direction, only: Only): readonly Reached[] {
  const start = graph.places.get(change);
  if (start === undefined) return [];
  const takes = edgeTest(graph, only);
  const far = direction === 'up' ? graph.to : graph.from;
  const seen = new Uint8Array(graph.nodes.length);
  seen[start] = 1;
  const by = new Map<number, number>();
  const reached: Reached[] = [];
  for (let level = [start], distance = 1; level.length > 0; distance++) {
    const next: number[] = [];
    for (const node of level) {
      for (const edge of edgesAt(graph[direction], node)) {
        const other = far[edge] ?? 0;
        if (seen[other] === 1 || !takes(edge)) continue;
        seen[other] = 1;
        by.set(other, edge);
        next.push(other);
      }
    }
    level = byAge(graph, next);
    for (const node of level) {
      const found = graph.nodes[node];
      const edge = graph.edges[by.get(node) ?? -1];
      if (found && edge) reached.push({ change: found.change, distance, edge });
    }
  }
  return reached;
}
