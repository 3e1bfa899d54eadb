/**
 * The one rule that does most of the work: a place whose tokens are good for nothing but one step each is left out, and what
 * fills it goes on with what empties it (Berthelot's post-agglomeration; Murata's fusions of series are its simplest cases).
 * The markings that are lost are those in which something has begun that nothing can hinder. A place that could hold two tokens
 * shows after it as well: those steps put their tokens somewhere.
 */
import type { Ends, Net } from './net.ts';

/** Steps of the given net, in order, as a tree: joining two is one node, however long they are. */
export type Way = number | readonly Way[];

export interface Step {
  pre: Set<number>;
  post: Set<number>;
  way: Way;
  /** The first of the way: it is dead where the step is. */
  first: number;
}

export interface Spot {
  readonly feeds: Set<number>;
  readonly drains: Set<number>;
}

/** A net that is being reduced, by number. */
export interface Draft {
  readonly steps: Map<number, Step>;
  readonly places: Map<number, Spot>;
  /** Source and sinks: they are what soundness speaks of. */
  readonly kept: ReadonlySet<number>;
  next: number;
}

/** Steps may be doubled where few arcs come of it. */
const MOST_ARCS = 24;

export function draftOf(net: Net, { source, sinks }: Ends): Draft {
  const steps = new Map<number, Step>();
  const places = new Map(
    net.places.map((_, place): [number, Spot] => [place, { feeds: new Set(), drains: new Set() }]),
  );
  const draft = { steps, places, kept: new Set([source, ...sinks]), next: net.transitions.length };
  for (const [index, { pre, post }] of net.transitions.entries()) {
    const [from, to] = [pre, post].map((arcs) => new Set(arcs.map(([place]) => place)));
    add(draft, index, { pre: from ?? new Set(), post: to ?? new Set(), way: index, first: index });
  }
  return draft;
}

export function agglomerate(draft: Draft, place: number): void {
  const spot = draft.places.get(place);
  if (!spot || draft.kept.has(place) || spot.feeds.size === 0 || spot.drains.size === 0) return;
  if (spot.feeds.size > 1 && spot.drains.size > 2) return;
  const feeds = [...spot.feeds];
  const drains = [...spot.drains];
  if (!isSimple(draft, feeds, drains)) return;
  const [feed = -1] = feeds;
  const [drain = -1] = drains;
  if (feeds.length === 1 && drains.length === 1) join(draft, place, feed, drain);
  else if (isCheap(draft, feeds, drains)) multiply(draft, place, feeds, drains);
}

/** Each drain needs this place alone, none feeds it, and no feed puts a token where a drain does. */
function isSimple({ steps }: Draft, feeds: readonly number[], drains: readonly number[]): boolean {
  if (drains.some((drain) => steps.get(drain)?.pre.size !== 1 || feeds.includes(drain))) return false;
  return feeds.every((feed) =>
    drains.every((drain) => isApart(steps.get(feed)?.post, steps.get(drain)?.post)),
  );
}

function isApart(one: ReadonlySet<number> = new Set(), other: ReadonlySet<number> = new Set()): boolean {
  const [small, large] = one.size < other.size ? [one, other] : [other, one];
  for (const each of small) if (large.has(each)) return false;
  return true;
}

function isCheap({ steps }: Draft, feeds: readonly number[], drains: readonly number[]): boolean {
  if (feeds.length > 1 && drains.length > 1 && feeds.length * drains.length > feeds.length + drains.length)
    return false;
  const arcsOf = (all: readonly number[]) =>
    all.reduce((sum, each) => sum + (steps.get(each)?.pre.size ?? 0) + (steps.get(each)?.post.size ?? 0), 0);
  const [before, after] = [arcsOf(feeds), arcsOf(drains)];
  return before * drains.length + after * feeds.length <= Math.max(MOST_ARCS, before + after);
}

/** One feed, one drain: the one with more arcs takes over those of the other, so that long chains cost no more than they hold. */
function join(draft: Draft, place: number, feed: number, drain: number): void {
  const [before, after] = [draft.steps.get(feed), draft.steps.get(drain)];
  if (!before || !after) return;
  const isForward = before.pre.size + before.post.size >= after.post.size;
  const [into, from] = isForward ? [feed, drain] : [drain, feed];
  const step = isForward ? before : after;
  const other = isForward ? after : before;
  removePlace(draft, place);
  for (const each of other.post) {
    step.post.add(each);
    draft.places.get(each)?.feeds.add(into);
  }
  for (const each of other.pre) {
    step.pre.add(each);
    draft.places.get(each)?.drains.add(into);
  }
  step.way = [before.way, after.way];
  step.first = before.first;
  removeStep(draft, from);
}

function multiply(draft: Draft, place: number, feeds: readonly number[], drains: readonly number[]): void {
  const [before, after] = [feeds, drains].map((all) => all.flatMap((each) => draft.steps.get(each) ?? []));
  for (const each of [...feeds, ...drains]) removeStep(draft, each);
  removePlace(draft, place);
  for (const { pre, post, way, first } of before ?? [])
    for (const drain of after ?? []) {
      const rest = [...post].filter((each) => each !== place);
      add(draft, draft.next, {
        pre: new Set(pre),
        post: new Set([...rest, ...drain.post]),
        way: [way, drain.way],
        first,
      });
      draft.next += 1;
    }
}

export function add({ steps, places }: Draft, index: number, step: Step): void {
  steps.set(index, step);
  for (const place of step.pre) places.get(place)?.drains.add(index);
  for (const place of step.post) places.get(place)?.feeds.add(index);
}

export function removeStep({ steps, places }: Draft, index: number): void {
  const step = steps.get(index);
  for (const place of step?.pre ?? []) places.get(place)?.drains.delete(index);
  for (const place of step?.post ?? []) places.get(place)?.feeds.delete(index);
  steps.delete(index);
}

export function removePlace({ steps, places }: Draft, place: number): void {
  for (const step of places.get(place)?.feeds ?? []) steps.get(step)?.post.delete(place);
  for (const step of places.get(place)?.drains ?? []) steps.get(step)?.pre.delete(place);
  places.delete(place);
}
