/** Covering: the flow and the search find what trying everything finds, and never claim more than they give. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CoverClass, cover } from '../../../src/machines/staffing/cover.ts';
import { runs } from '../../support/runs.ts';

function byTrying(want: readonly number[], classes: readonly CoverClass[]): boolean {
  const units = classes.flatMap(({ count, choices }) => Array.from({ length: count }, () => choices));
  const go = (at: number, missing: readonly number[]): boolean => {
    if (missing.every((each) => each <= 0)) return true;
    const choices = units[at];
    if (!choices) return false;
    return [[], ...choices].some((choice) =>
      go(
        at + 1,
        missing.map((each, row) => each - (choice[row] ?? 0)),
      ),
    );
  };
  return go(0, want);
}

const instance = (most: number) =>
  fc.integer({ min: 1, max: 4 }).chain((rows) => {
    const unit = fc.nat(rows - 1).map((row) => Array.from({ length: rows }, (_, at) => (at === row ? 1 : 0)));
    const any = fc.array(fc.nat(most), { minLength: rows, maxLength: rows });
    return fc.record({
      want: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: rows, maxLength: rows }),
      classes: fc.array(
        fc.record({
          count: fc.integer({ min: 0, max: 3 }),
          choices: fc.array(most === 0 ? unit : any, { maxLength: 3 }),
        }),
        { maxLength: 3 },
      ),
    });
  });

describe.each([
  ['one row per person', 0],
  ['several rows per person', 1],
  ['weights', 3],
])('a cover with %s', (_, most) => {
  it('is found exactly where there is one, and is one', () => {
    fc.assert(
      fc.property(instance(most), ({ want, classes }) => {
        const found = cover(want, classes);
        expect(found === 'none').toBe(!byTrying(want, classes));
        if (found === 'none' || found === undefined) return;
        for (const [at, taken] of found.entries())
          expect(taken.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(classes[at]!.count);
        for (const [row, least] of want.entries()) {
          const sum = found.flatMap((taken, at) =>
            taken.map((count, index) => count * classes[at]!.choices[index]![row]!),
          );
          expect(sum.reduce((all, each) => all + each, 0)).toBeGreaterThanOrEqual(least);
        }
      }),
      { numRuns: runs(700, 2_000) },
    );
  });
});

it('a cover that takes more steps than allowed is not decided', () => {
  const choices = [
    [1, 1, 0],
    [0, 1, 1],
    [1, 0, 1],
  ];
  expect(cover([9, 9, 9], [{ count: 13, choices }], 5)).toBeUndefined();
  expect(cover([9, 9, 9], [{ count: 13, choices }])).toBe('none');
  expect(cover([9, 9, 9], [{ count: 14, choices }])).not.toBe('none');
});
