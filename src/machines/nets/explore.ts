/**
 * Every marking a net can reach, breadth first, so that the way back to the start is a shortest trace. A marking that
 * strictly covers one on its own way proves the net unbounded (Karp and Miller 1969) and ends the search.
 */
import type { Net } from './net.ts';
import { type CellBytes, type Cells, cellsOf, Pool, weightsOf } from './pool.ts';

export interface Limits {
  /** Markings. */
  readonly markings: number;
  /** Bytes of packed markings. */
  readonly bytes: number;
  readonly edges: number;
  /** Given up where so many transitions can fire independently: more markings than anybody counts. */
  readonly concurrent: number;
}

export const LIMITS: Limits = {
  markings: 1_500_000,
  bytes: 400_000_000,
  edges: 20_000_000,
  concurrent: Number.POSITIVE_INFINITY,
};

export interface Explored {
  /** All markings were seen; false past the budget and where the net is unbounded. */
  readonly complete: boolean;
  /** How many markings and edges were seen. */
  readonly states: number;
  readonly edges: number;
  /** The most tokens seen on one place. */
  readonly bound: number;
  /** The first marking with two tokens on a place. */
  readonly unsafe: number | undefined;
  /** A marking that strictly covers an earlier one on its own way, and that one. */
  readonly covering: readonly [marking: number, covered: number] | undefined;
  /** By transition: whether it fired. */
  readonly fired: Uint8Array;
  /** Markings without successor, among those whose successors were all looked at. */
  readonly dead: readonly number[];
  readonly marking: (index: number) => number[];
  /** Tokens of a marking on one place, and on all of them. */
  readonly tokens: (index: number, place: number) => number;
  readonly total: (index: number) => number;
  /** The transitions of a shortest way from the start. */
  readonly trace: (index: number) => number[];
  /** Of a complete exploration: which markings reach one of these, themselves included. */
  readonly reaching: (goals: Iterable<number>) => Uint8Array;
}

/** Ancestors looked at for domination. A loop that pumps tokens covers again within its own length. */
const ANCESTORS = 512;

export function explore(net: Net, limits: Limits = LIMITS): Explored {
  const most = net.initial.reduce((max, tokens) => Math.max(max, tokens), 0);
  for (const bytes of [1, 2] as const) {
    const found = most < 2 ** (8 * bytes) ? search(net, limits, bytes) : undefined;
    if (found) return found;
  }
  return search(net, limits, 4) ?? search({ ...net, transitions: [] }, limits, 4) ?? nothing(net);
}

/** Too many tokens for any cell: nothing can be said. */
function nothing(net: Net): Explored {
  return {
    complete: false,
    states: 0,
    edges: 0,
    bound: 0,
    unsafe: undefined,
    covering: undefined,
    fired: new Uint8Array(net.transitions.length),
    dead: [],
    marking: () => [...net.initial],
    tokens: (_, place) => net.initial[place] ?? 0,
    total: () => net.initial.reduce((sum, tokens) => sum + tokens, 0),
    trace: () => [],
    reaching: () => new Uint8Array(),
  };
}

/** Arcs as flat arrays, and what firing does to hash and token sum. */
function compiled({ transitions }: Net, weights: Int32Array) {
  return transitions.map(({ pre, post }) => {
    const change = new Map<number, number>();
    for (const [place, weight] of pre) change.set(place, (change.get(place) ?? 0) - weight);
    for (const [place, weight] of post) change.set(place, (change.get(place) ?? 0) + weight);
    const changes = [...change].filter(([, by]) => by !== 0);
    return {
      needs: Float64Array.from(pre.flat()),
      changes: Float64Array.from(changes.flat()),
      hash: changes.reduce((sum, [place, by]) => (sum + Math.imul(by, weights[place] ?? 0)) | 0, 0),
      sum: changes.reduce((sum, [, by]) => sum + by, 0),
    };
  });
}

function hashOf(marking: readonly number[], weights: ArrayLike<number>): number {
  return marking.reduce((sum, tokens, place) => (sum + Math.imul(tokens, weights[place] ?? 0)) | 0, 0);
}

/** Undefined where a place outgrows its cell. */
function search(net: Net, limits: Limits, bytes: CellBytes): Explored | undefined {
  const size = net.places.length;
  const weights = weightsOf(size);
  const firings = compiled(net, weights);
  const grows = firings.some(({ sum }) => sum > 0);
  const pool = new Pool(size, bytes);
  const budget = Math.min(limits.markings, Math.max(1, Math.floor(limits.bytes / Math.max(1, size * bytes))));
  const from = new Ints();
  const via = new Ints();
  const sums: number[] = [];
  const [starts, targets] = [new Ints(), new Ints()];
  const fired = new Uint8Array(net.transitions.length);
  const dead: number[] = [];
  const scratch = cellsOf(bytes, size);
  const claimed = new Int32Array(size);
  let bound = net.initial.reduce((max, tokens) => Math.max(max, tokens), 0);
  let unsafe: number | undefined = bound > 1 ? 0 : undefined;
  let covering: Explored['covering'];

  scratch.set(net.initial);
  pool.add(scratch, hashOf(net.initial, weights));
  from.push(-1);
  via.push(-1);
  sums.push(net.initial.reduce((sum, tokens) => sum + tokens, 0));

  let cursor = 0;
  let stopped = false;
  for (; cursor < pool.size && !stopped; cursor++) {
    starts.push(targets.length);
    const hash = pool.hashAt(cursor);
    const chunk = pool.chunkOf(cursor);
    const start = pool.startOf(cursor);
    let independent = 0;
    for (let index = 0; index < firings.length; index++) {
      const firing = firings[index];
      if (!firing || !enabled(firing.needs, chunk, start)) continue;
      if (limits.concurrent < firings.length && claim(claimed, firing.needs, cursor + 1)) independent++;
      for (let place = 0; place < size; place++) scratch[place] = chunk[start + place] ?? 0;
      const top = apply(firing.changes, scratch, chunk, start);
      if (top > pool.most) return undefined;
      fired[index] = 1;
      const before = pool.size;
      const target = pool.add(scratch, (hash + firing.hash) | 0);
      targets.push(target);
      if (target < before) continue;
      from.push(cursor);
      via.push(index);
      sums.push((sums[cursor] ?? 0) + firing.sum);
      bound = Math.max(bound, top);
      if (top > 1) unsafe ??= target;
      const covered = grows ? coveredBy(pool, from, sums, target, size) : -1;
      if (covered >= 0) covering = [target, covered];
      stopped = covering !== undefined || pool.size > budget || targets.length > limits.edges;
      if (stopped) break;
    }
    if (independent >= limits.concurrent) stopped = true;
    if (!stopped && targets.length === starts.at(cursor)) dead.push(cursor);
  }
  starts.push(targets.length);
  return {
    complete: !stopped,
    states: pool.size,
    edges: targets.length,
    bound,
    unsafe,
    covering,
    fired,
    dead,
    marking: (index) => pool.marking(index),
    tokens: (index, place) => pool.chunkOf(index)[pool.startOf(index) + place] ?? 0,
    total: (index) => sums[index] ?? 0,
    trace: (index) => traceTo(from, via, index),
    reaching: (goals) => reaching(starts, targets, pool.size, goals),
  };
}

function enabled(needs: Float64Array, chunk: Cells, start: number): boolean {
  for (let at = 0; at < needs.length; at += 2)
    if ((chunk[start + (needs[at] ?? 0)] ?? 0) < (needs[at + 1] ?? 0)) return false;
  return true;
}

/** Writes the changed places; the most tokens on one of them. */
function apply(changes: Float64Array, scratch: Cells, chunk: Cells, start: number): number {
  let top = 0;
  for (let at = 0; at < changes.length; at += 2) {
    const place = changes[at] ?? 0;
    const tokens = (chunk[start + place] ?? 0) + (changes[at + 1] ?? 0);
    scratch[place] = tokens;
    if (tokens > top) top = tokens;
  }
  return top;
}

/** Whether none of these places was claimed in this round; claims them. */
function claim(claimed: Int32Array, needs: Float64Array, round: number): boolean {
  let free = true;
  for (let at = 0; at < needs.length; at += 2) {
    const place = needs[at] ?? 0;
    if (claimed[place] === round) free = false;
    claimed[place] = round;
  }
  return free;
}

/** The nearest marking on the way to this one that it strictly covers, or -1. */
function coveredBy(pool: Pool, from: Ints, sums: readonly number[], index: number, size: number): number {
  const chunk = pool.chunkOf(index);
  const start = pool.startOf(index);
  let left = ANCESTORS;
  for (let above = from.at(index); above >= 0 && left > 0; above = from.at(above), left--) {
    if ((sums[above] ?? 0) >= (sums[index] ?? 0)) continue;
    const other = pool.chunkOf(above);
    const first = pool.startOf(above);
    let place = 0;
    while (place < size && (other[first + place] ?? 0) <= (chunk[start + place] ?? 0)) place++;
    if (place === size) return above;
  }
  return -1;
}

function traceTo(from: Ints, via: Ints, index: number): number[] {
  const way: number[] = [];
  for (let at = index; from.at(at) >= 0; at = from.at(at)) way.push(via.at(at));
  return way.reverse();
}

/** Backwards over the edges, which are turned round once. */
function reaching(starts: Ints, targets: Ints, states: number, goals: Iterable<number>): Uint8Array {
  const first = new Int32Array(states + 1);
  for (let edge = 0; edge < targets.length; edge++)
    first[targets.at(edge) + 1] = (first[targets.at(edge) + 1] ?? 0) + 1;
  for (let state = 0; state < states; state++)
    first[state + 1] = (first[state + 1] ?? 0) + (first[state] ?? 0);
  const next = first.slice();
  const sources = new Int32Array(targets.length);
  for (let state = 0; state < states; state++)
    for (let edge = starts.at(state); edge < starts.at(state + 1); edge++) {
      const target = targets.at(edge);
      const at = next[target] ?? 0;
      sources[at] = state;
      next[target] = at + 1;
    }
  const reached = new Uint8Array(states);
  const open = [...goals];
  for (const goal of open) reached[goal] = 1;
  for (let state = open.pop(); state !== undefined; state = open.pop())
    for (let at = first[state] ?? 0; at < (first[state + 1] ?? 0); at++) {
      const source = sources[at] ?? 0;
      if (reached[source]) continue;
      reached[source] = 1;
      open.push(source);
    }
  return reached;
}

/** A growing row of integers. */
class Ints {
  length = 0;
  #data = new Int32Array(1 << 8);

  push(value: number): void {
    if (this.length === this.#data.length) {
      const data = new Int32Array(this.length * 2);
      data.set(this.#data);
      this.#data = data;
    }
    this.#data[this.length++] = value;
  }

  at(index: number): number {
    return this.#data[index] ?? 0;
  }
}
