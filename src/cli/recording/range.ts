/** Which commits are recorded: `BASE..TIP`, `BASE` alone up to HEAD, or everything from the known base up to HEAD. */
import { CountersignError } from '../../errors.ts';
import { fullName, headBranch } from '../../vcs/git/refs.ts';
import type { Repository } from '../../vcs/git/repository.ts';
import { commitsBetween, type Revision, readRevisions, resolveCommit } from '../../vcs/git/revisions.ts';
import { type Base, baseOf } from './settings.ts';

export interface Range {
  readonly base: Base;
  /** How people name its end. */
  readonly tipName: string;
  readonly tip: string;
  /** The branch at its end, with its full name; undefined where there is none. */
  readonly branch: string | undefined;
  /** Parents before children. */
  readonly revisions: readonly Revision[];
}

/** A stack of more is a wrong base rather than work under review. */
const MOST_COMMITS = 500;

export async function rangeOf(repository: Repository, text?: string, given?: string): Promise<Range> {
  const [, from = '', to = ''] = /^(.*?)\.\.(?!\.)(.*)$/.exec(text ?? '') ?? [undefined, text ?? '', ''];
  if (text?.includes('...'))
    throw new CountersignError('INVALID_INPUT', `A range has two dots, not three: ${JSON.stringify(text)}.`, {
      hint: 'Write it like main..HEAD.',
    });
  const base = await baseOf(repository, from || given);
  const tipName = to || 'HEAD';
  const tip = await resolveCommit(repository, tipName);
  const branch = tipName === 'HEAD' ? await headBranch(repository) : await fullName(repository, tipName);
  return { base, tipName, tip, branch, revisions: await revisionsBetween(repository, base, tip) };
}

/** Refuses what cannot be recorded as it stands, before anything is sent. */
export async function revisionsBetween(
  repository: Repository,
  { name, commit }: Base,
  tip: string,
): Promise<readonly Revision[]> {
  const commits = await commitsBetween(repository, commit, tip);
  if (commits.length > MOST_COMMITS)
    throw new CountersignError(
      'INVALID_INPUT',
      `There are ${commits.length.toLocaleString('en')} commits after ${name}; at most ${MOST_COMMITS} are recorded at a time.`,
      { hint: 'Name a nearer commit with --base, or an older tip as RANGE.' },
    );
  const revisions = await readRevisions(repository, commits);
  const unknown = revisions.find(({ files }) => files === null);
  if (unknown)
    throw new CountersignError(
      'FILE_UNREADABLE',
      `The history is shallow at ${short(unknown.commit)}: what that commit changed cannot be known.`,
      { hint: 'Get its parents with "git fetch --unshallow" or "git fetch --deepen=100".' },
    );
  refuseTwins(revisions);
  return revisions;
}

function refuseTwins(revisions: readonly Revision[]): void {
  const first = new Map<string, Revision>();
  for (const revision of revisions) {
    const twin = first.get(revision.changeId);
    if (twin)
      throw new CountersignError(
        'INVALID_INPUT',
        `${short(twin.commit)} and ${short(revision.commit)} have the same Change-Id ${revision.changeId}, and a change has one commit.`,
        { hint: 'Squash them, or give one a Change-Id of its own ("git rebase -i").' },
      );
    first.set(revision.changeId, revision);
  }
}

export const short = (commit: string): string => commit.slice(0, 12);
