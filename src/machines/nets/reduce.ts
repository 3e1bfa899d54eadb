/**
 * A smaller net that is sound, and safe, exactly where the given workflow net is (Murata 1989, section V): series of places
 * and of transitions become one, what is there twice is dropped, and so is a step that changes nothing. Each step remembers
 * the steps it stands for, so that a trace of the small net is one of the net it came from.
 */
import type { Ends, Net } from './net.ts';

export interface Reduced {
  readonly net: Net;
  readonly ends: Ends;
  /** By transition of the small net: the transitions of the given one, in their order. */
  readonly standsFor: readonly (readonly number[])[];
  /** By place of the small net: the place of the given one. */
  readonly placeOf: readonly number[];
}

interface Step {
  pre: Set<number>;
  post: Set<number>;
  way: readonly number[];
}

interface Draft {
  readonly steps: Map<number, Step>;
  /** By place: the steps that feed and drain it; absent where the place is gone. */
  readonly feeds: Map<number, Set<number>>;
  readonly drains: Map<number, Set<number>>;
  readonly kept: ReadonlySet<number>;
}

const MOST_PASSES = 200;

/** Undefined for arcs with weights, which the rules do not cover, and steps without input or output. */
export function reduce(net: Net, ends: Ends): Reduced | undefined {
  const plain = net.transitions.every(
    ({ pre, post }) =>
      pre.length > 0 && post.length > 0 && [...pre, ...post].every(([, weight]) => weight === 1),
  );
  if (!plain) return undefined;
  const draft = draftOf(net, ends);
  let changed = true;
  for (let pass = 0; changed && pass < MOST_PASSES; pass++) {
    changed = false;
    for (const place of [...draft.feeds.keys()])
      if (fusePlace(draft, place) || fuseSteps(draft, place)) changed = true;
    if (dropLoops(draft)) changed = true;
    if (dropTwinSteps(draft) || dropTwinPlaces(draft)) changed = true;
  }
  return built(net, ends, draft);
}

function draftOf({ places, transitions }: Net, { source, sinks }: Ends): Draft {
  const steps = new Map<number, Step>();
  const feeds = new Map(places.map((_, place) => [place, new Set<number>()]));
  const drains = new Map(places.map((_, place) => [place, new Set<number>()]));
  transitions.forEach(({ pre, post }, index) => {
    const step = {
      pre: new Set(pre.map(([place]) => place)),
      post: new Set(post.map(([place]) => place)),
      way: [index],
    };
    steps.set(index, step);
    for (const place of step.pre) drains.get(place)?.add(index);
    for (const place of step.post) feeds.get(place)?.add(index);
  });
  return { steps, feeds, drains, kept: new Set([source, ...sinks]) };
}

/** `p → t → q`, nothing else leaves p: what feeds p feeds q, and t has always been taken. */
function fusePlace(draft: Draft, place: number): boolean {
  const only = sole(draft.drains.get(place));
  const step = only === undefined ? undefined : draft.steps.get(only);
  const into = sole(step?.post);
  const feeds = [...(draft.feeds.get(place) ?? [])];
  if (only === undefined || !step || into === undefined || step.pre.size !== 1 || into === place)
    return false;
  if (draft.kept.has(place) || feeds.length === 0) return false;
  if (feeds.some((feed) => draft.steps.get(feed)?.post.has(into))) return false;
  for (const feed of feeds) {
    const before = draft.steps.get(feed);
    if (!before) continue;
    before.post.delete(place);
    before.post.add(into);
    before.way = [...before.way, ...step.way];
    draft.feeds.get(into)?.add(feed);
  }
  removeStep(draft, only);
  removePlace(draft, place);
  return true;
}

/** `t1 → p → t2` and nothing else at p, t2 needs only p: t1 does what t2 did as well. */
function fuseSteps(draft: Draft, place: number): boolean {
  const [feed, drain] = [sole(draft.feeds.get(place)), sole(draft.drains.get(place))];
  if (feed === undefined || drain === undefined || feed === drain || draft.kept.has(place)) return false;
  const [first, second] = [draft.steps.get(feed), draft.steps.get(drain)];
  if (!first || !second || second.pre.size !== 1) return false;
  if ([...second.post].some((each) => first.post.has(each))) return false;
  first.post.delete(place);
  for (const each of second.post) {
    first.post.add(each);
    draft.feeds.get(each)?.add(feed);
  }
  first.way = [...first.way, ...second.way];
  removeStep(draft, drain);
  removePlace(draft, place);
  return true;
}

/** A step that takes one token and puts it back; it is dead only where what feeds its place is. */
function dropLoops(draft: Draft): boolean {
  const before = draft.steps.size;
  for (const [index, { pre, post }] of draft.steps) {
    const place = sole(pre);
    if (place === undefined || sole(post) !== place) continue;
    const others = [...(draft.feeds.get(place) ?? [])].some((feed) => feed !== index);
    if (others || draft.kept.has(place)) removeStep(draft, index);
  }
  return draft.steps.size < before;
}

function dropTwinSteps(draft: Draft): boolean {
  const seen = new Set<string>();
  const before = draft.steps.size;
  for (const [index, { pre, post }] of draft.steps) {
    const key = `${keyOf(pre)}>${keyOf(post)}`;
    if (seen.has(key)) removeStep(draft, index);
    seen.add(key);
  }
  return draft.steps.size < before;
}

function dropTwinPlaces(draft: Draft): boolean {
  const seen = new Set<string>();
  const before = draft.feeds.size;
  for (const [place, feeds] of draft.feeds) {
    const drains = draft.drains.get(place) ?? new Set();
    if (draft.kept.has(place) || feeds.size === 0 || drains.size === 0) continue;
    const key = `${keyOf(feeds)}>${keyOf(drains)}`;
    if (seen.has(key)) removePlace(draft, place);
    seen.add(key);
  }
  return draft.feeds.size < before;
}

function removeStep({ steps, feeds, drains }: Draft, index: number): void {
  const step = steps.get(index);
  for (const place of step?.pre ?? []) drains.get(place)?.delete(index);
  for (const place of step?.post ?? []) feeds.get(place)?.delete(index);
  steps.delete(index);
}

function removePlace({ steps, feeds, drains }: Draft, place: number): void {
  for (const step of feeds.get(place) ?? []) steps.get(step)?.post.delete(place);
  for (const step of drains.get(place) ?? []) steps.get(step)?.pre.delete(place);
  feeds.delete(place);
  drains.delete(place);
}

function built(net: Net, { source, sinks }: Ends, { steps, feeds }: Draft): Reduced {
  const placeOf = [...feeds.keys()];
  const index = new Map(placeOf.map((place, at) => [place, at]));
  const arcs = (places: ReadonlySet<number>) =>
    [...places].map((place) => [index.get(place) ?? 0, 1] as const);
  const left = [...steps.values()];
  return {
    net: {
      places: placeOf.map((place) => net.places[place] ?? ''),
      transitions: left.map(({ pre, post, way }) => ({
        name: net.transitions[way[0] ?? 0]?.name ?? '',
        pre: arcs(pre),
        post: arcs(post),
      })),
      initial: placeOf.map((place) => net.initial[place] ?? 0),
    },
    ends: { source: index.get(source) ?? 0, sinks: sinks.map((sink) => index.get(sink) ?? 0) },
    standsFor: left.map(({ way }) => way),
    placeOf,
  };
}

function sole(set: ReadonlySet<number> | undefined): number | undefined {
  if (set?.size !== 1) return undefined;
  return set.values().next().value;
}

function keyOf(set: ReadonlySet<number>): string {
  return [...set].sort((a, b) => a - b).join(',');
}
