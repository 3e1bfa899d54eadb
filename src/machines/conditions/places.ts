/**
 * Where each node of a parsed condition stands in its text. Kept beside the tree and not in it, so that a tree from a
 * text and one from the builder are equal; forgotten together with the tree.
 */
import type { Condition } from './tree.ts';

const offsets = new WeakMap<Condition, number>();

export function rememberOffset<T extends Condition>(node: T, offset: number): T {
  offsets.set(node, offset);
  return node;
}

/** Undefined for nodes that come from the builder. */
export function offsetOf(node: Condition): number | undefined {
  return offsets.get(node);
}
