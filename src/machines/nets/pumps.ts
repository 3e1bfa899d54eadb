/**
 * How a search notices that a net has no bound: a marking that covers one on its own way shows steps that can be repeated for
 * ever (Karp and Miller, 1969). That is looked for only where a place holds more tokens than in any marking before. In a net
 * without bound such records never cease, and beyond some height there is a covering pair on the way to each; in a safe net
 * there are none, and the search costs nothing extra.
 */
import type { Ints } from './ints.ts';
import type { Pool } from './pool.ts';

export type Covering = readonly [marking: number, covered: number];

export interface Records {
  /** To be told of a place that grew to `tokens` in a new marking; says whether that is a record of more than one. */
  readonly note: (place: number, tokens: number) => boolean;
  /** After a record: whether something can be repeated for ever on the way to `marking`. */
  readonly covering: (marking: number) => Covering | undefined;
}

export function recordsOf(initial: readonly number[], pool: Pool, from: Ints): Records {
  const most = Int32Array.from(initial);
  // Where a record has doubled, all pairs of the way are compared; else only those with the record itself.
  const doubled = Int32Array.from(initial, (tokens) => Math.max(2, tokens));
  const later = new Int32Array(initial.length);
  const earlier = new Int32Array(initial.length);
  let isThorough = false;
  return {
    note: (place, tokens) => {
      if (tokens <= (most[place] as number)) return false;
      most[place] = tokens;
      if (tokens >= 2 * (doubled[place] as number)) {
        doubled[place] = tokens;
        isThorough = true;
      }
      return tokens > 1;
    },
    covering: (marking) => {
      const isAll = isThorough;
      isThorough = false;
      for (let to = marking; to >= 0; to = from.at(to)) {
        pool.read(to, later);
        for (let before = from.at(to); before >= 0; before = from.at(before)) {
          pool.read(before, earlier);
          if (covers(later, earlier)) return [to, before];
        }
        if (!isAll) return undefined;
      }
      return undefined;
    },
  };
}

/** At least as much everywhere; more somewhere, since two markings of a way are never the same. */
function covers(more: Int32Array, less: Int32Array): boolean {
  for (let place = 0; place < more.length; place += 1)
    if ((more[place] as number) < (less[place] as number)) return false;
  return true;
}
