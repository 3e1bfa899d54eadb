/** A workflow around two ballots, as an author would write it; what is random about it comes in. */
import { sourceOf } from '../build.ts';

/** Which ballots a transition empties; those that may be absent are not in every workflow. */
export interface Moves {
  readonly pause: readonly string[];
  readonly resume: readonly string[];
  readonly step: readonly string[];
  readonly revisionResumes?: readonly string[] | undefined;
  readonly revisionRestarts?: readonly string[] | undefined;
  readonly passedPauses?: readonly string[] | undefined;
}

export interface Setup {
  readonly main: object;
  readonly other: object;
  readonly moves: Moves;
}

export const ROLES = ['dev', 'lead'] as const;
/** The triggers of a ballot and what they cast. */
export const MAIN = {
  strong: 2,
  yes: 'approve',
  none: 'abstain',
  no: 'reject',
  block: -2,
  back: 'retract',
  wipe: 'clear',
  lift: 'lift',
} as const;
export const OTHER = { other_yes: 'approve', other_no: 'reject', other_back: 'retract' } as const;

export function workflow({ main, other, moves }: Setup): Record<string, unknown> {
  const optional = (empties: readonly string[] | undefined, start: object) =>
    empties ? [{ ...start, ...emptying(empties) }] : [];
  const flag = { type: 'bool', initial: false, amend: { in: ['Review', 'Paused'] } };
  const some = (...lists: object[][]) => lists.flat();
  const edges = (all: Record<string, object[]>) =>
    Object.fromEntries(Object.entries(all).filter(([, each]) => each.length > 0));
  return sourceOf({
    name: 'Votes',
    roles: [...ROLES],
    triggers: [...Object.keys(MAIN), ...Object.keys(OTHER), 'pause', 'resume', 'step', 'end'],
    initial: 'Review',
    attributes: { a: flag, b: flag },
    revisions: {},
    ballots: { main, other },
    states: {
      Review: {
        regions: {
          line: {
            initial: 'one',
            states: { one: {}, two: {} },
            transitions: edges({
              'one -> two': [{ trigger: 'step', ...emptying(moves.step) }],
              'two -> one': optional(moves.revisionRestarts, { revision: true }),
            }),
          },
        },
      },
      Paused: {},
      Done: { final: 'approved' },
    },
    transitions: edges({
      'Review -> Paused': some(
        [{ trigger: 'pause', ...emptying(moves.pause) }],
        optional(moves.passedPauses, { when: 'ballots.main.passed' }),
      ),
      'Paused -> Review': some(
        [{ trigger: 'resume', ...emptying(moves.resume) }],
        optional(moves.revisionResumes, { revision: true }),
      ),
      'Paused -> Done': [{ trigger: 'end', role: 'lead', by: 'system' }],
    }),
  });
}

function emptying(ballots: readonly string[]): object {
  return ballots.length > 0 ? { void: ballots } : {};
}
