/**
 * Every marking a net can reach, breadth first, so that the way back to the start is a shortest trace. It ends where all were
 * seen, where steps show that can be repeated for ever (see `pumps.ts`), or at its budget.
 */
import { type CompactNet, compact } from './compact.ts';
import { Ints, reaching } from './ints.ts';
import type { Net } from './net.ts';
import { type CellBytes, Pool, weightsOf } from './pool.ts';
import { type Covering, type Records, recordsOf } from './pumps.ts';

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
  readonly covering: Covering | undefined;
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
  /** Of a marking whose successors were looked at: these. */
  readonly next: (index: number) => number[];
}

export function explore(net: Net, limits: Limits = LIMITS): Explored {
  const small = compact(net);
  const most = net.initial.reduce((max, tokens) => Math.max(max, tokens), 0);
  for (const bytes of [1, 2] as const) {
    const found = most < 2 ** (8 * bytes) ? search(net, small, limits, bytes) : undefined;
    if (found) return found;
  }
  return search(net, small, limits, 4) ?? nothing(net);
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
    next: () => [],
  };
}

/** A search under way. `tokens` is the marking at `cursor`, changed and changed back by each firing. */
interface Search {
  readonly net: CompactNet;
  readonly limits: Limits;
  readonly pool: Pool;
  readonly tokens: Int32Array;
  /** What each transition changes in the hash. */
  readonly hashes: Int32Array;
  readonly records: Records;
  /** The marking and the transition by which each marking was reached first, and the sum of its tokens. */
  readonly from: Ints;
  readonly via: Ints;
  readonly sums: Ints;
  readonly starts: Ints;
  readonly targets: Ints;
  readonly fired: Uint8Array;
  readonly dead: number[];
  bound: number;
  unsafe: number | undefined;
  covering: Covering | undefined;
  cursor: number;
  isOutgrown: boolean;
  /** Past the budget of its limits. */
  isFull: boolean;
}

function begun({ initial }: Net, net: CompactNet, limits: Limits, bytes: CellBytes): Search {
  const pool = new Pool(net.places, bytes);
  const weights = weightsOf(net.places);
  const [from, via, sums] = [new Ints(), new Ints(), new Ints()];
  const tokens = Int32Array.from(initial);
  const bound = initial.reduce((max, count) => Math.max(max, count), 0);
  pool.add(
    tokens,
    initial.reduce((sum, count, place) => (sum + Math.imul(count, weights[place] ?? 0)) | 0, 0),
  );
  from.push(-1);
  via.push(-1);
  sums.push(initial.reduce((sum, count) => sum + count, 0));
  return {
    ...{ net, limits, pool, tokens, from, via, sums, bound, unsafe: bound > 1 ? 0 : undefined },
    hashes: hashesOf(net, weights),
    records: recordsOf(initial, pool, from),
    ...{ starts: new Ints(), targets: new Ints(), fired: new Uint8Array(net.transitions), dead: [] },
    ...{ covering: undefined, cursor: 0, isOutgrown: false, isFull: false },
  };
}

/** Undefined where a place outgrows its cell. */
function search(net: Net, small: CompactNet, limits: Limits, bytes: CellBytes): Explored | undefined {
  const run = begun(net, small, limits, bytes);
  const { pool, tokens, starts, targets, dead, from, via, sums } = run;
  const isConcurrent = concurrency(small, limits.concurrent);
  const fire = (transition: number) => firing(run, transition);
  for (; run.cursor < pool.size && !run.covering && !run.isFull; run.cursor += 1) {
    starts.push(targets.length);
    pool.read(run.cursor, tokens);
    forEnabled(small, tokens, fire);
    if (run.isOutgrown) return undefined;
    if (targets.length === starts.at(run.cursor)) dead.push(run.cursor);
    run.isFull ||= isConcurrent(tokens);
  }
  starts.push(targets.length);
  const { bound, unsafe, covering, fired } = run;
  return {
    complete: !covering && !run.isFull,
    states: pool.size,
    edges: targets.length,
    ...{ bound, unsafe, covering, fired, dead },
    marking: (index) => pool.marking(index),
    tokens: (index, place) => pool.tokens(index, place),
    total: (index) => sums.at(index),
    trace: (index) => traceTo(from, via, index),
    reaching: (goals) => reaching(starts, targets, pool.size, goals),
    next: (index) => {
      const begin = starts.at(index);
      return Array.from({ length: starts.at(index + 1) - begin }, (_, at) => targets.at(begin + at));
    },
  };
}

function firing(run: Search, transition: number): void {
  const { net, tokens, pool, fired } = run;
  const { starts, places, weights } = net.delta;
  const [begin, end] = [starts[transition] as number, starts[transition + 1] as number];
  let top = 0;
  for (let arc = begin; arc < end; arc += 1) {
    const place = places[arc] as number;
    const count = (tokens[place] as number) + (weights[arc] as number);
    tokens[place] = count;
    if (count > top) top = count;
  }
  fired[transition] = 1;
  if (top > pool.most) run.isOutgrown = true;
  else if (!run.isFull) arrive(run, transition, top);
  for (let arc = begin; arc < end; arc += 1) {
    const place = places[arc] as number;
    tokens[place] = (tokens[place] as number) - (weights[arc] as number);
  }
}

/** The marking in `tokens` was reached. `top` is the most tokens on a place that changed. */
function arrive(run: Search, transition: number, top: number): void {
  const { net, tokens, pool, cursor, records } = run;
  const before = pool.size;
  const target = pool.add(tokens, (pool.hashAt(cursor) + (run.hashes[transition] as number)) | 0);
  run.targets.push(target);
  run.isFull ||= run.targets.length > run.limits.edges;
  if (target < before) return;
  run.isFull ||= pool.size > run.limits.markings || pool.size * net.places * pool.width > run.limits.bytes;
  run.from.push(cursor);
  run.via.push(transition);
  run.sums.push(run.sums.at(cursor) + (net.sums[transition] as number));
  if (top > run.bound) run.bound = top;
  if (top < 2) return;
  run.unsafe ??= target;
  let isRecord = false;
  for (
    let arc = net.delta.starts[transition] as number;
    arc < (net.delta.starts[transition + 1] as number);
    arc += 1
  ) {
    const place = net.delta.places[arc] as number;
    if (records.note(place, tokens[place] as number)) isRecord = true;
  }
  if (isRecord) run.covering ??= records.covering(target);
}

function forEnabled(net: CompactNet, tokens: Int32Array, fire: (transition: number) => void): void {
  for (const transition of net.always) fire(transition);
  const { starts, transitions } = net.waiting;
  for (let place = 0; place < net.places; place += 1) {
    if (tokens[place] === 0) continue;
    const end = starts[place + 1] as number;
    for (let index = starts[place] as number; index < end; index += 1) {
      const transition = transitions[index] as number;
      if (isEnabled(net, transition, tokens)) fire(transition);
    }
  }
}

function isEnabled({ pre }: CompactNet, transition: number, tokens: Int32Array): boolean {
  const end = pre.starts[transition + 1] as number;
  for (let arc = pre.starts[transition] as number; arc < end; arc += 1)
    if ((tokens[pre.places[arc] as number] as number) < (pre.weights[arc] as number)) return false;
  return true;
}

function hashesOf({ delta, transitions }: CompactNet, weights: Int32Array): Int32Array {
  return Int32Array.from({ length: transitions }, (_, transition) => {
    let hash = 0;
    for (
      let arc = delta.starts[transition] as number;
      arc < (delta.starts[transition + 1] as number);
      arc += 1
    )
      hash =
        (hash + Math.imul(delta.weights[arc] as number, weights[delta.places[arc] as number] as number)) | 0;
    return hash;
  });
}

/** Whether so many transitions can fire that none takes from another. */
function concurrency(net: CompactNet, limit: number): (tokens: Int32Array) => boolean {
  if (limit >= net.transitions) return () => false;
  const claimed = new Int32Array(net.places);
  let round = 0;
  return (tokens) => {
    round += 1;
    let count = 0;
    forEnabled(net, tokens, (transition) => {
      let isFree = true;
      for (
        let arc = net.pre.starts[transition] as number;
        arc < (net.pre.starts[transition + 1] as number);
        arc += 1
      ) {
        const place = net.pre.places[arc] as number;
        if (claimed[place] === round) isFree = false;
        claimed[place] = round;
      }
      if (isFree) count += 1;
    });
    return count >= limit;
  };
}

function traceTo(from: Ints, via: Ints, index: number): number[] {
  const way: number[] = [];
  for (let at = index; from.at(at) >= 0; at = from.at(at)) way.push(via.at(at));
  return way.reverse();
}
