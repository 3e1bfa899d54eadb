/** Markings that are the way into circles which are never left: one for each trap, the earliest. */
import { bottomsOf } from '../check-bottoms.ts';

/** Beyond so many markings only the first is told. */
const LOOKED_AT = 100_000;

/** `trapped` are markings in the order in which they were reached, and all that follows them; `next` says what follows one. */
export function trapsIn(trapped: readonly number[], next: (index: number) => readonly number[]): number[] {
  if (trapped.length > LOOKED_AT) return trapped.slice(0, 1);
  const circles = new Set(bottomsOf(trapped, next).flat());
  const known = new Set<number>();
  return trapped.filter((index) => {
    let isNew = false;
    const open = [index];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (known.has(at)) continue;
      known.add(at);
      isNew ||= circles.has(at);
      open.push(...next(at));
    }
    return isNew;
  });
}
