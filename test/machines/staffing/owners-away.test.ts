/** What is said of owners who may be away, kept apart ones too, against removing people and trying everything. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OwnerGroup } from '../../../src/machines/context.ts';
import { normalise } from '../../../src/machines/normalise.ts';
import { sourceSchema } from '../../../src/machines/source.ts';
import { staffingOf } from '../../../src/machines/staffing/staffing.ts';
import { isLong, runs } from '../../support/runs.ts';
import { absences, isServed, type Owned, type Pair, pairsOf } from './brute.ts';
import { type Instance, instance, sourceOf } from './instances.ts';

const group: fc.Arbitrary<OwnerGroup> = fc.record({
  name: fc.constantFrom('a/OWNERS', 'b/OWNERS'),
  members: fc.oneof(
    { weight: 6, arbitrary: fc.subarray(['p0', 'p1', 'p2', 'p3', 'p4', 'ghost'], { minLength: 1 }) },
    { weight: 1, arbitrary: fc.constant(['*']) },
  ),
  required: fc.constantFrom(0, 1, 1, 1, 2),
  files: fc.constant([]),
});
const flags = fc.array(fc.boolean(), { minLength: 3, maxLength: 3 });

function owned(given: Instance, isOwned: readonly boolean[]) {
  const source = sourceOf(given, 'Owned');
  const ballots = Object.entries(source.ballots).map(([name, ballot], at) => [
    name,
    isOwned[at] ? { ...ballot, needs: [...ballot.needs, { each: 'owners' }] } : ballot,
  ]);
  return normalise(sourceSchema.parse({ ...source, ballots: Object.fromEntries(ballots) }));
}

/** A change of somebody, and what it touches: nothing that is owned, or what one group owns. */
interface Touching extends Pair {
  readonly owned: Owned | undefined;
}

function touchingOf(given: Instance, ballots: readonly boolean[], groups: readonly OwnerGroup[]): Touching[] {
  const asked = groups.filter(({ required }) => required !== 0);
  const all = [undefined, ...asked.map((each): Owned => ({ group: each, ballots }))];
  return pairsOf(given).flatMap((pair) => all.map((each) => ({ ...pair, owned: each })));
}

describe('owners', () => {
  it('are irreplaceable, and may be away, exactly as removing them shows, whoever is kept apart', () => {
    const RUNS = runs(150, 600);
    let [held, apart] = [0, 0];
    fc.assert(
      fc.property(
        instance,
        flags,
        fc.array(group, { minLength: 1, maxLength: 2 }),
        (given, isOwned, groups) => {
          const found = staffingOf(owned(given, isOwned), {
            staff: { people: given.people, mayOwn: groups },
            k: 2,
          });
          const all = touchingOf(given, isOwned, groups);
          const serves = (each: Touching, away: readonly string[] = []) =>
            isServed(given, each, away, each.owned);
          const served = all.filter((each) => serves(each));
          const unserved = new Set(all.filter((each) => !served.includes(each)).map(({ author }) => author));
          expect(found.authors.served).toBe(given.people.length + 1 - unserved.size);
          const breaks = (k: number) =>
            served.flatMap((each) => absences(given, each, k).filter((away) => !serves(each, away)));
          const single = breaks(1);
          expect(found.irreplaceable).toEqual([...new Set(single.flat())].sort());
          const holds = single.length > 0 ? 0 : breaks(2).length > 0 ? 1 : 2;
          const isAnyServed = served.some((each) => each.owned === undefined);
          expect(found.resilience.holds).toBe(isAnyServed ? holds : null);
          const isKept = given.ballots.some((ballot) => ballot.apart.length > 0);
          if (!isKept) expect(found.decided).toBe(true);
          const owners = found.findings.filter(({ place }) => place.includes('OWNERS'));
          if (owners.some(({ code }) => code === 'IRREPLACEABLE')) held += 1;
          if (owners.length > 0 && isKept) apart += 1;
        },
      ),
      { numRuns: RUNS },
    );
    if (isLong) expect(Math.min(held, apart)).toBeGreaterThan(0);
  }, 240_000);
});
