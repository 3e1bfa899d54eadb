/** States as Atomic writes them, one name, where ours may be a name for each of several regions. */
import type { Json } from '../../persistence/records.ts';

/** The state the change as a whole is in: `Review`, whatever its regions are in. Null before there was any. */
export function nameOf(state: Json): string | null {
  if (typeof state === 'string') return state;
  return Object.keys(partsOf(state))[0] ?? null;
}

/** Whether a state is, or lies within, the one that is named: `Review` and `Review.code.pending` alike. */
export function isIn(state: Json, path: string): boolean {
  if (typeof state === 'string') return state === path;
  return Object.entries(partsOf(state)).some(
    ([name, inner]) =>
      path === name || (path.startsWith(`${name}.`) && isIn(inner, path.slice(name.length + 1))),
  );
}

function partsOf(state: Json): { readonly [name: string]: Json } {
  return typeof state === 'object' && state !== null && !Array.isArray(state)
    ? (state as { readonly [name: string]: Json })
    : {};
}
