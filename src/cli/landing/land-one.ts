/**
 * Lands one change: asks whether it may, makes the commit, looks whether that still is what was approved, moves the branch from
 * where it was seen, and tells the server. Where the server then says no, the branch goes back; where the branch or
 * the change moved meanwhile, all is done anew.
 */
import { CountersignError, messageOf } from '../../errors.ts';
import { type Picked, pickOnto } from '../../vcs/git/land.ts';
import { commitsNaming } from '../../vcs/git/named.ts';
import { isAncestor, moveRef, refCommit } from '../../vcs/git/refs.ts';
import type { Repository } from '../../vcs/git/repository.ts';
import type { Revision } from '../../vcs/git/revisions.ts';
import type { Api } from '../api.ts';
import { short } from '../recording/range.ts';
import { shortName } from '../recording/settings.ts';
import type { Change } from '../wire.ts';
import { type Applying, applyingOf } from './applying.ts';
import { needsOf } from './order.ts';
import { approvedRevision, differenceFrom } from './same-content.ts';

export interface Landing {
  readonly api: Api;
  readonly repository: Repository;
  /** With its full name. */
  readonly target: string;
  /** Where the branch would be by now; set in a dry run, which moves nothing. */
  trial: string | undefined;
  readonly dryRun: boolean;
  readonly trigger: string | undefined;
  readonly committer: string;
  /** What became of the changes of this run, by id. */
  readonly results: Map<string, Landed>;
}

export interface Landed {
  readonly change: Change;
  readonly done: 'landed' | 'there' | 'refused';
  readonly how: 'follows' | 'picked' | null;
  readonly commit: string | null;
  /** Why it was refused, or what is worth saying. */
  readonly why: string | null;
}

const TRIES = 5;

export async function landOne(landing: Landing, id: string): Promise<Landed> {
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const landed = await tryOnce(landing, await landing.api.change(id));
    if (landed) return landed;
  }
  const change = await landing.api.change(id);
  return refused(
    change,
    `${shortName(landing.target)} or the change moved ${TRIES} times meanwhile; land it again.`,
  );
}

/** Undefined where the branch or the change moved meanwhile. */
async function tryOnce(landing: Landing, change: Change): Promise<Landed | undefined> {
  const { api, repository, target, trigger } = landing;
  const missing = needsOf(change).find((id) => landing.results.get(id)?.done === 'refused');
  if (missing)
    return refused(
      change,
      `It depends on ${nameOf(landing.results.get(missing)?.change)}, which did not land.`,
    );
  const applying = await applyingOf(api, change, `Landed on ${shortName(target)}.`, trigger);
  if (applying.kind === 'refused' && !isPlanned(landing, applying))
    return refused(change, `${applying.refusal.message} (${applying.refusal.code})`);
  const approved = await approvedRevision(repository, change);
  if (approved.kind === 'missing') return refused(change, approved.why);
  const { revision } = approved;
  if (revision.parents.length > 1) return refused(change, mergeText(revision, target));
  const before = landing.trial ?? (await refCommit(repository, target));
  if (before === undefined) return refused(change, `${shortName(target)} is gone.`);
  const there = await alreadyThere(repository, revision, before);
  if (there) return tell(landing, change, applying, { before, after: before, commit: there, how: null });
  const picked = await pickOnto(repository, revision, before, landing.committer);
  const problem = await problemWith(landing, revision, picked);
  if (problem !== undefined || !('commit' in picked)) return refused(change, problem ?? '');
  const { commit, kind: how } = picked;
  return tell(landing, change, applying, { before, after: commit, commit, how });
}

/** Made anew it would be a merge that nobody looked at; as it stands it brings along whatever its parents hold. */
function mergeText({ commit, parents }: Revision, target: string): string {
  const branch = shortName(target);
  return `${short(commit)} merges ${parents.length} histories, and only single commits are landed. Push it as it is ("git push origin ${short(commit)}:${branch}"; a protected branch takes it where all it brings is approved), or rebase its commits onto ${branch} without merges, record them, and have them approved.`;
}

/** In a dry run nothing before it was applied; what would have been counts. */
export function isPlanned(
  { dryRun, results }: Pick<Landing, 'dryRun' | 'results'>,
  { refusal }: Applying & { kind: 'refused' },
): boolean {
  return (
    dryRun &&
    refusal.code === 'DEPENDENCY_OPEN' &&
    refusal.accepted.every((id) => results.get(id)?.done === 'landed')
  );
}

/** The commit by which the branch holds the change already, as after a landing that was cut off. */
async function alreadyThere(
  repository: Repository,
  revision: Revision,
  tip: string,
): Promise<string | undefined> {
  if (await isAncestor(repository, revision.commit, tip)) return revision.commit;
  const named = await commitsNaming(repository, revision.changeId, { tip, without: revision.commit });
  for (const commit of named)
    if ((await differenceFrom(repository, revision, commit)) === undefined) return commit;
  return undefined;
}

async function problemWith(
  { repository, target }: Landing,
  revision: Revision,
  picked: Picked,
): Promise<string | undefined> {
  const branch = shortName(target);
  if (picked.kind === 'conflict')
    return `It conflicts with ${branch} in ${picked.files.slice(0, 5).join(', ')}${picked.files.length > 5 ? ` and ${picked.files.length - 5} more` : ''}; rebase it, record it, and have it approved again.`;
  if (picked.kind === 'nothing') return `All that it does is on ${branch} already.`;
  const difference = await differenceFrom(repository, revision, picked.commit);
  if (difference === undefined) return undefined;
  return `On ${branch} it would not be what was approved: ${difference}. Rebase it, record it, and have it approved again.`;
}

interface Move {
  readonly before: string;
  readonly after: string;
  readonly commit: string;
  readonly how: Landed['how'];
}

/** Moves the branch, then tells the server; and moves it back where that was in vain. */
async function tell(
  landing: Landing,
  change: Change,
  applying: Applying,
  { before, after, commit, how }: Move,
): Promise<Landed | undefined> {
  const { api, repository, target } = landing;
  const done = how === null ? 'there' : 'landed';
  if (landing.dryRun) {
    landing.trial = after;
    return { change, done, how, commit, why: null };
  }
  const why = `countersign land: ${change.id}`;
  if (after !== before && !(await moveRef(repository, target, { from: before, to: after, why })))
    return undefined;
  if (applying.kind !== 'send') {
    const said = applying.kind === 'ended' ? `Its workflow had ended: ${applying.outcome}.` : null;
    return { change, done, how, commit, why: said };
  }
  const answer = await sent(api, change, applying.trigger, { commit, branch: target });
  if (answer.kind === 'taken') return { change: await api.change(change.id), done, how, commit, why: null };
  const { problem } = answer;
  if (after === before) return answer.kind === 'stale' ? undefined : refused(change, problem);
  const isBack = await moveRef(repository, target, { from: after, to: before, why: `${why}: taken back` });
  if (isBack && answer.kind === 'stale') return undefined;
  const branch = shortName(target);
  return refused(
    change,
    isBack
      ? `${problem} ${branch} is back at ${short(before)}.`
      : `${problem} ${branch} moved on meanwhile and still holds it as ${short(commit)}: have it applied, or revert it.`,
  );
}

type Answer =
  | { readonly kind: 'taken' }
  /** `stale`: the change moved on since it was looked at, as when a dependency of it was applied a moment ago. */
  | { readonly kind: 'stale' | 'refused'; readonly problem: string };

async function sent(
  api: Api,
  change: Change,
  trigger: string,
  landed: { readonly commit: string; readonly branch: string },
): Promise<Answer> {
  const event = {
    trigger,
    reason: `Landed on ${shortName(landed.branch)} as ${short(landed.commit)}.`,
    data: { landed },
  };
  const idempotencyKey = `land:${change.id}:${landed.commit}:${change.version}`;
  try {
    const reply = await api.send(change.id, event, { idempotencyKey, version: change.version });
    if (reply.ok) return { kind: 'taken' };
    const { code, message } = reply.refusal;
    return { kind: code === 'STALE_VERSION' ? 'stale' : 'refused', problem: `${message} (${code})` };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    const unsure = error.retryable ? ' Whether it was applied is not known; land it again.' : '';
    return { kind: 'refused', problem: `${messageOf(error)} (${error.code})${unsure}` };
  }
}

export function refused(change: Change, why: string): Landed {
  return { change, done: 'refused', how: null, commit: null, why };
}

export function nameOf(change: Change | undefined): string {
  return change?.key ?? change?.id ?? 'another';
}
