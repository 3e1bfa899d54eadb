/** What is said of a group that owns files, against asking for it in every change. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OwnerGroup } from '../../../src/machines/context.ts';
import type { Definition } from '../../../src/machines/definition.ts';
import { normalise } from '../../../src/machines/normalise.ts';
import { sourceSchema } from '../../../src/machines/source.ts';
import { judgeFor } from '../../../src/machines/staffing/judge.ts';
import { staffingOf } from '../../../src/machines/staffing/staffing.ts';
import { runs } from '../../support/runs.ts';
import { type Instance, instance, sourceOf } from './instances.ts';

const group: fc.Arbitrary<OwnerGroup> = fc.record({
  name: fc.constantFrom('a/OWNERS', 'b/OWNERS'),
  members: fc.oneof(
    { weight: 6, arbitrary: fc.subarray(['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'ghost']) },
    { weight: 1, arbitrary: fc.constant(['*']) },
  ),
  required: fc.constantFrom(0, 1, 1, 1, 2),
  files: fc.constant([]),
});

/** Every ballot may be one of owners; nobody is kept apart, since then a change may need more people than its groups. */
function owned(given: Instance, isOwned: readonly boolean[]): Definition {
  const source = sourceOf(
    { ...given, ballots: given.ballots.map((each) => ({ ...each, apart: [] })) },
    'Owned',
  );
  const ballots = Object.entries(source.ballots).map(([name, ballot], at) => [
    name,
    isOwned[at] ? { ...ballot, needs: [...ballot.needs, { each: 'owners' }] } : ballot,
  ]);
  return normalise(sourceSchema.parse({ ...source, ballots: Object.fromEntries(ballots) }));
}

/** How many authors are served where every change touches what these own. */
function servedFor(definition: Definition, given: Instance, owners: readonly OwnerGroup[]): number {
  const judge = judgeFor(definition, { people: given.people, owners });
  const served = judge.crews.filter((crew) =>
    judge.cases(crew).every((one) => judge.judge(crew, one).answer === 'yes'),
  );
  return served.reduce((sum, { authors }) => sum + authors.length, 0);
}

const RUNS = runs(100, 400);

describe('the owners of files', () => {
  const flags = fc.array(fc.boolean(), { minLength: 3, maxLength: 3 });

  it('could give their vote exactly where a change of what is theirs, and of nothing else, can be finished', () => {
    let lacking = 0;
    fc.assert(
      fc.property(instance, flags, group, (given, isOwned, one) => {
        const definition = owned(given, isOwned);
        const staff = { people: given.people, mayOwn: [one] };
        const { authors, findings } = staffingOf(definition, { staff });
        expect(authors.served).toBe(servedFor(definition, given, [one]));
        if (findings.some(({ place }) => place.includes(one.name))) lacking += 1;
      }),
      { numRuns: RUNS },
    );
    expect(lacking).toBeGreaterThan(runs(0, 20));
  }, 120_000);

  it('could give it together where each of them could', () => {
    fc.assert(
      fc.property(instance, flags, fc.array(group, { maxLength: 4 }), (given, isOwned, groups) => {
        const definition = owned(given, isOwned);
        const staff = { people: given.people, mayOwn: groups };
        expect(staffingOf(definition, { staff }).authors.served).toBe(servedFor(definition, given, groups));
      }),
      { numRuns: RUNS / 2 },
    );
  }, 120_000);
});
