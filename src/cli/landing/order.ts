/** Changes in the order in which they can land: what others depend on comes first; else as they were named. */
import type { Change } from '../wire.ts';

export function inOrder(changes: readonly Change[]): readonly Change[] {
  const byId = new Map(changes.map((change) => [change.id, change]));
  const placed = new Set<Change>();
  const open = new Set<Change>();
  const place = (change: Change): void => {
    // Where changes depend on each other in a circle the server refuses them, in whatever order.
    if (placed.has(change) || open.has(change)) return;
    open.add(change);
    for (const id of needsOf(change)) {
      const needed = byId.get(id);
      if (needed) place(needed);
    }
    open.delete(change);
    placed.add(change);
  };
  for (const change of changes) place(change);
  return [...placed];
}

/** The changes that have to be there before it. */
export function needsOf({ dependencies = [] }: Change): readonly string[] {
  return dependencies.flatMap(({ change, policy }) =>
    change !== null && policy === 'block' ? [change] : [],
  );
}
