/**
 * Place invariants: weights under which no transition changes the sum of tokens. Each bounds the places it weighs, without any
 * search. Found by Farkas' elimination, which may grow beyond measure and is given up past a limit.
 */
import type { Net } from './net.ts';

export type Invariant = ReadonlyMap<number, number>;

interface Row {
  readonly change: Map<number, number>;
  readonly weights: Map<number, number>;
}

const LIMIT = { rows: 500, places: 400 };

/** Invariants without negative weights, the minimal ones among them; undefined where they are too many. */
export function placeInvariants(net: Net, limit = LIMIT): Invariant[] | undefined {
  if (net.places.length > limit.places) return undefined;
  let rows: Row[] = net.places.map((_, place) => ({ change: new Map(), weights: new Map([[place, 1]]) }));
  for (const [index, { pre, post }] of net.transitions.entries()) {
    for (const [place, weight] of pre) add(rows[place]?.change, index, -weight);
    for (const [place, weight] of post) add(rows[place]?.change, index, weight);
  }
  const left = new Set(net.transitions.keys());
  while (left.size > 0) {
    const index = cheapest(rows, left);
    left.delete(index);
    const next = eliminated(rows, index, limit.rows);
    if (!next) return undefined;
    rows = next;
  }
  return minimal(rows).map(({ weights }) => weights);
}

function cheapest(rows: readonly Row[], left: ReadonlySet<number>): number {
  const signs = new Map<number, [number, number]>();
  for (const { change } of rows)
    for (const [index, by] of change) {
      const [plus, minus] = signs.get(index) ?? [0, 0];
      signs.set(index, by > 0 ? [plus + 1, minus] : [plus, minus + 1]);
    }
  let best = -1;
  let cost = Number.POSITIVE_INFINITY;
  for (const index of left) {
    const [plus, minus] = signs.get(index) ?? [0, 0];
    if (plus * minus - plus - minus < cost) [best, cost] = [index, plus * minus - plus - minus];
  }
  return best;
}

function eliminated(rows: readonly Row[], index: number, limit: number): Row[] | undefined {
  const next = rows.filter(({ change }) => !change.get(index));
  const plus = rows.filter(({ change }) => (change.get(index) ?? 0) > 0);
  const minus = rows.filter(({ change }) => (change.get(index) ?? 0) < 0);
  if (next.length + plus.length * minus.length > limit * 4) return undefined;
  for (const more of plus)
    for (const less of minus)
      next.push(sum(more, -(less.change.get(index) ?? 0), less, more.change.get(index) ?? 0));
  const kept = next.length > 60 ? minimal(next) : next;
  return kept.length > limit ? undefined : kept;
}

function sum(a: Row, times: number, b: Row, timesB: number): Row {
  const shared = gcd(times, timesB);
  const [m, n] = [times / shared, timesB / shared];
  const mixed = (one: Map<number, number>, other: Map<number, number>) => {
    const all = new Map([...one].map(([key, value]) => [key, value * m]));
    for (const [key, value] of other) add(all, key, value * n);
    return all;
  };
  const row = { change: mixed(a.change, b.change), weights: mixed(a.weights, b.weights) };
  const common = [...row.change.values(), ...row.weights.values()].reduce((x, y) => gcd(x, Math.abs(y)), 0);
  if (common <= 1) return row;
  const divided = (map: Map<number, number>) =>
    new Map([...map].map(([key, value]) => [key, value / common]));
  return { change: divided(row.change), weights: divided(row.weights) };
}

/** Rows whose places contain those of another row say less. */
function minimal(rows: readonly Row[]): Row[] {
  const sorted = rows.toSorted((a, b) => a.weights.size - b.weights.size);
  const kept: Row[] = [];
  for (const row of sorted)
    if (!kept.some(({ weights }) => [...weights.keys()].every((place) => row.weights.has(place))))
      kept.push(row);
  return kept;
}

function add(map: Map<number, number> | undefined, key: number, by: number): void {
  const value = (map?.get(key) ?? 0) + by;
  if (value === 0) map?.delete(key);
  else map?.set(key, value);
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** The most tokens that each place can hold as far as the invariants say; Infinity where they do not. */
export function boundsBy(invariants: readonly Invariant[], { places, initial }: Net): number[] {
  const bounds = places.map(() => Number.POSITIVE_INFINITY);
  for (const weights of invariants) {
    const total = [...weights].reduce((all, [place, weight]) => all + weight * (initial[place] ?? 0), 0);
    for (const [place, weight] of weights)
      bounds[place] = Math.min(bounds[place] ?? total, Math.floor(total / weight));
  }
  return bounds;
}
