/**
 * A smaller net that is sound, and safe, exactly where the given workflow net is (Murata 1989, section V; Berthelot 1987). Each
 * step of it remembers the steps it stands for, so that its traces are traces of the net it came from; where nothing can fire
 * in it, nothing can there.
 */
import { agglomerate, type Draft, draftOf, removePlace, removeStep, type Way } from './agglomerate.ts';
import type { Ends, Net } from './net.ts';

export interface Reduced {
  readonly net: Net;
  readonly ends: Ends;
  /** The transitions of the given net, in their order, that a transition of the small one stands for. */
  readonly standsFor: (transition: number) => number[];
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
  for (let pass = 0; pass < MOST_PASSES; pass += 1) {
    const before = sizeOf(draft);
    for (const place of draft.places.keys()) agglomerate(draft, place);
    dropLoops(draft);
    dropTwinSteps(draft);
    dropTwinPlaces(draft);
    if (sizeOf(draft) === before) break;
  }
  return built(net, ends, draft);
}

function sizeOf({ steps, places }: Draft): number {
  return steps.size + places.size;
}

/**
 * A step that changes nothing, where another one needs the same: it can fire exactly when that one can, so no other is dead
 * and no marking stuck for want of it.
 */
function dropLoops(draft: Draft): void {
  for (const [index, { pre, post }] of draft.steps) {
    const [first] = pre;
    if (first === undefined || !isSame(pre, post)) continue;
    const others = [...(draft.places.get(first)?.drains ?? [])];
    if (others.some((other) => other !== index && isSame(draft.steps.get(other)?.pre, pre)))
      removeStep(draft, index);
  }
}

function isSame(one: ReadonlySet<number> | undefined, other: ReadonlySet<number>): boolean {
  return one?.size === other.size && [...other].every((each) => one.has(each));
}

function dropTwinSteps(draft: Draft): void {
  const seen = new Set<string>();
  for (const [index, { pre, post }] of draft.steps) {
    const key = `${keyOf(pre)}>${keyOf(post)}`;
    if (seen.has(key)) removeStep(draft, index);
    seen.add(key);
  }
}

function dropTwinPlaces(draft: Draft): void {
  const seen = new Set<string>();
  for (const [place, { feeds, drains }] of draft.places) {
    if (draft.kept.has(place) || feeds.size === 0 || drains.size === 0) continue;
    const key = `${keyOf(feeds)}>${keyOf(drains)}`;
    if (seen.has(key)) removePlace(draft, place);
    seen.add(key);
  }
}

function keyOf(set: ReadonlySet<number>): string {
  return [...set].sort((a, b) => a - b).join(',');
}

function built(net: Net, { source, sinks }: Ends, { steps, places }: Draft): Reduced {
  const left = [...places.keys()];
  const index = new Map(left.map((place, at) => [place, at]));
  const arcs = (all: ReadonlySet<number>) => [...all].map((place) => [index.get(place) ?? 0, 1] as const);
  const all = [...steps.values()];
  return {
    net: {
      places: left.map((place) => net.places[place] ?? ''),
      transitions: all.map(({ pre, post, first }) => ({
        name: net.transitions[first]?.name ?? '',
        pre: arcs(pre),
        post: arcs(post),
      })),
      initial: left.map((place) => net.initial[place] ?? 0),
    },
    ends: { source: index.get(source) ?? 0, sinks: sinks.map((sink) => index.get(sink) ?? 0) },
    standsFor: (transition) => flat(all[transition]?.way ?? []),
  };
}

function flat(way: Way): number[] {
  const found: number[] = [];
  const open: Way[] = [way];
  for (let each = open.pop(); each !== undefined; each = open.pop())
    if (typeof each === 'number') found.push(each);
    else open.push(...each.toReversed());
  return found;
}
