/**
 * Where two edits of one file come closest. What close means is `proximity` of vcs/hunks.ts; here the pairs are chosen: in
 * the order of the file each range is held against those next to it, so that large edits take linear time, not quadratic.
 */
import { type Hunk, oldRanges, type Proximity, proximity, type Range } from '../../vcs/hunks.ts';

export interface Meeting extends Range {
  readonly closeness: Exclude<Proximity, 'apart'>;
}

const CLOSER: Readonly<Record<Proximity, number>> = { overlap: 3, touching: 2, near: 1, apart: 0 };

/**
 * The first place of the closest kind, as a range between the gaps of the old file: the lines both edit where they overlap,
 * what lies between them otherwise. Undefined where they never come within 3 lines.
 */
export function closest(ours: readonly Hunk[], theirs: readonly Hunk[]): Meeting | undefined {
  const [a, b] = [inOrder(oldRanges(ours)), inOrder(oldRanges(theirs))];
  let best: Meeting | undefined;
  for (let i = 0, j = 0; ; ) {
    const [one, other] = [a[i], b[j]];
    if (!one || !other) return best;
    const closeness = proximity([one], [other]);
    if (closeness !== 'apart' && CLOSER[closeness] > (best ? CLOSER[best.closeness] : 0))
      best = { closeness, ...between(one, other) };
    if (best?.closeness === 'overlap') return best;
    if (one.to < other.to || (one.to === other.to && one.from <= other.from)) i++;
    else j++;
  }
}

/** In the order of the file. Ranges that share a line or touch become one: a diff has none, but anybody may send them. */
function inOrder(ranges: readonly Range[]): readonly Range[] {
  const sorted = [...ranges].sort((a, b) => a.from - b.from || a.to - b.to);
  const joined: Range[] = [];
  for (const range of sorted) {
    const last = joined.at(-1);
    if (!last || range.from > last.to) joined.push(range);
    else joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
  }
  return joined;
}

/** What they share, or the gap between them. */
function between(a: Range, b: Range): Range {
  const [from, to] = [Math.max(a.from, b.from), Math.min(a.to, b.to)];
  return from <= to ? { from, to } : { from: to, to: from };
}
