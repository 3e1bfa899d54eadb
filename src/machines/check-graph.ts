/** The graph of one scope: which states are reached, how soonest, and what cannot get out again. */

/** A transition that can fire, with the triggers that make it fire. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly label: readonly string[];
}

/** Reachable states with their shortest traces (Dijkstra over trace lengths; scopes hold at most 200 states). */
export function tracesFrom(initial: string, edges: readonly Edge[]): Map<string, readonly string[]> {
  const settled = new Map<string, readonly string[]>();
  const open = new Map<string, readonly string[]>([[initial, []]]);
  while (open.size > 0) {
    const [state, trace] = shortest(open);
    open.delete(state);
    settled.set(state, trace);
    for (const { from, to, label } of edges) {
      if (from !== state || settled.has(to)) continue;
      const way = [...trace, ...label];
      const known = open.get(to);
      if (!known || way.length < known.length) open.set(to, way);
    }
  }
  return settled;
}

/** The states from which one of `goals` can be reached, the goals included. */
export function reaching(goals: Iterable<string>, edges: readonly Edge[]): Set<string> {
  const reached = new Set(goals);
  for (const state of reached) for (const { from, to } of edges) if (to === state) reached.add(from);
  return reached;
}

function shortest(open: ReadonlyMap<string, readonly string[]>): readonly [string, readonly string[]] {
  return [...open].reduce((best, each) => (each[1].length < best[1].length ? each : best));
}
