/**
 * One batch: load what memory lacks, draft every mailbox, commit the drafts in one transaction, and only then answer.
 * A conflict sends its own mailbox round again; an unreachable store fails the batch and forgets what it touched.
 */

import { CountersignError, InvariantError, messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import type {
  ChangeCommit,
  ChangeRef,
  CommitResult,
  DueTimer,
  KeyAnswer,
  KeyRef,
  LogEntry,
  LogRow,
} from '../persistence/records.ts';
import type { Definitions } from './definitions.ts';
import { answerFrom, type Draft, draft } from './draft.ts';
import type { KnownFacts } from './known-facts.ts';
import { revive } from './live.ts';
import { keyOf, type Mailbox, type Mailboxes, nameOf, type Work } from './mailbox.ts';
import { noSuchChange } from './missing.ts';
import type { Clock, Publisher, Store } from './ports.ts';

export interface BatchWorld {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly definitions: Definitions;
  readonly mailboxes: Mailboxes;
  readonly facts: KnownFacts;
  readonly publisher: Publisher;
  /** Told of the timers a commit has set. */
  readonly timersSet: (timers: readonly DueTimer[]) => void;
}

/** A conflict means somebody else was faster; after this many rounds something else is wrong. */
export const MAX_ATTEMPTS = 100;

/** Never throws: every item is settled, failed or put back. */
export async function runBatch(work: readonly Work[], world: BatchWorld): Promise<void> {
  try {
    await commit(await drafted(work, world), world);
  } catch (error) {
    const failure = asError(error);
    for (const { mailbox, items } of work) {
      forget(mailbox);
      for (const item of items) item.fail(failure);
    }
  } finally {
    for (const { mailbox } of work) world.mailboxes.release(mailbox);
  }
}

/** The work as drafts. What cannot be drafted has failed, and is left out. */
export async function drafted(
  work: readonly Work[],
  world: BatchWorld,
  together?: ReadonlySet<string>,
): Promise<Drafted[]> {
  const [, known] = await Promise.all([load(work, world), lookUp(work, world)]);
  await refresh(work, world);
  return draftAll(await world.facts.added(work, together), known, world);
}

async function load(work: readonly Work[], world: BatchWorld): Promise<void> {
  const absent = work.flatMap(({ mailbox }) => (mailbox.live || mailbox.quarantined ? [] : [mailbox]));
  if (absent.length === 0) return;
  const stored = await world.store.load(absent.map(({ ref }) => ref));
  const byId = new Map(stored.map((each) => [nameOf(each), each]));
  for (const mailbox of absent) {
    const found = byId.get(mailbox.id);
    if (!found) continue;
    const workflow = await world.definitions.workflow(found);
    try {
      mailbox.live = revive(workflow, found);
    } catch (error) {
      quarantine(mailbox, error, world);
    }
  }
}

/** Calendars may have been changed since a change came to life. */
async function refresh(work: readonly Work[], { definitions }: BatchWorld): Promise<void> {
  for (const { mailbox } of work) {
    const { live, ref } = mailbox;
    if (!live || live.workflow.calendarNames.length === 0) continue;
    const workflow = await definitions.workflow({ ...live.facts, tenant: ref.tenant });
    if (workflow !== live.workflow) mailbox.live = { ...live, workflow };
  }
}

async function lookUp(work: readonly Work[], { store }: BatchWorld): Promise<Map<string, KeyAnswer>> {
  const claims: KeyRef[] = work.flatMap(({ items }) => items.flatMap(({ claim }) => (claim ? [claim] : [])));
  const answers = claims.length === 0 ? [] : await store.answers(claims);
  return new Map(answers.map((each) => [keyOf(each), each]));
}

export interface Drafted extends Work {
  readonly draft: Draft;
}

function draftAll(work: readonly Work[], known: Map<string, KeyAnswer>, world: BatchWorld): Drafted[] {
  const now = world.clock.now();
  return work.flatMap(({ mailbox, items }) => {
    if (!mailbox.live || mailbox.quarantined) {
      for (const item of items) item.fail(unavailable(mailbox));
      return [];
    }
    try {
      return [{ mailbox, items, draft: draft(mailbox.ref, mailbox.live, items, known, now) }];
    } catch (error) {
      quarantine(mailbox, error, world);
      for (const item of items) item.fail(unavailable(mailbox, error));
      return [];
    }
  });
}

async function commit(drafts: readonly Drafted[], world: BatchWorld): Promise<void> {
  const writing = drafts.filter(({ draft }) => draft.commit !== null);
  const commits = writing.flatMap(({ draft }) => draft.commit ?? []);
  const results = commits.length === 0 ? [] : await world.store.commit(commits);
  const effects: Effects = { rows: [], timers: [] };
  for (const [index, drafted] of writing.entries()) {
    const result = results[index] as CommitResult;
    if (!result.ok) {
      await lost(drafted, result, world);
      continue;
    }
    committed(drafted, commits[index] as (typeof commits)[number], result.seq, effects);
  }
  for (const drafted of drafts) {
    if (drafted.draft.outdated) again(drafted, world);
    else if (drafted.draft.commit === null) settle(drafted, []);
  }
  tell(effects, world);
}

/** What is told to the world once a batch is through. */
export interface Effects {
  readonly rows: LogRow[];
  readonly timers: DueTimer[];
}

/** The commit of this draft was made: answers its items and notes what is to be told. */
export function committed(drafted: Drafted, commit: ChangeCommit, seq: number, effects: Effects): void {
  const { ref } = drafted.mailbox;
  const rows = commit.entries.map((entry, offset) => rowOf(entry, ref, seq + offset));
  settle(drafted, rows);
  for (const row of rows) effects.rows.push(row);
  for (const timer of commit.timersSet) effects.timers.push({ ...timer, ...ref });
}

export function tell({ rows, timers }: Effects, world: BatchWorld): void {
  if (rows.length > 0) world.publisher.publish(rows);
  if (timers.length > 0) world.timersSet(timers);
}

/** Field by field: spread objects of this size cost ten times the memory, 20,000 times a second. */
function rowOf(entry: LogEntry, { tenant, change }: ChangeRef, seq: number): LogRow {
  return {
    tenant,
    change,
    seq,
    kind: entry.kind,
    version: entry.version,
    event: entry.event,
    from: entry.from,
    to: entry.to,
    outcome: entry.outcome,
    principal: entry.principal,
    principalKind: entry.principalKind,
    via: entry.via,
    role: entry.role,
    reason: entry.reason,
    data: entry.data,
    refusal: entry.refusal,
    occurredAt: entry.occurredAt,
    recordedAt: entry.recordedAt,
  };
}

function settle({ mailbox, draft }: Drafted, rows: readonly LogRow[]): void {
  mailbox.live = draft.live;
  for (const { item, result } of draft.results) {
    if (result.kind === 'answer') item.settle(result.answer);
    else item.settle(answerFrom(rows[result.index] as LogRow, result.replayed));
  }
}

async function lost(
  drafted: Drafted,
  result: CommitResult & { ok: false },
  world: BatchWorld,
): Promise<void> {
  const { mailbox, items } = drafted;
  if (result.conflict === 'exists') {
    // What was committed beside it stays answered, even where the other change cannot be named now.
    return exists(drafted, world).catch((error: Error) => {
      for (const item of drafted.items) item.fail(error);
    });
  }
  if (result.conflict !== 'rejected') return again(drafted, world);
  world.log.error({ change: mailbox.id, err: result.error }, 'the database refused the data of one change');
  forget(mailbox);
  for (const item of items)
    item.fail(
      new CountersignError('INTERNAL', `The change ${mailbox.ref.change} could not be stored.`, {
        cause: result.error,
      }),
    );
}

async function exists({ mailbox, items }: Drafted, { store }: BatchWorld): Promise<void> {
  const { project = '', key } = mailbox.live?.facts ?? {};
  const [there] = await store.changes(mailbox.ref.tenant, { project, key: key ?? '' }, { limit: 1 });
  const message = `The project ${project} has a change with the key "${key}" already; use that one.`;
  const refusal = { code: 'CHANGE_EXISTS', message, accepted: there ? [there.change] : [] } as const;
  for (const item of items) item.settle({ ok: false, refusal, row: null, replayed: false });
}

function again({ mailbox, items }: Drafted, { mailboxes }: BatchWorld): void {
  forget(mailbox);
  const left = items.filter((item) => ++item.attempts < MAX_ATTEMPTS);
  for (const item of items)
    if (!left.includes(item))
      item.fail(
        new CountersignError('TOO_BUSY', `The change ${mailbox.ref.change} is changed by too many at once.`),
      );
  mailboxes.putBack(mailbox, left);
}

/** A proposal lives in memory only until it is committed; everything else is loaded again. */
export function forget(mailbox: Mailbox): void {
  if (mailbox.live && mailbox.live.version > 0) mailbox.live = undefined;
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(messageOf(error));
}

function quarantine(mailbox: Mailbox, error: unknown, { log, clock }: BatchWorld): void {
  mailbox.quarantined = { why: messageOf(error), at: clock.now() };
  mailbox.live = undefined;
  log.error({ change: mailbox.id, err: error }, 'a change broke an invariant and is stopped');
}

function unavailable(mailbox: Mailbox, cause?: unknown): Error {
  const { change } = mailbox.ref;
  if (!mailbox.quarantined) return noSuchChange(change);
  const why = cause instanceof InvariantError ? ` (${cause.message})` : '';
  return new CountersignError('CHANGE_QUARANTINED', `The change ${change} was stopped${why}.`, { cause });
}
