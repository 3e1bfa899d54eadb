/**
 * Stacks: chains of open changes that were made one upon the other. A change stands on the deepest of the changes it needs,
 * where that is one (depth counts the changes below on the longest way down, so what is needed anyway through the one below
 * does not disturb). A stack ends where two stand on the same change, and at cycles, whose members stand nowhere.
 */
import { componentsOf } from './cycles.ts';
import { BLOCKING, byAge, changesOf, edgeTest, type Graph } from './graph.ts';
import { edgesAt } from './rows.ts';

export interface Stack {
  /** From the bottom up, at least two. */
  readonly changes: readonly string[];
  /** Open changes outside the stack that a change of it needs directly, the oldest first. */
  readonly needs: readonly string[];
}

const NONE = -1;

/** All stacks; the one with the oldest bottom first. */
export function stacksIn(graph: Graph): readonly Stack[] {
  const below = standings(graph);
  const above = new Int32Array(graph.nodes.length).fill(NONE);
  const crowd = new Int32Array(graph.nodes.length);
  below.forEach((under, node) => {
    if (under === NONE) return;
    above[under] = node;
    crowd[under] = (crowd[under] ?? 0) + 1;
  });
  const carries = (node: number) => crowd[node] === 1;
  const bottoms = Array.from(below.keys()).filter((node) => {
    const under = below[node] ?? NONE;
    return carries(node) && (under === NONE || !carries(under));
  });
  return byAge(graph, bottoms).map((bottom) => {
    const chain = [bottom];
    for (let node = bottom; carries(node); chain.push(node)) node = above[node] ?? NONE;
    return { changes: changesOf(graph, chain), needs: changesOf(graph, neededBy(graph, chain)) };
  });
}

/** The stack a change is part of. */
export function stackOf(graph: Graph, change: string): Stack | undefined {
  return stacksIn(graph).find(({ changes }) => changes.includes(change));
}

/** By node: what it stands on, or -1. */
function standings(graph: Graph): Int32Array {
  const { of, members } = componentsOf(graph, edgeTest(graph, BLOCKING));
  const depth = new Int32Array(members.length);
  const below = new Int32Array(graph.nodes.length).fill(NONE);
  members.forEach((nodes, component) => {
    let deepest = NONE;
    let under = NONE;
    for (const other of nodes.flatMap((node) => neededBy(graph, [node]))) {
      const at = of[other] ?? NONE;
      if (at === component || (depth[at] ?? 0) < deepest) continue;
      const isTie = depth[at] === deepest && other !== under;
      under = isTie || (members[at]?.length ?? 0) > 1 ? NONE : other;
      deepest = depth[at] ?? 0;
    }
    depth[component] = deepest + 1;
    const [node = NONE] = nodes;
    if (nodes.length === 1) below[node] = under;
  });
  return below;
}

/** What these nodes need directly and that is none of them, once each, the oldest first. */
function neededBy(graph: Graph, nodes: readonly number[]): number[] {
  const own = new Set(nodes);
  const needed = new Set<number>();
  for (const node of nodes) {
    for (const edge of edgesAt(graph.up, node)) {
      const other = graph.to[edge] ?? 0;
      if (graph.blocking[edge] === 1 && !own.has(other)) needed.add(other);
    }
  }
  return byAge(graph, needed);
}
