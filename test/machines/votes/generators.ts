/** Random ballots, and histories by a small cast of persons, agents and delegates who often get into each other's way. */
import fc from 'fast-check';
import { KEEPS } from '../../../src/machines/ballot.ts';
import type { Sender } from '../../../src/machines/context.ts';
import { EXCLUSIONS } from '../../../src/machines/definition.ts';
import { CONDITION_TEXTS } from './counting.ts';
import type { RevisionData, Said } from './story.ts';
import { MAIN, OTHER, ROLES, type Setup } from './workflow.ts';

/** The proposer is ann. */
const PEOPLE = ['ann', 'bob', 'cat', 'dan'] as const;
const FILES = ['f', 'g', 'h'] as const;

const maybe = <T>(value: fc.Arbitrary<T>, freq = 1) =>
  fc.oneof({ arbitrary: fc.constant(undefined), weight: 1 }, { arbitrary: value, weight: freq });
/** A list that is left out where it would be empty. */
const some = <T>(values: readonly T[]) =>
  fc.subarray([...values]).map((each) => (each.length > 0 ? each : undefined));
const role = fc.constantFrom(...ROLES);
const condition = fc.constantFrom(...CONDITION_TEXTS);
const plain = fc.constantFrom(...CONDITION_TEXTS.filter((text) => !text.includes('ballots')));

const needOf = (text: fc.Arbitrary<string>) =>
  fc
    .tuple(
      fc.oneof(
        fc.record({
          approvals: fc.integer({ min: 1, max: 3 }),
          at: maybe(fc.constantFrom(1, 2)),
          of: maybe(role),
          exclude: some(EXCLUSIONS),
        }),
        fc.record({ share: fc.constantFrom(1, 34, 50, 66, 67, 67, 100), of: role }),
        fc.constant({ majority: true }),
        fc.record({ each: fc.constantFrom('owners', ['dev'], ['dev', 'lead']) }),
        fc.record({ weight: fc.integer({ min: 1, max: 5 }) }),
      ),
      fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: text }),
    )
    .map(([kind, text]) => tidy({ ...kind, if: text }));

/** Without what is undefined: the author's grammar tells absent from undefined. */
function tidy<T extends object>(given: T): T {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;
}

const castOf = (values: Readonly<Record<string, unknown>>) =>
  fc
    .record(
      Object.fromEntries(
        Object.keys(values).map((trigger) => [
          trigger,
          fc.oneof(
            { weight: 6, arbitrary: fc.constant(undefined) },
            {
              weight: 1,
              arbitrary: fc.record({ role: maybe(role), exclude: some(EXCLUSIONS), if: maybe(plain) }),
            },
          ),
        ]),
      ),
    )
    .map((own) =>
      Object.fromEntries(
        Object.entries(values).map(([trigger, value]) => [
          trigger,
          own[trigger] ? tidy({ value, ...own[trigger] }) : value,
        ]),
      ),
    );

const rarely = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

const ballotOf = (values: Readonly<Record<string, unknown>>, apart: string, text: fc.Arbitrary<string>) =>
  fc
    .record({
      in: fc.oneof(
        { weight: 3, arbitrary: fc.constant(['Review']) },
        {
          weight: 1,
          arbitrary: fc.subarray(['Review.line', 'Review.line.one', 'Review.line.two', 'Paused'], {
            minLength: 1,
          }),
        },
      ),
      cast: castOf(values),
      role: rarely(role),
      by: rarely(fc.constant('person')),
      exclude: some(EXCLUSIONS),
      needs: fc.oneof(
        { weight: 1, arbitrary: fc.constant(undefined) },
        { weight: 5, arbitrary: fc.array(needOf(text), { minLength: 1, maxLength: 3 }) },
      ),
      veto: maybe(fc.constantFrom(-1, -2)),
      weights: maybe(
        fc.record({ dev: fc.integer({ min: 0, max: 3 }), lead: fc.integer({ min: 0, max: 3 }) }),
      ),
      apart: rarely(fc.constant(apart)),
      applies: rarely(text),
      override: rarely(text),
      revision: maybe(
        fc.oneof(
          fc.constantFrom('keep', 'drop'),
          fc
            .record({
              keep: some(KEEPS.filter((each) => each !== 'always')),
              vetoes: fc.constantFrom('keep', 'drop'),
            })
            .map(tidy),
        ),
        3,
      ),
    })
    .map(tidy);

const empties = fc.oneof(
  { weight: 2, arbitrary: fc.constant([] as string[]) },
  { weight: 1, arbitrary: fc.subarray(['main', 'other'], { minLength: 1 }) },
);

export const setups: fc.Arbitrary<Setup> = fc.record({
  main: ballotOf(MAIN, 'other', condition),
  other: ballotOf(OTHER, 'main', plain),
  moves: fc.record({
    pause: empties,
    resume: empties,
    step: empties,
    revisionResumes: rarely(empties),
    revisionRestarts: rarely(empties),
    passedPauses: rarely(empties),
  }),
});

const person = fc.constantFrom(...PEOPLE);
/** Agents: of the proposer, of a person who votes too, of nobody, and one that changes whom it works for. */
const agents: fc.Arbitrary<Omit<Sender, 'roles'>> = fc.oneof(
  fc.constantFrom(
    { id: 'ann_bot', kind: 'agent' as const, sponsor: 'ann' },
    { id: 'bob_bot', kind: 'agent' as const, sponsor: 'bob' },
    { id: 'lone_bot', kind: 'agent' as const },
  ),
  person.map((sponsor) => ({ id: 'roving_bot', kind: 'agent' as const, sponsor })),
);
const senders: fc.Arbitrary<Sender> = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: person.map((id) => ({ id, kind: 'person' as const })) },
      { weight: 2, arbitrary: agents },
    ),
    fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: person }),
    fc.oneof(
      { weight: 2, arbitrary: fc.constant([...ROLES]) },
      { weight: 1, arbitrary: fc.subarray([...ROLES]) },
    ),
  )
  .map(([who, other, roles]) => ({ ...who, roles, ...(other !== undefined && { for: other }) }));

const anybody = fc.constantFrom(...PEOPLE, 'ann_bot', 'bob_bot', 'eve');
const group = fc.record({
  name: fc.constant('group'),
  members: fc.subarray([...PEOPLE, 'bob_bot'], { maxLength: 3 }),
  files: fc.subarray([...FILES], { maxLength: 2 }),
});
const revisions: fc.Arbitrary<RevisionData> = fc
  .record({
    tree: maybe(fc.constantFrom('t', 'u'), 3),
    patchId: maybe(fc.constantFrom('p', 'q'), 3),
    author: maybe(anybody),
    coAuthors: rarely(fc.subarray([...PEOPLE, 'bob_bot'], { maxLength: 2 })),
    committer: rarely(anybody),
    owners: maybe(
      fc.array(group, { maxLength: 3 }).map((all) => all.map((each, nth) => ({ ...each, name: `g${nth}` }))),
      3,
    ),
    changed: maybe(fc.subarray([...FILES], { maxLength: 2 }), 3),
    electorates: maybe(
      fc.oneof(
        fc.record({ dev: fc.integer({ min: 0, max: 4 }), lead: fc.integer({ min: 0, max: 3 }) }),
        fc.record({ dev: fc.integer({ min: 1, max: 3 }) }),
        fc.constant({ dev: 3, lead: 3 }),
      ),
    ),
  })
  .map(tidy);

const one = (types: readonly string[]) => fc.record({ type: fc.constantFrom(...types), principal: senders });
const revising: fc.Arbitrary<Said> = fc.record({
  type: fc.constant('change.revise'),
  principal: senders,
  data: revisions,
});
const amending: fc.Arbitrary<Said> = fc.record({
  type: fc.constant('change.amend'),
  principal: senders,
  data: fc.oneof(fc.record({ a: fc.boolean() }), fc.record({ b: fc.boolean() })),
});
const events: fc.Arbitrary<Said> = fc.oneof(
  { weight: 6, arbitrary: one(['yes', 'yes', 'strong']) },
  { weight: 3, arbitrary: one(['none', 'no', 'block']) },
  { weight: 2, arbitrary: one(['back', 'wipe', 'lift']) },
  { weight: 2, arbitrary: one(Object.keys(OTHER)) },
  { weight: 3, arbitrary: revising },
  { weight: 1, arbitrary: amending },
  { weight: 1, arbitrary: one(['pause', 'resume', 'step']) },
);

export const histories = fc.array(events, { minLength: 1, maxLength: 15, size: 'max' });
