/**
 * How many markings and edges a safe net has, without visiting all of them. Places in a row become one place with that many
 * markings inside, and places that are filled and emptied together become one whose inner markings multiply: thirty regions of
 * four steps are a single place with 5^30 of them. What is left is enumerated, each marking for as many as it holds.
 */
import { type Draft, draftOf, removePlace, removeStep } from './agglomerate.ts';
import { explore, type Limits } from './explore.ts';
import type { Ends, Net } from './net.ts';

/** Exact up to 2^53, the nearest number above. */
export interface Size {
  readonly states: number;
  readonly edges: number;
}

const NOTHING: Size = { states: 1, edges: 0 };

/** Undefined where the net that is left is too large for `limits`, or the number for a number. The net must be safe, with arcs of weight one. */
export function sizeOf(net: Net, ends: Ends, limits: Limits): Size | undefined {
  const draft = draftOf(net, ends);
  const inner = new Map<number, Size>();
  const marked = new Set(net.initial.flatMap((tokens, place) => (tokens > 0 ? [place] : [])));
  for (let before = -1; before !== draft.places.size; ) {
    before = draft.places.size;
    for (const place of draft.places.keys()) while (inRow(draft, place, inner, marked));
    together(draft, inner, marked);
  }
  const places = [...draft.places.keys()];
  const number = new Map(places.map((place, index) => [place, index]));
  const arcs = (all: ReadonlySet<number>) => [...all].map((place) => [number.get(place) ?? 0, 1] as const);
  const left: Net = {
    places: places.map((place) => net.places[place] ?? ''),
    transitions: [...draft.steps.values()].map(({ pre, post }) => ({
      name: '',
      pre: arcs(pre),
      post: arcs(post),
    })),
    initial: places.map((place) => (marked.has(place) ? 1 : 0)),
  };
  return weighed(
    left,
    places.map((place) => inner.get(place) ?? NOTHING),
    limits,
  );
}

/** `place → step → next` and nothing else between them: `next` is what comes last inside `place`. */
function inRow(draft: Draft, place: number, inner: Map<number, Size>, marked: Set<number>): boolean {
  const { steps, places } = draft;
  const only = sole(places.get(place)?.drains);
  const step = only === undefined ? undefined : steps.get(only);
  const next = sole(step?.post);
  if (only === undefined || next === undefined || next === place || step?.pre.size !== 1) return false;
  if (places.get(next)?.feeds.size !== 1) return false;
  const [one, other] = [inner.get(place) ?? NOTHING, inner.get(next) ?? NOTHING];
  inner.set(place, { states: one.states + other.states, edges: one.edges + other.edges + 1 });
  if (marked.has(next)) marked.add(place);
  removeStep(draft, only);
  for (const drain of places.get(next)?.drains ?? []) {
    steps.get(drain)?.pre.add(place);
    places.get(place)?.drains.add(drain);
  }
  removePlace(draft, next);
  return true;
}

/** Places with the same feeds and drains: what happens inside one does not hinder the other. */
function together(draft: Draft, inner: Map<number, Size>, marked: ReadonlySet<number>): void {
  const first = new Map<string, number>();
  for (const [place, { feeds, drains }] of draft.places) {
    if (marked.has(place) || feeds.size === 0 || drains.size === 0) continue;
    const key = [feeds, drains].map((all) => [...all].sort((a, b) => a - b).join()).join('>');
    const twin = first.get(key);
    if (twin === undefined) {
      first.set(key, place);
      continue;
    }
    const [one, other] = [inner.get(twin) ?? NOTHING, inner.get(place) ?? NOTHING];
    const edges = one.edges * other.states + other.edges * one.states;
    inner.set(twin, { states: one.states * other.states, edges });
    removePlace(draft, place);
  }
}

function weighed(net: Net, inner: readonly Size[], limits: Limits): Size | undefined {
  const seen = explore(net, limits);
  if (!seen.complete) return undefined;
  let [states, edges] = [0, 0];
  for (let index = 0; index < seen.states; index += 1) {
    const marking = seen.marking(index);
    const within = marking.flatMap((tokens, place) => (tokens > 0 ? (inner[place] ?? []) : []));
    const all = within.reduce((product, each) => product * each.states, 1);
    states += all;
    for (const each of within) edges += (all / each.states) * each.edges;
    // A step takes its tokens from the last marking inside each place it needs.
    for (const { pre } of net.transitions)
      if (pre.every(([place]) => marking[place] === 1))
        edges += pre.reduce((rest, [place]) => rest / (inner[place]?.states ?? 1), all);
  }
  return Number.isFinite(states) && Number.isFinite(edges) ? { states, edges } : undefined;
}

function sole(set: ReadonlySet<number> | undefined): number | undefined {
  return set?.size === 1 ? set.values().next().value : undefined;
}
