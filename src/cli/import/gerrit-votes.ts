/** Votes of Gerrit, whether from its REST interface or from NoteDb: which of them are reviews, and which are checks. */
import type { Skip } from './record.ts';
import type { Cast } from './reviewed.ts';

export interface GerritVote extends Cast {
  readonly label: string;
  readonly value: number;
  /** The highest value of the label; only that approves. */
  readonly most: number;
}

/** The usual ones: -2 … +2 for Code-Review, -1 … +1 for everything that verifies. */
export function usualMost(label: string): number {
  return label === 'Code-Review' ? 2 : 1;
}

const CHECK = /verif|trybot|presubmit/i;

export function sortVotes(
  votes: readonly GerritVote[],
  owner: string,
  skip: Skip,
): { reviews: GerritVote[]; checks: GerritVote[] } {
  const reviews: GerritVote[] = [];
  const checks: GerritVote[] = [];
  for (const vote of votes) {
    const { label, value, most, by, isProgram } = vote;
    if (value === 0) continue;
    if (label !== 'Code-Review' && !CHECK.test(label)) skip('vote on another label');
    else if (value < 0) skip('negative vote');
    else if (label === 'Code-Review' && value < most) skip('vote below the highest');
    else if (label === 'Code-Review') reviews.push(vote);
    // A hand-made "it works here" of the author is no automatic check.
    else if (by === owner && !isProgram) skip('check by the author');
    else checks.push(vote);
  }
  return { reviews, checks };
}
