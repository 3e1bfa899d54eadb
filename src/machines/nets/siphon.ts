/**
 * The largest siphon without a token: whatever fills one of its places also needs one of them, so they stay empty for ever, and
 * what needs them can never fire. Found without any search, in time linear in the arcs.
 */
import type { Net } from './net.ts';

export function emptySiphon({ places, transitions, initial }: Net): ReadonlySet<number> {
  const isIn = initial.map((tokens) => tokens === 0);
  const consumers = places.map((): number[] => []);
  for (const [index, { pre }] of transitions.entries())
    for (const [place] of pre) consumers[place]?.push(index);
  const missing = transitions.map(({ pre }) => pre.filter(([place]) => isIn[place]).length);
  const open = missing.flatMap((count, transition) => (count === 0 ? [transition] : []));
  for (let transition = open.pop(); transition !== undefined; transition = open.pop())
    for (const [place] of transitions[transition]?.post ?? []) {
      if (!isIn[place]) continue;
      isIn[place] = false;
      for (const each of consumers[place] ?? []) {
        const left = (missing[each] ?? 0) - 1;
        missing[each] = left;
        if (left === 0) open.push(each);
      }
    }
  return new Set(isIn.flatMap((is, place) => (is ? [place] : [])));
}
