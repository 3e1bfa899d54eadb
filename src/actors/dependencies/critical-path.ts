/**
 * What decides when a change can land: the chain of open changes that need each other and that takes longest from end to
 * end. Changes in a cycle are one step, which takes as long as its slowest: they are reviewed side by side and land together.
 */
import { componentsOf } from './cycles.ts';
import { BLOCKING, changesOf, edgeTest, type Graph, isOpen } from './graph.ts';
import { edgesAt } from './rows.ts';

export interface Step {
  /** One change, or the members of a cycle, the oldest first. */
  readonly changes: readonly string[];
  /** How long the step takes once everything before it has landed; 0 where nothing is known. */
  readonly estimateMs: number;
}

export interface CriticalPath {
  /** From what has to land first to the change itself. Empty where the change is not open. */
  readonly steps: readonly Step[];
  readonly totalMs: number;
  /** Changes on the path without an estimate: where there are any, the total is a lower bound. */
  readonly unestimated: readonly string[];
}

/** How long a change will take once what it needs has landed, in ms; undefined where nobody knows. */
export type EstimateMs = (change: string) => number | undefined;

/** The longest in time; of those, the one of most steps (so without estimates steps count); of those, by older changes. */
export function criticalPath(graph: Graph, change: string, estimateMs?: EstimateMs): CriticalPath {
  const root = graph.places.get(change);
  if (root === undefined || !isOpen(graph.nodes[root])) return { steps: [], totalMs: 0, unestimated: [] };
  const { of, members } = componentsOf(graph, edgeTest(graph, BLOCKING), [root]);
  const own = members.map((nodes) =>
    changesOf(graph, nodes).reduce((slowest, one) => Math.max(slowest, known(one, estimateMs) ?? 0), 0),
  );
  const best = longest(graph, of, members, own);
  const path: number[] = [];
  for (let at = of[root] ?? -1; at !== -1; at = best.below[at] ?? -1) path.push(at);
  const steps = path.reverse().map((component) => ({
    changes: changesOf(graph, members[component] ?? []),
    estimateMs: own[component] ?? 0,
  }));
  return {
    steps,
    totalMs: steps.reduce((sum, step) => sum + step.estimateMs, 0),
    unestimated: steps
      .flatMap(({ changes }) => changes)
      .filter((one) => known(one, estimateMs) === undefined),
  };
}

/** For each component the next one down its longest chain. Components are numbered dependencies first: one pass is enough. */
function longest(
  graph: Graph,
  of: Int32Array,
  members: readonly (readonly number[])[],
  own: readonly number[],
) {
  const ms: number[] = [];
  const count: number[] = [];
  const below: number[] = [];
  const age = (component: number) => graph.age[members[component]?.[0] ?? 0] ?? 0;
  const isLonger = (a: number, b: number) =>
    (ms[a] ?? 0) - (ms[b] ?? 0) || (count[a] ?? 0) - (count[b] ?? 0) || age(b) - age(a);
  members.forEach((nodes, component) => {
    let best = -1;
    for (const node of nodes) {
      for (const edge of edgesAt(graph.up, node)) {
        const other = of[graph.to[edge] ?? 0] ?? -1;
        if (graph.blocking[edge] !== 1 || other === component) continue;
        if (best === -1 || isLonger(other, best) > 0) best = other;
      }
    }
    below.push(best);
    ms.push((own[component] ?? 0) + (ms[best] ?? 0));
    count.push(1 + (count[best] ?? 0));
  });
  return { below };
}

function known(change: string, estimateMs: EstimateMs | undefined): number | undefined {
  const ms = estimateMs?.(change);
  return ms !== undefined && Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}
