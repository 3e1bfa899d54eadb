/** Where a change can be, as the exploration counts it, and how it moves from there. */

import { invariant } from '../errors.ts';
import { type Knowledge, keeping, NOTHING } from './check-knowledge.ts';
import type { Model, Place, TopPlace } from './check-model.ts';
import type { Transition } from './definition.ts';

/** A state, the state of each of its regions, and which times are over there. */
export interface Configuration {
  readonly top: TopPlace;
  readonly inner: readonly Place[];
  /** Marks of times that are over, sorted. They last as long as the state they belong to. */
  readonly marks: readonly string[];
  /** What has been seen since the last event, as far as it can still be asked for. Nothing where the change rests. */
  readonly facts: Knowledge;
  /** Regions before this one have nothing left to do in this step. */
  readonly from: number;
}

export interface Move {
  readonly to: Configuration;
  readonly label: readonly string[];
  /** Empty where time passes, and where the change comes to rest. */
  readonly taken: readonly Transition[];
  /** True where the step ends with it. */
  readonly settles?: boolean;
}

/** More than can be explored: nothing is decided. */
export class Overflow extends Error {}

/** The configuration in which a state starts. */
export function entered(model: Model, name: string, facts = NOTHING): Configuration {
  const top = model.tops.get(name);
  // Asked at every step: the sentence is made only where it is needed.
  if (!top) invariant(false, `the model leads only to states it has, not to "${name}"`);
  const inner = top.regions.map(({ initial, places }) => placeIn(places, initial));
  return settling({ top, inner, marks: [], facts, from: 0 });
}

/** The configuration after some regions have moved; undefined stands for a region that stays. */
export function moved(
  at: Configuration,
  to: readonly (string | undefined)[],
  facts = NOTHING,
  from = 0,
): Configuration {
  const inner = at.inner.map((place, index) => {
    const name = to[index];
    const region = at.top.regions[index];
    return name === undefined || !region ? place : placeIn(region.places, name);
  });
  const left = at.marks.length > 0 ? at.inner.filter((_, index) => to[index] !== undefined) : [];
  const marks = at.marks.filter((mark) => !left.some(({ path }) => belongsTo(mark, path)));
  return settling({ top: at.top, inner, marks, facts, from });
}

/** The same for one region. */
export function movedOne(
  at: Configuration,
  index: number,
  name: string,
  facts = NOTHING,
  from = 0,
): Configuration {
  const region = at.top.regions[index];
  const left = at.inner[index];
  if (!region || !left) return at;
  const inner = at.inner.slice();
  inner[index] = placeIn(region.places, name);
  const marks = at.marks.length > 0 ? at.marks.filter((mark) => !belongsTo(mark, left.path)) : at.marks;
  return settling({ top: at.top, inner, marks, facts, from });
}

export function marked(at: Configuration, mark: string, facts = NOTHING): Configuration {
  return settling({ ...at, marks: [...at.marks, mark].sort(), facts, from: 0 });
}

/** Where the change has nothing more to do in this step. */
export function rested(at: Configuration): Configuration {
  return { ...at, facts: NOTHING, from: 0 };
}

/** Whether a step may begin here: nothing is known yet. */
export function isOpen({ facts, from }: Configuration): boolean {
  return from === 0 && facts.key === '';
}

/** As little is remembered as makes a difference to the rest of the step. */
function settling(at: Configuration): Configuration {
  const { top, inner, facts } = at;
  let { from } = at;
  while (from > 0 && inner[from - 1]?.whens.length === 0) from -= 1;
  if (facts.key === '') return from === at.from ? at : { ...at, from };
  const isAsked = (fact: number) => {
    if (top.asks.has(fact)) return true;
    for (let index = from; index < inner.length; index += 1) if (inner[index]?.asks.has(fact)) return true;
    return false;
  };
  return { ...at, from, facts: keeping(facts, isAsked) };
}

/** What stands for a configuration in maps: a number where there are few enough of them, and nothing else is to be told. */
export type Key = number | string;

/** The same for the same state value. */
export function valueKey({ top, inner }: Configuration): Key {
  if (top.base === undefined) return [top, ...inner].map(({ number }) => number).join();
  let key = top.base;
  for (let index = 0; index < inner.length; index += 1)
    key += (inner[index]?.number ?? 0) * (top.regions[index]?.stride ?? 0);
  return key;
}

export function keyOf(at: Configuration): Key {
  const place = placeKey(at);
  return isOpen(at) ? place : `${place}|${at.from}|${at.facts.key}`;
}

/** The same where the same is active and the same times are over. */
export function placeKey(at: Configuration): Key {
  return at.marks.length === 0 ? valueKey(at) : `${valueKey(at)}|${at.marks.join()}`;
}

/** In people's words: `"Open" (lgtm: missing, hold: on)`. */
export function inWords({ top, inner }: Configuration): string {
  if (inner.length === 0) return `"${top.path}"`;
  const parts = top.regions.map(({ name }, index) => `${name}: ${nameOf(inner[index])}`);
  return `"${top.path}" (${parts.join(', ')})`;
}

function belongsTo(mark: string, path: string): boolean {
  return mark.startsWith(`${path}:`) || mark.startsWith(`${path}->`);
}

function nameOf(place: Place | undefined): string {
  return place?.name ?? '';
}

function placeIn(places: ReadonlyMap<string, Place>, name: string): Place {
  const place = places.get(name);
  if (!place) invariant(false, `the model leads only to states a region has, not to "${name}"`);
  return place;
}
