/**
 * Changes that depend on each other in a circle: the strongly connected components of the graph (Tarjan, "Depth-First Search
 * and Linear Graph Algorithms", 1972), with an explicit stack, so that a chain of a hundred thousand changes is no danger.
 * A component gets its number after everything it depends on: the numbers are a topological order, dependencies first.
 */
import { byAge, changesOf, type EdgeTest, edgeTest, type Graph, type Only } from './graph.ts';

export interface Components {
  /** By node: the number of its component; -1 where it was not asked for. */
  readonly of: Int32Array;
  /** The nodes of each, in order of age. */
  readonly members: readonly (readonly number[])[];
}

/** The cycles among the edges that count, the oldest change first in each; the oldest cycle first. */
export function cyclesIn(graph: Graph, only: Only = { policies: ['block'] }): readonly (readonly string[])[] {
  const cycles = componentsOf(graph, edgeTest(graph, only)).members.filter(({ length }) => length > 1);
  return [...cycles]
    .sort(([a = 0], [b = 0]) => (graph.age[a] ?? 0) - (graph.age[b] ?? 0))
    .map((members) => changesOf(graph, members));
}

/** With whom a change stands in a cycle, itself included; just itself where it stands in none. */
export function cycleOf(
  graph: Graph,
  change: string,
  only: Only = { policies: ['block'] },
): readonly string[] {
  const node = graph.places.get(change);
  if (node === undefined) return [];
  const { of, members } = componentsOf(graph, edgeTest(graph, only), [node]);
  return changesOf(graph, members[of[node] ?? -1] ?? [node]);
}

/** The components of what the roots depend on, roots included; of everything where none are given. */
export function componentsOf(graph: Graph, takes: EdgeTest, roots?: Iterable<number>): Components {
  const search = searchIn(graph, takes);
  if (roots) for (const root of roots) search.from(root);
  else for (let root = 0; root < graph.nodes.length; root++) search.from(root);
  return { of: search.of, members: search.members.map((members) => byAge(graph, members)) };
}

function searchIn({ nodes, up: { starts, edges }, to }: Graph, takes: EdgeTest) {
  const of = new Int32Array(nodes.length).fill(-1);
  const members: number[][] = [];
  /** When a node was met, from 1; 0 for never. `low` is the earliest open node it leads back to. */
  const met = new Int32Array(nodes.length);
  const low = new Int32Array(nodes.length);
  /** The edge each node on the way will look at next. */
  const next = starts.slice(0, nodes.length);
  const way: number[] = [];
  const open: number[] = [];
  let clock = 0;

  function enter(node: number): void {
    clock++;
    met[node] = clock;
    low[node] = clock;
    way.push(node);
    open.push(node);
  }

  /** The next node to enter from here, or undefined when all edges were looked at. */
  function onward(node: number): number | undefined {
    for (let at = next[node] ?? 0; at < (starts[node + 1] ?? 0); at++) {
      const edge = edges[at] ?? 0;
      if (!takes(edge)) continue;
      const other = to[edge] ?? 0;
      if (met[other] === 0) {
        next[node] = at + 1;
        return other;
      }
      if (of[other] === -1) low[node] = Math.min(low[node] ?? 0, met[other] ?? 0);
    }
    return undefined;
  }

  function leave(node: number): void {
    way.pop();
    const before = way.at(-1);
    if (before !== undefined) low[before] = Math.min(low[before] ?? 0, low[node] ?? 0);
    if (low[node] !== met[node]) return;
    const component = open.splice(open.lastIndexOf(node));
    for (const member of component) of[member] = members.length;
    members.push(component);
  }

  function from(root: number): void {
    if (met[root] !== 0) return;
    enter(root);
    for (let node = way.at(-1); node !== undefined; node = way.at(-1)) {
      const other = onward(node);
      if (other === undefined) leave(node);
      else enter(other);
    }
  }

  return { of, members, from };
}
