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
  readonly parent: Node | undefined;
  /** Whether it is still followed up: nothing found later covers it or where it came from. */
  isActive: boolean;
}

const BUDGET = { nodes: 2_000, work: 20_000_000 };

export function coverability(net: Net, { nodes, work } = BUDGET): Coverability {
  const small = compact(net);
  const growing = new Set<number>();
  const fired = new Set<number>();
  const all: Node[] = [{ tokens: Float64Array.from(net.initial), parent: undefined, isActive: true }];
  const open = [...all];
  let done = 0;
  for (let node = open.pop(); node; node = open.pop())
    for (let transition = 0; transition < small.transitions && node.isActive; transition += 1) {
      if (all.length > nodes || done > work) return { complete: false, growing, fired };
      const tokens = firedFrom(small, transition, node.tokens);
      done += 1;
      if (!tokens) continue;
      fired.add(transition);
      done += accelerate(tokens, node) + 4 * tokens.length;
      for (let place = 0; place < tokens.length; place += 1)
        if (tokens[place] === Number.POSITIVE_INFINITY) growing.add(place);
      done += 4 * all.length;
      if (all.some((each) => each.isActive && covers(each.tokens, tokens))) continue;
      const next: Node = { tokens, parent: node, isActive: true };
      prune(all, next);
      all.push(next);
      open.push(next);
    }
  return { complete: true, growing, fired };
}

/** Gives up what comes from a marking that the new one covers, but for the way to the new one that was given up before. */
function prune(all: readonly Node[], next: Node): void {
  const above = new Set<Node>();
  for (let each = next.parent; each; each = each.parent) above.add(each);
  const covered = new Set<Node>();
  for (const each of all) {
    const isCovered = (each.isActive || !above.has(each)) && covers(next.tokens, each.tokens);
    if (isCovered || (each.parent && covered.has(each.parent))) covered.add(each);
  }
  for (const each of covered) each.isActive = false;
}

function covers(more: Float64Array, less: Float64Array): boolean {
  for (let place = 0; place < more.length; place += 1)
    if ((more[place] as number) < (less[place] as number)) return false;
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
