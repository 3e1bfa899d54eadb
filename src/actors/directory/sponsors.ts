/**
 * Whom agents may work for. An agent is one voice with the person behind it, one step up and no further, as every vote is
 * counted. An agent that works for an agent would be a second voice of the same person, and agents that work for each other
 * would be voices of nobody: neither is taken in. Nor is a person with a sponsor: persons speak for themselves.
 */
import { CountersignError, type Issue } from '../../errors.ts';
import type { Directory } from './state.ts';

/** What is wrong with the sponsors of `after` that was not so before; the path names the principal. */
export function sponsorIssues(before: Directory, after: Directory): readonly Issue[] {
  const known = new Set(wrongIn(before).map(({ message }) => message));
  return wrongIn(after).filter(({ message }) => !known.has(message));
}

/** Throws INVALID_INPUT with an issue for each agent that would work for an agent, and each person that would work for anybody. */
export function requireSponsors(before: Directory, after: Directory): void {
  const issues = sponsorIssues(before, after);
  const [first] = issues;
  if (!first) return;
  const more = issues.length === 1 ? '' : ` So it is with ${issues.length - 1} more.`;
  const message = `Nothing was said to the directory: ${first.message}${more}`;
  throw new CountersignError('INVALID_INPUT', message, { issues });
}

function wrongIn({ principals }: Directory): Issue[] {
  return [...principals].flatMap(([id, { kind, sponsor }]) => {
    if (sponsor === undefined) return [];
    const path = `principals.${id}.sponsor`;
    if (kind === 'person') {
      const message = `The person ${id} cannot have a sponsor (${sponsor}): only agents work for somebody. Leave the sponsor out, or say that ${id} is an agent (kind = "agent"); whom a person reports to is the manager.`;
      return [{ path, message }];
    }
    if (principals.get(sponsor)?.kind !== 'agent') return [];
    const whom = sponsor === id ? 'itself' : `${sponsor}, which is an agent too`;
    const message = `The agent ${id} cannot work for ${whom}; name the person whom it works for as its sponsor.`;
    return [{ path, message }];
  });
}
