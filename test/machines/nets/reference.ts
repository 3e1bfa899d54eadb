/** What a small net comes to, said by the definitions alone: sets of strings and no cleverness. Knows nothing of the product's search. */
import type { Net } from '../../../src/machines/nets/net.ts';

export interface Reference {
  readonly markings: readonly (readonly number[])[];
  /** For each marking: which transition leads to which marking. */
  readonly steps: readonly (readonly (readonly [transition: number, to: number])[])[];
  readonly distances: readonly number[];
  readonly bound: number;
}

export function fire(net: Net, marking: readonly number[], transition: number): number[] | undefined {
  const next = [...marking];
  for (const [place, weight] of net.transitions[transition]?.pre ?? []) next[place]! -= weight;
  if (next.some((tokens) => tokens < 0)) return undefined;
  for (const [place, weight] of net.transitions[transition]?.post ?? []) next[place]! += weight;
  return next;
}

/** The whole graph; `unbounded` where the tree of Karp and Miller says so; undefined where it is too large to tell here. */
export function reference(net: Net, limit = 600): Reference | 'unbounded' | undefined {
  const markings = [[...net.initial]];
  const numbers = new Map([[net.initial.join(), 0]]);
  const distances = [0];
  const steps: [number, number][][] = [];
  for (let at = 0; at < markings.length; at += 1) {
    if (markings.length > limit) return grows(net, limit);
    const out: [number, number][] = [];
    for (const transition of net.transitions.keys()) {
      const next = fire(net, markings[at]!, transition);
      if (!next) continue;
      const key = next.join();
      if (!numbers.has(key)) {
        numbers.set(key, markings.length);
        markings.push(next);
        distances.push(distances[at]! + 1);
      }
      out.push([transition, numbers.get(key)!]);
    }
    steps.push(out);
  }
  return { markings, steps, distances, bound: Math.max(0, ...markings.flat()) };
}

function grows(net: Net, limit: number): 'unbounded' | undefined {
  let left = limit * 20;
  const visit = (marking: number[], above: readonly number[][]): boolean => {
    left -= 1;
    if (left < 0 || above.length > 60) return false;
    for (const each of above)
      if (each.every((tokens, place) => tokens <= marking[place]!)) return each.join() !== marking.join();
    const path = [...above, marking];
    return [...net.transitions.keys()].some((transition) => {
      const next = fire(net, marking, transition);
      return next !== undefined && visit(next, path);
    });
  };
  return visit([...net.initial], []) ? 'unbounded' : undefined;
}

export interface Verdict {
  readonly sound: boolean;
  readonly safe: boolean;
  /** Dead markings that are no end, and have no sink marked. */
  readonly deadlocks: readonly number[];
  /** Markings in which the only sink is marked too early. */
  readonly improper: readonly number[];
  /** Whether a marking leads to no end and to no dead marking. */
  readonly livelock: boolean;
  readonly dead: readonly number[];
}

/** One sink: soundness as van der Aalst defines it; several: as the industrial libraries do. */
export function judged({ transitions }: Net, sinks: readonly number[], graph: Reference): Verdict {
  const { markings, steps, bound } = graph;
  const numbers = [...markings.keys()];
  const inSinks = (at: number) => sinks.reduce((sum, sink) => sum + markings[at]![sink]!, 0);
  const total = (at: number) => markings[at]!.reduce((a, b) => a + b, 0);
  const isEnd = (at: number) =>
    inSinks(at) > 0 && inSinks(at) === total(at) && (sinks.length > 1 || total(at) === 1);
  const reaching = (goals: readonly number[]) => {
    const reached = new Set(goals);
    for (let size = -1; size !== reached.size; ) {
      size = reached.size;
      for (const at of numbers) if (steps[at]!.some(([, to]) => reached.has(to))) reached.add(at);
    }
    return reached;
  };
  const ends = numbers.filter(isEnd);
  const stuck = numbers.filter((at) => steps[at]!.length === 0 && !isEnd(at));
  const fired = new Set(steps.flat().map(([transition]) => transition));
  const dead = [...transitions.keys()].filter((transition) => !fired.has(transition));
  const improper = sinks.length > 1 ? [] : numbers.filter((at) => inSinks(at) > 0 && !isEnd(at));
  const completes = reaching(ends).size === numbers.length;
  return {
    sound: completes && (sinks.length > 1 ? bound <= 1 : improper.length === 0 && dead.length === 0),
    safe: bound <= 1,
    deadlocks: stuck.filter((at) => inSinks(at) === 0),
    improper,
    livelock: reaching([...ends, ...stuck]).size < numbers.length,
    dead,
  };
}
