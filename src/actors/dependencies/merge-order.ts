/**
 * In which order the changes of a set can land: each after what it needs, and of those that could be next the oldest (Kahn,
 * "Topological Sorting of Large Networks", 1962). Changes that need each other in a circle land together. What a change of
 * the set needs through one outside it counts too, and the one outside is named, since it has to land before.
 */
import { componentsOf } from './cycles.ts';
import { BLOCKING, byAge, changesOf, edgeTest, type Graph, isOpen } from './graph.ts';
import { readyNumbers } from './ready.ts';
import { edgesAt } from './rows.ts';

export interface MergeOrder {
  /** One group after the other; a group of several has to land together. The oldest first within a group. */
  readonly groups: readonly (readonly string[])[];
  /** Open changes outside the set that the set needs, the oldest first. */
  readonly needs: readonly string[];
  /** Changes of the set that have no place in the order, each with a sentence. */
  readonly leftOut: readonly { readonly change: string; readonly reason: string }[];
}

export function mergeOrder(graph: Graph, changes: Iterable<string>): MergeOrder {
  const wanted = new Set<number>();
  const leftOut: { change: string; reason: string }[] = [];
  for (const change of new Set(changes)) {
    const number = graph.places.get(change);
    const node = graph.nodes[number ?? -1];
    if (number !== undefined && isOpen(node)) wanted.add(number);
    else leftOut.push({ change, reason: reasonFor(change, node) });
  }
  const { of, members } = componentsOf(graph, edgeTest(graph, BLOCKING), wanted);
  const order = inOrder(graph, of, members, wanted);
  const outside = members.flat().filter((node) => !wanted.has(node));
  return {
    groups: order
      .map((component) => (members[component] ?? []).filter((node) => wanted.has(node)))
      .filter(({ length }) => length > 0)
      .map((group) => changesOf(graph, group)),
    needs: changesOf(graph, byAge(graph, outside)),
    leftOut,
  };
}

function inOrder(
  graph: Graph,
  of: Int32Array,
  members: readonly (readonly number[])[],
  wanted: ReadonlySet<number>,
): number[] {
  const waiting = new Int32Array(members.length);
  const dependents: number[][] = members.map(() => []);
  members.forEach((nodes, component) => {
    for (const node of nodes) {
      for (const edge of edgesAt(graph.up, node)) {
        const below = of[graph.to[edge] ?? 0] ?? -1;
        if (graph.blocking[edge] !== 1 || below === component) continue;
        dependents[below]?.push(component);
        waiting[component] = (waiting[component] ?? 0) + 1;
      }
    }
  });
  const ready = readyNumbers();
  // What lies outside the set lands before it, so it never keeps anybody waiting: it comes before all ages.
  const urgency = members.map((nodes, component) => {
    const oldest = nodes.find((node) => wanted.has(node));
    return oldest === undefined ? component - members.length : (graph.age[oldest] ?? 0);
  });
  const byUrgency = new Map(urgency.map((value, component) => [value, component]));
  urgency.forEach((value, component) => {
    if (waiting[component] === 0) ready.add(value);
  });
  const order: number[] = [];
  for (let value = ready.take(); value !== undefined; value = ready.take()) {
    const component = byUrgency.get(value) ?? 0;
    order.push(component);
    for (const above of dependents[component] ?? []) {
      const left = (waiting[above] ?? 0) - 1;
      waiting[above] = left;
      if (left === 0) ready.add(urgency[above] ?? 0);
    }
  }
  return order;
}

function reasonFor(change: string, node: Graph['nodes'][number] | undefined): string {
  if (!node) return `Nothing is known of the change ${change}, so it has no place in the order.`;
  return `${node.key} is ${node.outcome} already, so it has no place in the order.`;
}
