/** An adversary's moves. Most are aimed at somebody who has voted, so that they land close to what must not work. */
import fc from 'fast-check';
import type { OwnerGroup, Sender } from '../../../src/machines/context.ts';
import type { Memory } from './oracle.ts';
import type { RevisionData, Said } from './story.ts';

/** The proposer is ann. */
export const PEOPLE = ['ann', 'bob', 'cat', 'dan', 'eve', 'fay', 'gus'] as const;
const ROLES = ['dev', 'lead'] as const;

export interface Ploy {
  readonly move: Move;
  /** Which of those who have voted it is aimed at. */
  readonly target: number;
  readonly who: Sender;
  readonly other: (typeof PEOPLE)[number];
  readonly owners: readonly OwnerGroup[] | undefined;
}

/** With how often each is tried. */
const MOVES = {
  vote: 18,
  strengthen: 3,
  object: 1,
  // A voter speaks again through another mouth.
  agent_echoes: 3,
  act_for_voter: 2,
  voter_acts_for_other: 2,
  voters_agent_acts_for_other: 2,
  repeat_without_role: 1,
  turn: 1,
  take_back: 2,
  // A voter gets a hand in the content.
  revise: 1,
  voter_uploads: 1,
  voters_agent_uploads: 1,
  upload_for_voter: 1,
  name_author: 1,
  name_co_author: 1,
  name_committer: 1,
  voter_rebases: 1,
  wipe: 1,
} as const;
type Move = keyof typeof MOVES;
const moves = fc.oneof(
  ...Object.entries(MOVES).map(([move, weight]) => ({ weight, arbitrary: fc.constant(move as Move) })),
);

const agentOf = (person: string): Sender => ({
  id: `${person}_bot`,
  kind: 'agent',
  sponsor: person,
  roles: [...ROLES],
});

const person = fc.constantFrom(...PEOPLE);
const who: fc.Arbitrary<Sender> = fc
  .record({
    mouth: fc.oneof(
      { weight: 4, arbitrary: person.map((id) => ({ id, kind: 'person' as const })) },
      { weight: 2, arbitrary: person.map(agentOf) },
      { weight: 1, arbitrary: person.map((sponsor) => ({ ...agentOf(sponsor), id: 'roving_bot' })) },
    ),
    other: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: person }),
    roles: fc.oneof(
      { weight: 4, arbitrary: fc.constant([...ROLES]) },
      { weight: 1, arbitrary: fc.subarray([...ROLES]) },
    ),
  })
  .map(({ mouth, other, roles }) => ({ ...mouth, roles, ...(other !== undefined && { for: other }) }));

const group = fc.subarray([...PEOPLE], { minLength: 2, maxLength: 5 });
const owners = fc.oneof(
  { weight: 1, arbitrary: fc.constant(undefined) },
  {
    weight: 4,
    arbitrary: fc
      .array(group, { maxLength: 2 })
      .map((all) => all.map((members, nth) => ({ name: `g${nth}`, members, files: [`f${nth}`] }))),
  },
);

export const ploys: fc.Arbitrary<Ploy[]> = fc.array(
  fc.record({ move: moves, target: fc.nat(5), who, other: person, owners }),
  { minLength: 1, maxLength: 20, size: 'max' },
);

/** The event that the ploy comes to, as things stand. */
export function eventOf({ move, target, who, other, owners }: Ploy, { stances, revision }: Memory): Said {
  const voter = stances[target % Math.max(1, stances.length)]?.principal ?? who;
  const mind = voter.sponsor ?? voter.id;
  const roles = [...ROLES];
  const vote = (principal: Sender): Said => ({ type: 'yes', principal });
  const revise = (principal: Sender, data: RevisionData = {}): Said => ({
    type: 'change.revise',
    principal,
    data: { tree: 't', ...(owners && { owners }), ...data },
  });
  switch (move) {
    case 'vote':
      return vote(who);
    case 'strengthen':
      return { type: 'strong', principal: who };
    case 'object':
      return { type: 'no', principal: who };
    case 'agent_echoes':
      return vote(agentOf(mind));
    case 'act_for_voter':
      return vote({ ...who, roles, for: mind });
    case 'voter_acts_for_other':
      return vote({ id: mind, kind: 'person', roles, for: other });
    case 'voters_agent_acts_for_other':
      return vote({ ...agentOf(mind), for: other });
    case 'repeat_without_role':
      return vote({ ...voter, roles: [] });
    case 'turn':
      return { type: 'none', principal: voter };
    case 'take_back':
      return { type: 'back', principal: voter };
    case 'revise':
      return revise(who);
    case 'voter_uploads':
      return revise(voter);
    case 'voters_agent_uploads':
      return revise(agentOf(mind), { author: other });
    case 'upload_for_voter':
      return revise({ ...who, for: mind }, { author: other });
    case 'name_author':
      return revise(who, { author: voter.id });
    case 'name_co_author':
      return revise(who, { coAuthors: [other, mind] });
    case 'name_committer':
      return revise(who, { committer: mind });
    case 'voter_rebases': {
      const { owners: same, ...rest } = revision ?? {};
      return revise(voter, { ...rest, committer: mind, ...(same && { owners: same }) });
    }
    case 'wipe':
      return { type: 'wipe', principal: who };
  }
}
