/**
 * A protected branch takes only what was approved: every commit that is new on it belongs to a change that is approved or
 * applied, or that whoever the hook acts for may apply now; and it holds, to the byte, what was approved.
 */
import { isAncestor } from '../../vcs/git/refs.ts';
import { gitIn, type Repository } from '../../vcs/git/repository.ts';
import { type Revision, readRevisions } from '../../vcs/git/revisions.ts';
import { hasChangeId } from '../../vcs/git/rewrite.ts';
import type { Api } from '../api.ts';
import { applyingOf } from '../landing/applying.ts';
import { approvedRevision, differenceFrom } from '../landing/same-content.ts';
import { short } from '../recording/range.ts';
import { shortName } from '../recording/settings.ts';
import type { PushedRef } from './pushed.ts';

/** More at once is a history that was brought along, not work that was approved. */
const MOST_COMMITS = 1_000;

/** Sentences on why the push is refused; none where it may happen. */
export async function problemsWith(
  api: Api,
  repository: Repository,
  project: string,
  { old, next, ref }: PushedRef,
): Promise<readonly string[]> {
  const branch = shortName(ref);
  if (next === null) return [`${branch} is protected and is not deleted.`];
  if (old !== null && !(await isAncestor(repository, old, next)))
    return [`${branch} is protected: ${short(next)} does not follow ${short(old)}; rebase onto it.`];
  const commits = await newCommits(repository, old, next);
  if (commits.length > MOST_COMMITS)
    return [`${branch} is protected, and ${commits.length} commits at once are more than are looked at.`];
  const problems: string[] = [];
  for (const revision of await readRevisions(repository, commits)) {
    const problem = await problemOf(api, repository, project, revision);
    if (problem) problems.push(`${short(revision.commit)} "${revision.subject.slice(0, 60)}": ${problem}`);
  }
  return problems;
}

/** Of a new branch, what no other branch holds. */
async function newCommits(repository: Repository, old: string | null, next: string): Promise<string[]> {
  const before = old === null ? ['--branches'] : [old];
  const args = ['rev-list', '--topo-order', '--reverse', next, '--not', ...before];
  return (await gitIn(repository, args)).toString('latin1').split('\n').filter(Boolean);
}

async function problemOf(
  api: Api,
  repository: Repository,
  project: string,
  revision: Revision,
): Promise<string | undefined> {
  if (!hasChangeId(revision)) return 'it has no Change-Id, so nobody can have approved it.';
  const key = revision.changeId;
  const [found] = (await api.changes({ key, project, limit: 1 })).items;
  if (!found) return `there is no change ${key} in ${project}; record it ("git push … HEAD:refs/for/…").`;
  const change = await api.change(found.id);
  const applying = await applyingOf(api, change, 'Pushed.').catch(() => undefined);
  if (applying?.kind === 'refused') return `${key} may not be applied. ${applying.refusal.message}`;
  const approved = await approvedRevision(repository, change);
  if (approved.kind === 'missing') return approved.why;
  const difference = await differenceFrom(repository, approved.revision, revision.commit);
  return difference === undefined ? undefined : `${difference}; record it and have it approved as it is now.`;
}
