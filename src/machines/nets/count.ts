/**
 * How many markings and edges a safe net has, without visiting all of them. A place between two steps that each take and put one
 * token becomes part of one step from the place before to the place after; what leads from a place to itself, or on to a place
 * that nothing else fills, becomes part of that place; and places that are filled and emptied together become one, in which the
 * inner markings multiply: thirty regions of four steps are a single place with 5^30 of them. What is left is enumerated, each
 * marking for as many as it stands for. Right because what happens inside a place or step waits for nothing outside.
 */
import { add, type Draft, draftOf, removePlace, removeStep, type Step } from './agglomerate.ts';
import { explore, type Limits } from './explore.ts';
import type { Ends, Net } from './net.ts';

/** Exact up to 2^53, the nearest number above. */
export interface Size {
  readonly states: number;
  readonly edges: number;
}

/** A place of the given net, and a step of it. */
const PLACE: Size = { states: 1, edges: 0 };
const STEP: Size = { states: 0, edges: 1 };

interface Count extends Draft {
  /** What happens while a place is marked: tokens come into its first marking and leave from its last. */
  readonly inside: Map<number, Size>;
  /** What happens from the beginning of a step to its end. */
  readonly along: Map<number, Size>;
  readonly marked: Set<number>;
}

/** Undefined where the net that is left is too large for `limits`, or the number for a number. The net must be safe, with arcs of weight one. */
export function sizeOf(net: Net, ends: Ends, limits: Limits): Size | undefined {
  const marked = new Set(net.initial.flatMap((tokens, place) => (tokens > 0 ? [place] : [])));
  const from = draftOf(net, ends);
  // New steps and new places are numbered alike, so that no number stands for two of either.
  const next = Math.max(from.next, net.places.length);
  const draft: Count = { ...from, next, inside: new Map(), along: new Map(), marked };
  for (let before = -1; before !== draft.places.size + draft.steps.size; ) {
    before = draft.places.size + draft.steps.size;
    for (const place of draft.places.keys()) passage(draft, place);
    for (const index of draft.steps.keys()) loop(draft, index);
    for (const place of draft.places.keys()) while (row(draft, place));
    together(draft);
  }
  for (const index of [...draft.steps.keys()]) opened(draft, index);
  return weighed(draft, limits);
}

function insideOf({ inside }: Count, place: number): Size {
  return inside.get(place) ?? PLACE;
}

function alongOf({ along }: Count, step: number): Size {
  return along.get(step) ?? STEP;
}

function sum(sizes: readonly Size[]): Size {
  let [states, edges] = [0, 0];
  for (const size of sizes) {
    states += size.states;
    edges += size.edges;
  }
  return { states, edges };
}

/** The step, where it leads from one place to one place. */
function simple({ steps }: Count, index: number | undefined): Step | undefined {
  const step = index === undefined ? undefined : steps.get(index);
  return step?.pre.size === 1 && step.post.size === 1 ? step : undefined;
}

/** `step → place → step` and nothing else there: one step. */
function passage(draft: Count, place: number): void {
  const spot = draft.places.get(place);
  const [feed, drain] = [sole(spot?.feeds), sole(spot?.drains)];
  const [before, after] = [simple(draft, feed), simple(draft, drain)];
  if (feed === undefined || drain === undefined || feed === drain || !before || !after) return;
  if (draft.marked.has(place)) return;
  const size = sum([alongOf(draft, feed), insideOf(draft, place), alongOf(draft, drain)]);
  removeStep(draft, feed);
  removeStep(draft, drain);
  add(draft, draft.next, { ...before, post: new Set(after.post) });
  draft.along.set(draft.next, size);
  draft.next += 1;
  removePlace(draft, place);
}

/** A step from a place to itself. */
function loop(draft: Count, index: number): void {
  const step = simple(draft, index);
  const [place] = step?.pre ?? [];
  if (place === undefined || !step?.post.has(place)) return;
  draft.inside.set(place, sum([insideOf(draft, place), alongOf(draft, index)]));
  removeStep(draft, index);
}

/** All that leaves `place` leads to one place that nothing else fills: it is what comes last inside. */
function row(draft: Count, place: number): boolean {
  const drains = [...(draft.places.get(place)?.drains ?? [])];
  const [next] = draft.steps.get(drains[0] ?? -1)?.post ?? [];
  if (next === undefined || next === place || draft.marked.has(next)) return false;
  if (draft.places.get(next)?.feeds.size !== drains.length) return false;
  if (drains.some((drain) => !simple(draft, drain)?.post.has(next))) return false;
  const parts = [
    insideOf(draft, place),
    insideOf(draft, next),
    ...drains.map((each) => alongOf(draft, each)),
  ];
  draft.inside.set(place, sum(parts));
  for (const drain of drains) removeStep(draft, drain);
  for (const drain of draft.places.get(next)?.drains ?? []) {
    draft.steps.get(drain)?.pre.add(place);
    draft.places.get(place)?.drains.add(drain);
  }
  removePlace(draft, next);
  return true;
}

/** Places with the same feeds and drains: what happens inside one does not hinder the other. */
function together(draft: Count): void {
  const first = new Map<string, number>();
  for (const [place, { feeds, drains }] of draft.places) {
    if (draft.marked.has(place) || feeds.size === 0 || drains.size === 0) continue;
    const key = [feeds, drains].map((all) => [...all].sort((a, b) => a - b).join()).join('>');
    const twin = first.get(key);
    if (twin === undefined) {
      first.set(key, place);
      continue;
    }
    const [one, other] = [insideOf(draft, twin), insideOf(draft, place)];
    const edges = one.edges * other.states + other.edges * one.states;
    draft.inside.set(twin, { states: one.states * other.states, edges });
    removePlace(draft, place);
  }
}

/** A step with markings along it gets a place for them again. */
function opened(draft: Count, index: number): void {
  const [step, size] = [draft.steps.get(index), alongOf(draft, index)];
  if (!step || size.states === 0) return;
  const place = draft.next;
  removeStep(draft, index);
  draft.places.set(place, { feeds: new Set(), drains: new Set() });
  draft.inside.set(place, { states: size.states, edges: size.edges - 2 });
  add(draft, place, { ...step, post: new Set([place]) });
  add(draft, place + 1, { ...step, pre: new Set([place]) });
  draft.next += 2;
}

function weighed(draft: Count, limits: Limits): Size | undefined {
  const places = [...draft.places.keys()];
  const number = new Map(places.map((place, index) => [place, index]));
  const arcs = (all: ReadonlySet<number>) => [...all].map((place) => [number.get(place) ?? 0, 1] as const);
  const transitions = [...draft.steps.values()].map(({ pre, post }) => ({
    name: '',
    pre: arcs(pre),
    post: arcs(post),
  }));
  const initial = places.map((place) => (draft.marked.has(place) ? 1 : 0));
  const seen = explore({ places: places.map(String), transitions, initial }, limits);
  if (!seen.complete) return undefined;
  const inner = places.map((place) => insideOf(draft, place));
  let [states, edges] = [0, 0];
  for (let index = 0; index < seen.states; index += 1) {
    const marking = seen.marking(index);
    const within = marking.flatMap((tokens, place) => (tokens > 0 ? (inner[place] ?? []) : []));
    const all = within.reduce((product, each) => product * each.states, 1);
    states += all;
    for (const each of within) edges += (all / each.states) * each.edges;
    // A step takes its tokens from the last marking inside each place that it needs.
    for (const { pre } of transitions)
      if (pre.every(([place]) => marking[place] === 1))
        edges += pre.reduce((rest, [place]) => rest / (inner[place]?.states ?? 1), all);
  }
  return Number.isFinite(states) && Number.isFinite(edges) ? { states, edges } : undefined;
}

function sole(set: ReadonlySet<number> | undefined): number | undefined {
  return set?.size === 1 ? set.values().next().value : undefined;
}
