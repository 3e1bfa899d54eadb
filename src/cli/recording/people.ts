/** Who somebody in a commit is: the address, in lower case. Programs are told by theirs. */
import type { Person } from '../../vcs/git/revisions.ts';
import { isProgram } from '../import/plan.ts';
import type { As } from '../wire.ts';

const MOST_CHARACTERS = 200;

/** Undefined where a commit names nobody. */
export function principalIn({ name, email }: Person): string | undefined {
  return (email.toLowerCase() || name).slice(0, MOST_CHARACTERS).toWellFormed() || undefined;
}

export function actingAs(id: string): As {
  return { id, kind: isProgram(id) ? 'agent' : 'person', roles: [] };
}
