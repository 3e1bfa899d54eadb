/** Where a change can be, as the exploration counts it, and how it moves from there. */

import { invariant } from '../errors.ts';
import { type Knowledge, keeping, NOTHING } from './check-knowledge.ts';
import type { Configuration, Key, Model, Place, TopPlace } from './check-model.ts';
import type { ConditionText, Transition } from './definition.ts';

export interface Move {
  readonly to: Configuration;
  readonly label: readonly string[];
  /** Empty where time passes, and where the change comes to rest. */
  readonly taken: readonly Transition[];
  /** What has to hold for it. */
  readonly conditions: readonly ConditionText[];
  /** True where the step ends with it. */
  readonly settles: boolean;
}

/** Moves have one shape, for they are walked most. */
export function moveTo(
  to: Configuration,
  label: readonly string[],
  taken: readonly Transition[],
  conditions = conditionsOn(taken),
  settles = false,
): Move {
  return { to, label, taken, conditions, settles };
}

/** Whether two moves from one place, one of them by a transition of that place, are the same. */
export function isSameMove(one: Move, other: Move): boolean {
  const { taken, settles, to } = other;
  return one.taken === taken && one.settles === settles && one.to.facts.key === to.facts.key;
}

/** What has to hold so that they are taken, as it is written. */
export function conditionsOn(transitions: readonly Transition[]): readonly ConditionText[] {
  return transitions.flatMap((each) => {
    if (each.on === 'when') return [each.when];
    return 'if' in each && each.if !== undefined ? [each.if] : [];
  });
}

/** More than can be explored: nothing is decided. */
export class Overflow extends Error {}

/** The configuration in which a state starts. */
export function entered(model: Model, name: string, facts = NOTHING): Configuration {
  const top = model.tops.get(name);
  // Asked at every step: the sentence is made only where it is needed.
  if (!top) invariant(false, `the model leads only to states it has, not to "${name}"`);
  const value = top.begin;
  const known = facts === NOTHING && value !== undefined ? top.open.get(value) : undefined;
  if (known) return known;
  const inner = top.regions.map(({ initial, places }) => placeIn(places, initial));
  return made(top, inner, value ?? stateKey(top, inner), NONE, facts, 0);
}

/** A state with its regions in these places, where a step may begin. */
export function standing(top: TopPlace, inner: readonly Place[], marks: readonly string[]): Configuration {
  return made(top, inner, stateKey(top, inner), marks, NOTHING, 0);
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
  return made(at.top, inner, stateKey(at.top, inner), marks, facts, from);
}

/** The same for one region. */
export function movedOne(
  at: Configuration,
  index: number,
  name: string,
  facts = NOTHING,
  from = 0,
): Configuration {
  const { top, value, marks } = at;
  const region = top.regions[index];
  const left = at.inner[index];
  if (!region || !left) return at;
  const place = placeIn(region.places, name);
  const next = typeof value === 'number' ? value + (place.number - left.number) * region.stride : undefined;
  if (next !== undefined && facts === NOTHING && from === 0 && marks.length === 0) {
    const known = top.open.get(next);
    if (known) return known;
  }
  const inner = at.inner.slice();
  inner[index] = place;
  const lasting = marks.length > 0 ? marks.filter((mark) => !belongsTo(mark, left.path)) : marks;
  return made(top, inner, next ?? stateKey(top, inner), lasting, facts, from);
}

export function marked(at: Configuration, mark: string, facts = NOTHING): Configuration {
  return made(at.top, at.inner, at.value, [...at.marks, mark].sort(), facts, 0);
}

/** Where the change has nothing more to do in this step. */
export function rested({ top, inner, value, marks }: Configuration): Configuration {
  return made(top, inner, value, marks, NOTHING, 0);
}

/** Whether a step may begin here: nothing is known yet. */
export function isOpen({ facts, from }: Configuration): boolean {
  return from === 0 && facts === NOTHING;
}

const NONE: readonly string[] = [];

/**
 * The only place where one is made: as little is remembered as makes a difference to the rest of the step. Those where a step
 * may begin are met again and again, and made once.
 */
function made(
  top: TopPlace,
  inner: readonly Place[],
  value: Key,
  marks: readonly string[],
  known: Knowledge,
  first: number,
): Configuration {
  let from = first;
  while (from > 0 && inner[from - 1]?.whens.length === 0) from -= 1;
  const facts = known === NOTHING ? NOTHING : keeping(known, (fact) => isAsked(fact, top, inner, from));
  if (facts !== NOTHING || from > 0 || marks.length > 0) return { top, inner, value, marks, facts, from };
  const before = top.open.get(value);
  if (before) return before;
  const at = { top, inner, value, marks, facts, from };
  top.open.set(value, at);
  return at;
}

function isAsked(fact: number, top: TopPlace, inner: readonly Place[], from: number): boolean {
  if (top.asks.has(fact)) return true;
  for (let index = from; index < inner.length; index += 1) if (inner[index]?.asks.has(fact)) return true;
  return false;
}

function stateKey(top: TopPlace, inner: readonly Place[]): Key {
  if (top.base === undefined) return [top, ...inner].map(({ number }) => number).join();
  let value = top.base;
  for (let index = 0; index < inner.length; index += 1)
    value += (inner[index]?.number ?? 0) * (top.regions[index]?.stride ?? 0);
  return value;
}

/** Stands for all of it. */
export function keyOf(at: Configuration): Key {
  const place = placeKey(at);
  return isOpen(at) ? place : `${place}|${at.from}|${at.facts.key}`;
}

/** The same where the same is active and the same times are over. */
export function placeKey({ value, marks }: Configuration): Key {
  return marks.length === 0 ? value : `${value}|${marks.join()}`;
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
