/**
 * One group: commands to several changes, one each, that are all done in one transaction or not done at all. Every change
 * judges its own command as it always does. Where one says no, only that no goes into the log; where another server was
 * faster with one of them, all are judged again. The group has all its mailboxes to itself from the first look to the end.
 */
import { createHash } from 'node:crypto';
import { CountersignError, invariant, type Refusal } from '../errors.ts';
import { isPositive } from '../machines/dependencies.ts';
import {
  asError,
  type BatchWorld,
  committed,
  type Drafted,
  drafted,
  type Effects,
  forget,
  MAX_ATTEMPTS,
  tell,
} from './batch.ts';
import type { Answer, Envelope, EventCommand } from './commands.ts';
import { claimOf } from './identity.ts';
import type { Group, Item, Member } from './mailbox.ts';

/** Changes of one group: while it is being committed, nobody else of the tenant commits. */
export const MAX_GROUP = 200;

export interface GroupAnswer {
  /** Whether the whole group was done; otherwise nothing of it was. */
  readonly done: boolean;
  /**
   * One per command, in their order. Where nothing was done, those that were in the way say why; the others are refused
   * with GROUP_REFUSED, which names the first of these.
   */
  readonly answers: readonly Answer[];
}

/** What is wrong with these commands as a group, or undefined. */
export function groupProblem(commands: readonly EventCommand[]): CountersignError | undefined {
  const count = commands.length;
  const isOneEach = new Set(commands.map(({ change }) => change)).size === count;
  if (isOneEach && count > 0 && count <= MAX_GROUP) return undefined;
  const message = isOneEach
    ? `A group is of 1 to ${MAX_GROUP} changes, not of ${count}; send what does not depend on each other apart.`
    : 'A group names each change once; one is named twice.';
  return new CountersignError('INVALID_INPUT', message, { issues: [{ path: 'items', message }] });
}

/**
 * The claim each command makes: the group's key with the change behind it. What it stands for is the whole group, so a
 * key that was used for another group, or for one event alone, answers nothing of this one.
 */
export function claimsOf(commands: readonly EventCommand[], envelope: Envelope): Item['claim'][] {
  const { idempotencyKey: key } = envelope;
  if (key === undefined) return commands.map(() => null);
  const own = commands.map((command) =>
    claimOf({ ...envelope, idempotencyKey: `${key}/${command.change}` }, command),
  );
  const whole = sha256(own.map((claim) => claim?.digest).sort());
  return own.map((claim) => claim && { ...claim, digest: sha256([claim.digest, whole]) });
}

function sha256(meaning: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(meaning)).digest('hex');
}

/** Never throws: the group is settled or failed, and its mailboxes are free again. */
export async function runGroup(group: Group, world: BatchWorld): Promise<void> {
  try {
    group.settle(await answersOf(group.members, world));
  } catch (error) {
    forgetAll(group.members);
    group.fail(asError(error));
  } finally {
    for (const { mailbox } of group.members) world.mailboxes.release(mailbox);
  }
}

async function answersOf(members: readonly Member[], world: BatchWorld): Promise<readonly Answer[]> {
  for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts += 1) {
    const answers = await attempt(members, attempts, world);
    if (answers) return answers;
    forgetAll(members);
  }
  throw new CountersignError('TOO_BUSY', 'The changes of the group are changed by too many at once.');
}

function forgetAll(members: readonly Member[]): void {
  for (const { mailbox } of members) forget(mailbox);
}

/** Undefined where what was judged is not what is stored, so that it has to be judged again. */
async function attempt(
  members: readonly Member[],
  attempts: number,
  world: BatchWorld,
): Promise<readonly Answer[] | undefined> {
  const answers = new Map<Member, Answer>();
  const failures: Error[] = [];
  const work = members.map((member) => {
    const { mailbox, input, claim } = member;
    const settle = (answer: Answer | null) => void (answer && answers.set(member, answer));
    const item: Item = { input, claim, settle, fail: (error) => failures.push(error), attempts };
    return { mailbox, items: [item] };
  });
  const drafts = await drafted(work, world, new Set(members.map(({ mailbox }) => mailbox.ref.change)));
  const [failure] = failures;
  if (failure) throw failure;
  if (drafts.some(({ draft }) => draft.outdated)) return undefined;
  const opinions = heldBack(members.map((member, index) => opinionOf(member, drafts[index])));
  const known = opinions.filter(({ answer }) => answer?.replayed);
  const refusal = groupRefusal(known.length > 0 ? known : opinions);
  // The claims of a group are made in one commit: all of them where it was done, those of the refusals where it was not.
  const isWhole = known.length === 0 || known.length === opinions.length;
  invariant(refusal || isWhole, 'a group that was done was done whole');
  const isWritten = ({ answer, refusal: own }: Opinion) => !answer && (!refusal || own !== null);
  const writing = known.length > 0 ? [] : opinions.filter(isWritten);
  if (!(await commitTogether(writing, world))) return undefined;
  return opinions.map(({ member, answer: given }) => {
    const answer = given ?? answers.get(member) ?? (refusal && refusedWith(refusal));
    invariant(answer, 'where nobody refuses everybody is answered by a row');
    return answer;
  });
}

/** What a change makes of its command. */
interface Opinion {
  readonly member: Member;
  readonly drafted: Drafted;
  /** An answer that needs no commit: one that was given before, or a refusal that was not the change's to decide. */
  readonly answer: Answer | null;
  /** Null where the change agrees. */
  readonly refusal: Refusal | null;
}

function opinionOf(member: Member, drafted: Drafted | undefined): Opinion {
  const [only] = drafted?.draft.results ?? [];
  invariant(drafted && only, 'a member of a group that did not fail was drafted');
  const given = only.result.kind === 'answer' ? only.result.answer : null;
  const barred = member.barred && refusedWith(member.barred);
  const answer = given?.replayed ? given : (barred ?? given);
  if (answer) return { member, drafted, answer, refusal: answer.ok ? null : answer.refusal };
  const [entry] = drafted.draft.commit?.entries ?? [];
  invariant(entry, 'an event that was stepped leaves an entry');
  return { member, drafted, answer, refusal: entry.refusal };
}

/** Changes that need each other pass together: whoever was approved because another is, is not where that one is not. */
function heldBack(opinions: readonly Opinion[]): Opinion[] {
  const passing = new Set(
    opinions.flatMap(({ member, drafted }) =>
      isPositive(drafted.draft.live.outcome ?? undefined) ? [member.mailbox.ref.change] : [],
    ),
  );
  const members = new Set(opinions.map(({ member }) => member.mailbox.ref.change));
  return opinions.map((opinion) => {
    const { member, drafted } = opinion;
    const { dependencies = [] } = drafted.draft.live.snapshot?.context ?? {};
    // Also one that was approved before, and is reopened by the same group.
    const missing = dependencies.find(
      ({ change = '', policy }) => policy === 'block' && members.has(change) && !passing.has(change),
    );
    if (opinion.answer || !missing || !passing.has(member.mailbox.ref.change)) return opinion;
    const message = `The change ${member.mailbox.ref.change} depends on ${missing.on}, which the group leaves open.`;
    const refusal = { code: 'DEPENDENCY_OPEN', message, accepted: [missing.on] } as const;
    return { ...opinion, answer: refusedWith(refusal), refusal };
  });
}

function refusedWith(refusal: Refusal): Answer {
  return { ok: false, refusal, row: null, replayed: false };
}

/** What those are told who agreed while others did not; null where everybody agrees. */
function groupRefusal(opinions: readonly Opinion[]): Refusal | null {
  const [first, ...others] = opinions.filter(({ refusal }) => refusal !== null);
  if (!first?.refusal) return null;
  const { code, message: why } = first.refusal;
  const { change } = first.member.mailbox.ref;
  const more = others.length > 0 ? `, and so did ${others.length} more` : '';
  const message = `Nothing of the group was done: the change ${change} refused (${code}: ${why})${more}.`;
  return { code: 'GROUP_REFUSED', message, accepted: [] };
}

/** False, and nothing written, where another server was faster with one of them. */
async function commitTogether(writing: readonly Opinion[], world: BatchWorld): Promise<boolean> {
  const own = new Set(writing.map(({ member }) => member.mailbox.ref.change));
  const pairs = writing.flatMap(({ drafted }) => {
    const { commit } = drafted.draft;
    if (!commit) return [];
    // Each of them is held to its own version already.
    const requires = commit.requires?.filter(({ change }) => !own.has(change)) ?? [];
    return [
      {
        drafted,
        commit: requires.length === (commit.requires?.length ?? 0) ? commit : { ...commit, requires },
      },
    ];
  });
  if (pairs.length === 0) return true;
  const results = await world.store.commit(
    pairs.map(({ commit }) => commit),
    { together: true },
  );
  const effects: Effects = { rows: [], timers: [] };
  for (const [index, { drafted, commit }] of pairs.entries()) {
    const result = results[index];
    invariant(result, 'a commit has a result for each change');
    if (result.ok) committed(drafted, commit, result.seq, effects);
    else if (result.conflict === 'rejected') throw unstorable(drafted, result.error, world);
  }
  tell(effects, world);
  return effects.rows.length > 0;
}

function unstorable({ mailbox }: Drafted, cause: Error, { log }: BatchWorld): CountersignError {
  log.error({ change: mailbox.id, err: cause }, 'the database refused the data of a group');
  const message = `The group of the change ${mailbox.ref.change} could not be stored.`;
  return new CountersignError('INTERNAL', message, { cause });
}
