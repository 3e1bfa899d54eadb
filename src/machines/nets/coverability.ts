/**
 * What can be marked and fired in a net without bound: the tree of Karp and Miller (Parallel program schemata, 1969), of which
 * only what nothing else covers is followed up (Reynier and Servais, Minimal coverability set for Petri nets: Karp and Miller
 * algorithm with pruning, 2013). A place that can grow for ever holds ω, here `Infinity`, which behaves as ω under addition.
 */
import { type CompactNet, compact } from './compact.ts';
import type { Net } from './net.ts';

export interface Coverability {
  /** Whether the tree was finished; where not, more places may grow and more transitions fire. */
  readonly complete: boolean;
  /** Places that can hold any number of tokens. */
  readonly growing: ReadonlySet<number>;
  readonly fired: ReadonlySet<number>;
}

interface Node {
  readonly tokens: Float64Array;
  /** Which places are marked, and which hold ω: a bit for each, of 32 that they share. Most comparisons end here. */
  readonly marked: number;
  readonly grown: number;
  readonly parent: Node | undefined;
  /** Whether it is still followed up: nothing found later covers it or where it came from. */
  isActive: boolean;
}

/** `cells` are the numbers of tokens kept, one a place and marking; `work` is in comparisons. */
const BUDGET = { cells: 60_000, work: 20_000_000 };

export function coverability(net: Net, { cells, work } = BUDGET): Coverability {
  const small = compact(net);
  const growing = new Set<number>();
  const fired = new Set<number>();
  const root = nodeOf(Float64Array.from(net.initial), undefined);
  const all = [root];
  const open = [root];
  let active = [root];
  let done = 0;
  for (let node = open.pop(); node; node = open.pop())
    for (let transition = 0; transition < small.transitions && node.isActive; transition += 1) {
      if (all.length * small.places > cells || done > work) return { complete: false, growing, fired };
      const tokens = firedFrom(small, transition, node.tokens);
      done += 1;
      if (!tokens) continue;
      fired.add(transition);
      done += accelerate(tokens, node) + 4 * tokens.length + active.length;
      for (let place = 0; place < tokens.length; place += 1)
        if (tokens[place] === Number.POSITIVE_INFINITY) growing.add(place);
      const next = nodeOf(tokens, node);
      if (active.some((each) => covers(each, next))) continue;
      if (giveUp(all, active, next)) active = active.filter((each) => each.isActive);
      for (const each of [all, open, active]) each.push(next);
    }
  return { complete: true, growing, fired };
}

function nodeOf(tokens: Float64Array, parent: Node | undefined): Node {
  let [marked, grown] = [0, 0];
  for (let place = 0; place < tokens.length; place += 1) {
    if (tokens[place] !== 0) marked |= 1 << place;
    if (tokens[place] === Number.POSITIVE_INFINITY) grown |= 1 << place;
  }
  return { tokens, marked, grown, parent, isActive: true };
}

/** Gives up what the new one covers, and all that comes from there; false where that is nothing. */
function giveUp(all: readonly Node[], active: readonly Node[], next: Node): boolean {
  const covered = new Set(active.filter((each) => covers(next, each)));
  if (covered.size === 0) return false;
  for (const each of all) if (each.parent && covered.has(each.parent)) covered.add(each);
  for (const each of covered) each.isActive = false;
  return true;
}

function covers(more: Node, less: Node): boolean {
  if ((less.marked & ~more.marked) !== 0 || (less.grown & ~more.grown) !== 0) return false;
  const [most, least] = [more.tokens, less.tokens];
  for (let place = 0; place < most.length; place += 1)
    if ((most[place] as number) < (least[place] as number)) return false;
  return true;
}

function firedFrom(
  { pre, delta }: CompactNet,
  transition: number,
  from: Float64Array,
): Float64Array | undefined {
  for (let arc = pre.starts[transition] as number; arc < (pre.starts[transition + 1] as number); arc += 1)
    if ((from[pre.places[arc] as number] as number) < (pre.weights[arc] as number)) return undefined;
  const tokens = from.slice();
  for (let arc = delta.starts[transition] as number; arc < (delta.starts[transition + 1] as number); arc += 1)
    tokens[delta.places[arc] as number] =
      (tokens[delta.places[arc] as number] as number) + (delta.weights[arc] as number);
  return tokens;
}

/** Where an ancestor is covered, what has grown since grows for ever. Says how much was compared. */
function accelerate(tokens: Float64Array, parent: Node): number {
  let compared = 0;
  for (let above: Node | undefined = parent; above; above = above.parent) {
    const { tokens: before } = above;
    if (!above.isActive) continue;
    let place = 0;
    while (place < tokens.length && (tokens[place] as number) >= (before[place] as number)) place += 1;
    compared += place + 1;
    if (place < tokens.length) continue;
    compared += tokens.length;
    for (let index = 0; index < tokens.length; index += 1)
      if ((tokens[index] as number) > (before[index] as number)) tokens[index] = Number.POSITIVE_INFINITY;
  }
  return compared;
}
