/**
 * A net laid out in typed arrays for the search. A transition is asked for only where one of the places it needs is marked, so
 * that a marking costs what is marked in it and not how many transitions there are.
 */
import type { Arc, Net, NetTransition } from './net.ts';

/** Arcs of transition `t` stand from `starts[t]` to before `starts[t + 1]`. */
export interface Arcs {
  readonly starts: Int32Array;
  readonly places: Int32Array;
  readonly weights: Int32Array;
}

export interface CompactNet {
  readonly places: number;
  readonly transitions: number;
  readonly pre: Arcs;
  /** What firing changes; places that stay as they are left out. */
  readonly delta: Arcs;
  /** What firing changes in the sum of all tokens. */
  readonly sums: Int32Array;
  /** Transitions by one place that they need: those of place `p` from `starts[p]` to before `starts[p + 1]`. */
  readonly waiting: { readonly starts: Int32Array; readonly transitions: Int32Array };
  /** Transitions that need nothing. */
  readonly always: Int32Array;
}

export function compact({ places, transitions }: Net): CompactNet {
  const readers = new Int32Array(places.length);
  for (const { pre } of transitions) for (const [place] of pre) readers[place] = (readers[place] ?? 0) + 1;
  // Asked for at the place that fewest others need: there it is asked least often in vain.
  const asked = transitions.map(({ pre }) => {
    let best = -1;
    for (const [place] of pre) if (best < 0 || (readers[place] ?? 0) < (readers[best] ?? 0)) best = place;
    return best;
  });
  const changes = transitions.map(changesOf);
  return {
    places: places.length,
    transitions: transitions.length,
    pre: arcsOf(transitions.map(({ pre }) => pre)),
    delta: arcsOf(changes),
    sums: Int32Array.from(changes, (all) => all.reduce((sum, [, by]) => sum + by, 0)),
    waiting: grouped(asked, places.length),
    always: Int32Array.from(asked.flatMap((place, transition) => (place < 0 ? [transition] : []))),
  };
}

function changesOf({ pre, post }: NetTransition): Arc[] {
  const change = new Map<number, number>();
  for (const [place, weight] of pre) change.set(place, (change.get(place) ?? 0) - weight);
  for (const [place, weight] of post) change.set(place, (change.get(place) ?? 0) + weight);
  return [...change].filter(([, by]) => by !== 0);
}

function arcsOf(all: readonly (readonly Arc[])[]): Arcs {
  const starts = new Int32Array(all.length + 1);
  for (const [index, arcs] of all.entries()) starts[index + 1] = (starts[index] ?? 0) + arcs.length;
  const places = new Int32Array(starts[all.length] ?? 0);
  const weights = new Int32Array(places.length);
  let at = 0;
  for (const arcs of all)
    for (const [place, weight] of arcs) {
      places[at] = place;
      weights[at] = weight;
      at += 1;
    }
  return { starts, places, weights };
}

/** The indices of `groups`, group by group; negative ones are in none. */
function grouped(groups: readonly number[], count: number): CompactNet['waiting'] {
  const starts = new Int32Array(count + 1);
  for (const group of groups) if (group >= 0) starts[group + 1] = (starts[group + 1] ?? 0) + 1;
  for (let group = 0; group < count; group += 1)
    starts[group + 1] = (starts[group + 1] ?? 0) + (starts[group] ?? 0);
  const next = starts.slice();
  const transitions = new Int32Array(starts[count] ?? 0);
  for (const [transition, group] of groups.entries()) {
    if (group < 0) continue;
    const at = next[group] ?? 0;
    transitions[at] = transition;
    next[group] = at + 1;
  }
  return { starts, transitions };
}
