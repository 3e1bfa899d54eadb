/** Where a change can be, as the exploration counts it, and how it moves from there. */

import { invariant } from '../errors.ts';
import type { Known } from './check-chance.ts';
import type { Model, Place, TopPlace } from './check-model.ts';
import type { Transition } from './definition.ts';

/** A state, the state of each of its regions, and which times are over there. */
export interface Configuration {
  readonly top: TopPlace;
  readonly inner: readonly Place[];
  /** Marks of times that are over, sorted. They last as long as the state they belong to. */
  readonly marks: readonly string[];
}

export interface Move {
  readonly to: Configuration;
  readonly label: readonly string[];
  readonly taken: readonly Transition[];
}

/** More than can be explored: nothing is decided. */
export class Overflow extends Error {}

/** The configuration in which a state starts. */
export function entered(model: Model, name: string): Configuration {
  const top = model.tops.get(name);
  invariant(top, `the model leads only to states it has, not to "${name}"`);
  return { top, inner: top.regions.map(({ initial, places }) => placeIn(places, initial)), marks: [] };
}

/** The configuration after some regions have moved; undefined stands for a region that stays. */
export function moved(at: Configuration, to: readonly (string | undefined)[]): Configuration {
  const left = at.inner.filter((_, index) => to[index] !== undefined).map(({ path }) => path);
  const inner = at.inner.map((place, index) => {
    const name = to[index];
    const region = at.top.regions[index];
    return name === undefined || !region ? place : placeIn(region.places, name);
  });
  const marks = at.marks.filter((mark) => !left.some((path) => belongsTo(mark, path)));
  return { top: at.top, inner, marks };
}

export function marked(at: Configuration, mark: string): Configuration {
  return { ...at, marks: [...at.marks, mark].sort() };
}

/** What conditions may be sure of here. */
export function knownIn({ top, inner, marks }: Configuration): Known {
  const regions = top.regions.map(({ name }, index) => [name, nameOf(inner[index])] as const);
  const over = marks.flatMap((mark) => {
    const colon = mark.indexOf(':');
    return colon < 0 ? [] : [[mark.slice(colon + 1), true] as const];
  });
  return { regions: Object.fromEntries(regions), elapsed: Object.fromEntries(over) };
}

/** The same text for the same state value. */
export function valueKey({ top, inner }: Configuration): string {
  return [top.path, ...inner.map(nameOf)].join();
}

export function keyOf(at: Configuration): string {
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
  invariant(place, `the model leads only to states a region has, not to "${name}"`);
  return place;
}
