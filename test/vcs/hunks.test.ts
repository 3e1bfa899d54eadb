/** Hunks alone: where edits lie to each other, and where lines are after later edits, against edits of real lists. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Hunk,
  newRanges,
  oldRanges,
  proximity,
  type Range,
  shifted,
  shiftedLine,
} from '../../src/vcs/hunks.ts';

const at = (from: number, to: number): Range => ({ from, to });

/** Runs of kept, removed and added lines; every hunk is followed by a kept line, as in a diff. */
const script = fc.array(
  fc.record({ kept: fc.integer({ min: 1, max: 5 }), removed: fc.nat(3), added: fc.nat(3) }),
  { maxLength: 6 },
);

/** The lines before and after (kept ones are the same number in both) and the hunks between. */
function edit(runs: readonly { kept: number; removed: number; added: number }[]) {
  const before: number[] = [];
  const after: number[] = [];
  const hunks: Hunk[] = [];
  let id = 0;
  for (const { kept, removed, added } of runs) {
    if (removed + added > 0) {
      const [oldAt, newAt] = [before.length, after.length];
      hunks.push([removed ? oldAt + 1 : oldAt, removed, added ? newAt + 1 : newAt, added]);
    }
    for (let n = 0; n < removed; n++) before.push(id++);
    for (let n = 0; n < added; n++) after.push(id++);
    for (let n = 0; n < kept; n++, id++) {
      before.push(id);
      after.push(id);
    }
  }
  return { before, after, hunks };
}

describe('two edits of one file', () => {
  it('overlap when they share a line, when one lies in the other, and when both insert at one spot', () => {
    expect(proximity([at(2, 5)], [at(4, 8)])).toBe('overlap');
    expect(proximity([at(2, 5)], [at(3, 3)])).toBe('overlap');
    expect(proximity([at(3, 3)], [at(3, 3)])).toBe('overlap');
  });

  it('touch without a line between, are near with up to three, and apart with more', () => {
    expect(proximity([at(2, 5)], [at(5, 8)])).toBe('touching');
    expect(proximity([at(2, 5)], [at(5, 5)])).toBe('touching');
    expect(proximity([at(2, 5)], [at(6, 7)])).toBe('near');
    expect(proximity([at(2, 5)], [at(8, 9)])).toBe('near');
    expect(proximity([at(2, 5)], [at(9, 9)])).toBe('apart');
    expect(proximity([], [at(1, 2)])).toBe('apart');
  });

  it('lie to each other the same both ways, however the ranges are ordered', () => {
    const ranges = fc.array(fc.tuple(fc.nat(40), fc.nat(5)).map(([from, lines]) => at(from, from + lines)));
    fc.assert(
      fc.property(ranges, ranges, (a, b) => {
        expect(proximity(a, b)).toBe(proximity(b, a));
        expect(proximity(a.toReversed(), b)).toBe(proximity(a, b));
      }),
    );
  });
});

describe('a later edit', () => {
  it('moves each line it keeps to where that line is, and knows those it took away', () => {
    fc.assert(
      fc.property(script, (runs) => {
        const { before, after, hunks } = edit(runs);
        for (const [index, id] of before.entries()) {
          const line = shiftedLine(index + 1, hunks);
          if (line === undefined) expect(after).not.toContain(id);
          else expect(after[line - 1]).toBe(id);
        }
      }),
    );
  });

  it('moves a range so that it holds the kept lines it held, and no other kept line', () => {
    fc.assert(
      fc.property(script, fc.nat(40), fc.nat(40), (runs, x, y) => {
        const { before, after, hunks } = edit(runs);
        const [from, to] = [Math.min(x, y, before.length), Math.min(Math.max(x, y), before.length)];
        const moved = shifted({ from, to }, hunks);
        expect(moved.from).toBeLessThanOrEqual(moved.to);
        const kept = new Set(before.filter((id) => after.includes(id)));
        expect(after.slice(moved.from, moved.to).filter((id) => kept.has(id))).toEqual(
          before.slice(from, to).filter((id) => kept.has(id)),
        );
      }),
    );
  });

  it('moves what it replaced to what it put there', () => {
    fc.assert(
      fc.property(script, (runs) => {
        const { hunks } = edit(runs);
        expect(oldRanges(hunks).map((range) => shifted(range, hunks))).toEqual(newRanges(hunks));
      }),
    );
  });

  it('moves nothing when it is empty', () => {
    expect(shifted(at(3, 7), [])).toEqual(at(3, 7));
    expect(shiftedLine(9, [])).toBe(9);
  });
});
