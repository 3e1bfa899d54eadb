/**
 * What a bare repository does with a push: commits for `refs/for/BRANCH`, and for refs that its configuration names, are
 * recorded; protected branches take only what was approved. Everything is looked at inside git's quarantine, so a refused push
 * leaves nothing behind.
 */
import { CountersignError } from '../../errors.ts';
import { configValues, refCommit } from '../../vcs/git/refs.ts';
import type { Repository } from '../../vcs/git/repository.ts';
import { resolveCommit } from '../../vcs/git/revisions.ts';
import { hasChangeId } from '../../vcs/git/rewrite.ts';
import type { Api } from '../api.ts';
import { type Range, revisionsBetween, short } from '../recording/range.ts';
import { type Base, baseOf, definitionOf, projectOf, shortName } from '../recording/settings.ts';
import { type Recording, recordStack, refusalAhead } from '../recording/stack.ts';
import { problemsWith } from './protect.ts';
import { matches, type PushedRef } from './pushed.ts';

const FOR_REVIEW = 'refs/for/';

export interface Received {
  readonly ref: string;
  readonly recording: Recording | null;
  /** Why the push is refused. */
  readonly problems: readonly string[];
}

/** Everything is looked at first: where one ref is refused, nothing is recorded. */
export async function receive(
  api: Api,
  repository: Repository,
  pushed: readonly PushedRef[],
): Promise<readonly Received[]> {
  const [guarded, recorded, project] = await Promise.all([
    configValues(repository, 'countersign.protected'),
    configValues(repository, 'countersign.record'),
    projectOf(repository),
  ]);
  const results: Received[] = [];
  for (const each of pushed.filter(({ ref }) => matches(ref, guarded))) {
    const problems = await problemsWith(api, repository, project, each);
    results.push({ ref: each.ref, recording: null, problems });
  }
  if (results.some(({ problems }) => problems.length > 0)) return results;
  const prepared: Prepared[] = [];
  for (const { ref, next } of pushed) {
    const isForReview = ref.startsWith(FOR_REVIEW) || (matches(ref, recorded) && !matches(ref, guarded));
    if (next !== null && isForReview) prepared.push(await preparedOf(repository, ref, next));
  }
  // One ref is as well refused by the server; of several, none is recorded where another is refused.
  if (prepared.length > 1) await askedAhead(api, project, prepared);
  if (prepared.some(({ problems }) => problems.length > 0)) return [...results, ...prepared.map(unrecorded)];
  for (const { ref, range } of prepared)
    results.push(await recordPushed(api, repository, project, ref, range));
  return results;
}

interface Prepared {
  readonly ref: string;
  readonly range: Range;
  readonly problems: string[];
}

const unrecorded = ({ ref, problems }: Prepared): Received => ({ ref, recording: null, problems });

/** All that can be seen before anything is sent: git takes a push as a whole, or not at all. */
async function preparedOf(repository: Repository, ref: string, pushed: string): Promise<Prepared> {
  const base = await baseFor(repository, ref);
  // A tag with a message is an object of its own.
  const tip = await resolveCommit(repository, pushed);
  const revisions = await revisionsBetween(repository, base, tip);
  const nameless = revisions.filter((revision) => !hasChangeId(revision));
  const problems = nameless.map(
    ({ commit, subject }) =>
      `${short(commit)} "${subject.slice(0, 60)}" has no Change-Id; add one with "countersign record" or the hook of "countersign hook install".`,
  );
  return { ref, range: { base, tipName: ref, tip, branch: undefined, revisions }, problems };
}

/** Adds what the server has against commits of changes that it knows. */
async function askedAhead(api: Api, project: string, prepared: readonly Prepared[]): Promise<void> {
  const hasRule = new Map<string, boolean>();
  for (const { range, problems } of prepared)
    for (const revision of range.revisions) {
      const refusal = await refusalAhead({ api, project, hasRule }, revision);
      if (refusal) problems.push(`${revision.changeId} would not be recorded: ${refusal.message}`);
    }
}

async function recordPushed(
  api: Api,
  repository: Repository,
  project: string,
  ref: string,
  range: Range,
): Promise<Received> {
  const aim = { project, definition: await definitionOf(repository) };
  const recording = await recordStack(api, repository, range, aim);
  const refused = recording.changes.filter(({ done }) => done === 'refused');
  const problems = refused.map(({ key, refusal }) => `${key} was not recorded: ${refusal?.message ?? ''}`);
  return { ref, recording, problems };
}

/** `refs/for/main` is meant for main; other refs for what the repository says. */
async function baseFor(repository: Repository, ref: string): Promise<Base> {
  if (!ref.startsWith(FOR_REVIEW)) return baseOf(repository);
  const branch = `refs/heads/${ref.slice(FOR_REVIEW.length)}`;
  const commit = await refCommit(repository, branch);
  if (commit === undefined)
    throw new CountersignError(
      'INVALID_INPUT',
      `There is no branch ${shortName(branch)} to record against.`,
      {
        hint: `Push to ${FOR_REVIEW}NAME, where NAME is a branch of this repository.`,
      },
    );
  return { name: shortName(branch), commit };
}
