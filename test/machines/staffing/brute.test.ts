/** What the search says of small staffings, against trying everything. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeFor } from '../../../src/machines/staffing/judge.ts';
import { staffingOf } from '../../../src/machines/staffing/staffing.ts';
import { runs } from '../../support/runs.ts';
import { absences, isServed, pairsOf } from './brute.ts';
import { definitionOf, instance } from './instances.ts';

const RUNS = runs(1_000, 5_000);

const isHigh = (facts: readonly { readonly text: string; readonly holds: boolean }[]) =>
  facts.some(({ text, holds }) => holds && text.includes('high'));

describe('a staffing', () => {
  it('is satisfiable for an author and a case exactly where some assignment exists', () => {
    let yes = 0;
    let no = 0;
    fc.assert(
      fc.property(instance, (given) => {
        const judge = judgeFor(definitionOf(given), { people: given.people });
        for (const crew of judge.crews)
          for (const id of crew.authors) {
            const author = given.people.find((each) => each.id === id) ?? null;
            const cases = judge.cases(crew);
            expect(cases.length).toBe(given.hasCases ? 2 : 1);
            for (const one of cases) {
              const risk = given.hasCases && !isHigh(one.facts) ? 'low' : 'high';
              const expected = isServed(given, { author, risk });
              expect([id, risk, judge.judge(crew, one).answer]).toEqual([id, risk, expected ? 'yes' : 'no']);
              if (expected) yes += 1;
              else no += 1;
            }
          }
      }),
      { numRuns: RUNS },
    );
    // Both answers are tried often.
    expect(Math.min(yes, no)).toBeGreaterThan(RUNS * 0.4);
  }, 240_000);

  it('holds with so many away, and has irreplaceable people, exactly as removing them shows', () => {
    fc.assert(
      fc.property(instance, (given) => {
        const found = staffingOf(definitionOf(given), { staff: { people: given.people }, k: 2 });
        const served = pairsOf(given).filter((pair) => isServed(given, pair));
        expect(found.decided).toBe(true);
        expect(found.staffed).toBe(served.length === pairsOf(given).length);
        const breaks = (k: number) =>
          served.flatMap((pair) => absences(given, pair, k).filter((away) => !isServed(given, pair, away)));
        const single = breaks(1);
        expect(found.irreplaceable).toEqual([...new Set(single.flat())].sort());
        const holds = single.length > 0 ? 0 : breaks(2).length > 0 ? 1 : 2;
        expect(found.resilience.holds).toBe(served.length === 0 ? null : holds);
        const { broken } = found.resilience;
        if (!broken) return;
        const author = given.people.find(({ id }) => id === broken.author) ?? null;
        const pairs = served.filter((pair) => pair.author === author);
        expect(broken.away.length).toBe(holds + 1);
        expect(pairs.some((pair) => !isServed(given, pair, broken.away))).toBe(true);
      }),
      { numRuns: runs(120, 600) },
    );
  }, 240_000);
});
