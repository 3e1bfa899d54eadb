/**
 * The coverability tree of Karp and Miller (Parallel program schemata, 1969): what can be marked and fired in a net without
 * bound. A place that can grow for ever holds ω, here `Infinity`, which behaves as ω under addition.
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
}

const BUDGET = { nodes: 2_000, work: 5_000_000 };

export function coverability(net: Net, { nodes, work } = BUDGET): Coverability {
  const small = compact(net);
  const growing = new Set<number>();
  const fired = new Set<number>();
  const known = new Set<string>();
  const open: Node[] = [{ tokens: Float64Array.from(net.initial), parent: undefined }];
  let done = 0;
  for (let node = open.pop(); node; node = open.pop()) {
    if (known.size > nodes || done > work) return { complete: false, growing, fired };
    const key = node.tokens.join();
    done += 8 * node.tokens.length;
    if (known.has(key)) continue;
    known.add(key);
    for (let transition = 0; transition < small.transitions; transition += 1) {
      const tokens = firedFrom(small, transition, node.tokens);
      if (!tokens) continue;
      fired.add(transition);
      done += accelerate(tokens, node) + 4 * tokens.length;
      for (let place = 0; place < tokens.length; place += 1)
        if (tokens[place] === Number.POSITIVE_INFINITY) growing.add(place);
      open.push({ tokens, parent: node });
    }
    done += small.transitions;
  }
  return { complete: true, growing, fired };
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
