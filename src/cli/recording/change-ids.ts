/**
 * Every recorded commit names its change. Where some do not yet, the branch gets rewritten commits that do: the same trees, so
 * neither the work tree nor the index is touched. Refused where that would lose something or surprise somebody.
 */
import { CountersignError } from '../../errors.ts';
import { checkedOutAt, headBranch, moveRef, operationUnderWay, publishedAmong } from '../../vcs/git/refs.ts';
import type { Repository } from '../../vcs/git/repository.ts';
import { addChangeIds, affectedBy, hasChangeId, type Rewriting } from '../../vcs/git/rewrite.ts';
import { type Range, revisionsBetween, short } from './range.ts';
import { shortName } from './settings.ts';

export interface Rewritten {
  readonly branch: string;
  readonly from: string;
  readonly to: string;
  /** How many commits got a Change-Id. */
  readonly commits: number;
}

export interface Identified {
  readonly range: Range;
  readonly rewritten: Rewritten | null;
}

const HOOK =
  'Have every new commit get one with "countersign hook install"; "git commit --amend --no-edit" adds it to the newest commit.';

/** The range with a Change-Id in each commit. */
export async function identified(
  repository: Repository,
  range: Range,
  mayRewrite: boolean,
): Promise<Identified> {
  const missing = range.revisions.filter((revision) => !hasChangeId(revision));
  const [first] = missing;
  if (!first) return { range, rewritten: null };
  const others = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
  const which = `${short(first.commit)} "${first.subject.slice(0, 60)}"${others}`;
  if (!mayRewrite) throw refusal(`No Change-Id is in ${which}, and --no-rewrite forbids adding it.`, HOOK);
  const branch = await writableBranch(repository, range, which);
  const affected = affectedBy(range.revisions).map(({ commit }) => commit);
  const published = await publishedAmong(repository, affected);
  const known = affected.find((commit) => published.has(commit));
  if (known)
    throw refusal(
      `${short(known)} has been pushed already, and adding a Change-Id would make it another commit.`,
      `Name a later --base, or rewrite it yourself and push by force. ${HOOK}`,
    );
  const made = await addChangeIds(repository, range.revisions);
  if (made.kind !== 'done') throw irreplaceable(made, range, which);
  const to = made.renamed.get(range.tip) ?? range.tip;
  const revisions = await revisionsBetween(repository, range.base, to);
  const still = revisions.find((revision) => !hasChangeId(revision))?.commit;
  if (still !== undefined)
    throw subjectless([...made.renamed].find(([, after]) => after === still)?.[0] ?? still);
  const moved = await moveRef(repository, branch, {
    from: range.tip,
    to,
    why: 'countersign record: Change-Id added',
  });
  if (!moved)
    throw new CountersignError(
      'INVALID_INPUT',
      `${shortName(branch)} moved while it was being recorded; nothing was changed.`,
      { hint: 'Record again.' },
    );
  return {
    range: { ...range, tip: to, revisions },
    rewritten: { branch, from: range.tip, to, commits: missing.length },
  };
}

/** Git takes the first paragraph for the subject, whatever stands in it. */
function subjectless(commit: string): CountersignError {
  return refusal(
    `${short(commit)} has no message, and a Change-Id needs a subject to stand under.`,
    'Give it one with "git commit --amend" or "git rebase -i".',
  );
}

function irreplaceable(
  { kind, commit }: Exclude<Rewriting, { kind: 'done' }>,
  { base }: Range,
  which: string,
): CountersignError {
  return kind === 'merge'
    ? refusal(
        `${short(commit)} is a merge that would have to be made anew to add a Change-Id to ${which}.`,
        `Rebase without merges ("git rebase ${shortName(base.name)}"), or add it by hand. ${HOOK}`,
      )
    : refusal(
        `${short(commit)} is signed, and adding a Change-Id to ${which} would drop the signature.`,
        HOOK,
      );
}

/** The branch that may be moved to rewritten commits. */
async function writableBranch(
  repository: Repository,
  { branch, tipName }: Range,
  which: string,
): Promise<string> {
  if (!branch?.startsWith('refs/heads/'))
    throw refusal(
      tipName === 'HEAD'
        ? `HEAD is detached, so no branch could take the commits with the Change-Id that ${which} lacks.`
        : `${tipName} is no branch, so nothing could take the commits with the Change-Id that ${which} lacks.`,
      `Make a branch with "git switch -c NAME". ${HOOK}`,
    );
  const elsewhere = await checkedOutAt(repository, branch);
  const isHere = branch === (await headBranch(repository));
  if (elsewhere !== undefined && !isHere)
    throw refusal(`${shortName(branch)} is checked out at ${elsewhere}.`, 'Record it from there.');
  const operation = isHere ? operationUnderWay(repository) : undefined;
  if (operation)
    throw refusal(
      `${operation.what} is under way, so no Change-Id can be added to ${which}.`,
      `End it first with ${operation.end}.`,
    );
  return branch;
}

function refusal(message: string, hint: string): CountersignError {
  return new CountersignError('INVALID_INPUT', message, { hint });
}
