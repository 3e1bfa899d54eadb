/** Histories of changes, taken apart: how long places were kept, and how long it took from a configuration to an outcome. */
import type { Definition } from '../../machines/definition.ts';
import type { ChangeHistory } from '../../persistence/history-records.ts';
import { type Place, placeOf } from './places.ts';
import type { Sojourn } from './survival.ts';

/** A stay in a configuration (or a state) and what came of it; times from when it began, ms. */
export interface Visit {
  readonly stayMs: number;
  /** To the outcome, or to when nobody looked any more. */
  readonly restMs: number;
  readonly outcome: string | null;
}

export interface Episodes {
  /** By path, the states with regions among them. */
  readonly sojourns: ReadonlyMap<string, readonly Sojourn[]>;
  /** By configuration, and by state. */
  readonly visits: ReadonlyMap<string, readonly Visit[]>;
}

/** Since when a change has been in its places, its configuration and its state, ms. */
export interface Standing {
  readonly place: Place;
  readonly since: ReadonlyMap<string, number>;
}

/** `seenUntil` is when the histories were read: nothing is known of what happened after, ms. */
export function episodesOf(
  definition: Definition,
  histories: readonly ChangeHistory[],
  seenUntil: number,
): Episodes {
  const sojourns = new Map<string, Sojourn[]>();
  const visits = new Map<string, Visit[]>();
  for (const { moves } of histories) {
    const { since } = walk(definition, moves, (path, ms, end) => add(sojourns, path, { ms, end }));
    for (const [path, at] of since) add(sojourns, path, { ms: spent(at, seenUntil), end: null });
    addVisits(visits, definition, moves, seenUntil);
  }
  return { sojourns, visits };
}

/** Where the change is and since when; undefined where nothing happened yet. */
export function standingOf(definition: Definition, { moves }: ChangeHistory): Standing | undefined {
  const { place, since } = walk(definition, moves, () => {});
  if (!place) return undefined;
  const all = new Map(since);
  for (const key of keysOf(place)) all.set(key, sinceWhen(definition, moves, key));
  return { place, since: all };
}

type Moves = ChangeHistory['moves'];

/** Goes through the moves and says of each place that is given up for how long it was kept, and whether by its own will. */
function walk(
  definition: Definition,
  moves: Moves,
  left: (path: string, ms: number, end: string | null) => void,
): { readonly place: Place | undefined; readonly since: Map<string, number> } {
  let place: Place | undefined;
  let since = new Map<string, number>();
  for (const { state, at } of moves) {
    const next = placeOf(definition, state);
    const kept = new Map<string, number>();
    for (const path of pathsOf(next)) kept.set(path, next.top === place?.top ? (since.get(path) ?? at) : at);
    for (const [path, began] of since)
      if (kept.get(path) !== began || next.top !== place?.top)
        left(path, spent(began, at), place && hasMoved(path, place, next) ? 'moved' : null);
    place = next;
    since = kept;
  }
  return { place, since };
}

/**
 * When a state with regions is left, and one region was still open, it was that region which moved; where several were, it
 * was the state that was left, whatever its regions would have done: they count as seen until then.
 */
function hasMoved(path: string, from: Place, to: Place): boolean {
  if (from.top === to.top) return true;
  return path === from.top
    ? from.leaves.length !== 1 || from.leaves[0] === from.top
    : from.leaves.length === 1;
}

/** Of a state without regions, the state; of one with regions, those that are open, and the state. */
function pathsOf({ top, leaves, key }: Place): Set<string> {
  const isOver = leaves.length === 0 && key === top;
  return new Set(isOver ? [] : [...leaves, top]);
}

function keysOf({ key, top }: Place): Set<string> {
  return new Set([key, top]);
}

function addVisits(
  visits: Map<string, Visit[]>,
  definition: Definition,
  moves: Moves,
  seenUntil: number,
): void {
  const open = new Map<string, number>();
  const close = (key: string, began: number, from: number, until: number) => {
    const end = moves.slice(from).find(({ outcome }) => outcome !== null);
    const restMs = spent(began, end?.at ?? seenUntil);
    add(visits, key, { stayMs: spent(began, until), restMs, outcome: end?.outcome ?? null });
  };
  for (const [index, { state, outcome, at }] of moves.entries()) {
    const keys = outcome === null ? keysOf(placeOf(definition, state)) : new Set<string>();
    for (const [key, began] of open)
      if (!keys.has(key)) {
        close(key, began, index, at);
        open.delete(key);
      }
    for (const key of keys) if (!open.has(key)) open.set(key, at);
  }
  for (const [key, began] of open) close(key, began, moves.length, seenUntil);
}

/** When the last stay there began. */
function sinceWhen(definition: Definition, moves: Moves, key: string): number {
  const away = moves.findLastIndex(({ state }) => !keysOf(placeOf(definition, state)).has(key));
  return moves[away + 1]?.at ?? 0;
}

/** Senders say when things happened, and may say it in any order. */
function spent(from: number, until: number): number {
  return Math.max(0, until - from);
}

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
}
