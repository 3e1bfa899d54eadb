/**
 * A protected branch takes only what was approved: every commit that is new on it belongs to a change that is approved or
 * applied, or that whoever the hook acts for may apply now; and it holds, to the byte, what was approved.
 */
import { isAncestor } from '../../vcs/git/refs.ts';
import { gitIn, type Repository } from '../../vcs/git/repository.ts';
import { type Revision, readRevisions } from '../../vcs/git/revisions.ts';
import { hasChangeId } from '../../vcs/git/rewrite.ts';
import type { Api } from '../api.ts';
import { waysToApply } from '../landing/applying.ts';
import { approvedRevision, differenceFrom } from '../landing/same-content.ts';
import { short } from '../recording/range.ts';
import { shortName } from '../recording/settings.ts';
import type { Change } from '../wire.ts';
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
  const looks: Look[] = [];
  for (const revision of await readRevisions(repository, commits))
    looks.push(await lookAt(api, repository, project, revision));
  return withNeeds(looks).flatMap(({ revision: { commit, subject }, problem }) =>
    problem === undefined ? [] : [`${short(commit)} "${subject.slice(0, 60)}": ${problem}`],
  );
}

interface Look {
  readonly revision: Revision;
  readonly problem?: string | undefined;
  /** The change. */
  readonly id?: string;
  /** It may be applied once these are: then they have to be in the same push, which lands as a whole. */
  readonly needs?: readonly string[];
  /** What is said where they are not. */
  readonly without?: string;
}

/** A refusal names no more of what a change waits for. */
const MOST_NAMED = 100;

/** Those that need what is not let in either have a problem as well, and so on. */
function withNeeds(looks: readonly Look[]): readonly Look[] {
  const good = new Set(looks.flatMap(({ id, problem }) => (id === undefined || problem ? [] : [id])));
  const judged = looks.map((look): Look => {
    const { problem, needs = [], without } = look;
    const isAlone = needs.length >= MOST_NAMED || needs.some((id) => !good.has(id));
    return problem === undefined && isAlone ? { ...look, problem: without } : look;
  });
  const count = (of: readonly Look[]) => of.filter(({ problem }) => problem !== undefined).length;
  return count(judged) === count(looks) ? judged : withNeeds(judged);
}

/** Of a new branch, what no other branch holds. */
async function newCommits(repository: Repository, old: string | null, next: string): Promise<string[]> {
  const before = old === null ? ['--branches'] : [old];
  const args = ['rev-list', '--topo-order', '--reverse', next, '--not', ...before];
  return (await gitIn(repository, args)).toString('latin1').split('\n').filter(Boolean);
}

async function lookAt(api: Api, repository: Repository, project: string, revision: Revision): Promise<Look> {
  if (!hasChangeId(revision))
    return { revision, problem: 'it has no Change-Id, so nobody can have approved it.' };
  const key = revision.changeId;
  const [found] = (await api.changes({ key, project, limit: 1 })).items;
  if (!found)
    return {
      revision,
      problem: `there is no change ${key} in ${project}; record it ("git push … HEAD:refs/for/…").`,
    };
  const change = await api.change(found.id);
  const look = { revision, id: change.id, problem: await contentProblem(repository, change, revision) };
  const applying = await waysToApply(api, change, 'Pushed.');
  if (applying.kind !== 'refused') return look;
  const { code, message, accepted } = applying.refusal;
  const without = `${key} may not be applied. ${message}`;
  return code === 'DEPENDENCY_OPEN' ? { ...look, needs: accepted, without } : { ...look, problem: without };
}

async function contentProblem(
  repository: Repository,
  change: Change,
  revision: Revision,
): Promise<string | undefined> {
  const approved = await approvedRevision(repository, change);
  if (approved.kind === 'missing') return approved.why;
  const difference = await differenceFrom(repository, approved.revision, revision.commit);
  return difference === undefined ? undefined : `${difference}; record it and have it approved as it is now.`;
}
