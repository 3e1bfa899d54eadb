/**
 * Carries plans out through the public API: several changes at a time, the commands of one change in their order.
 * Every command has an idempotency key, so whatever was cut off is sent again without happening twice.
 */
import { CountersignError } from '../../errors.ts';
import type { Api } from '../api.ts';
import { count } from '../text.ts';
import type { Change } from '../wire.ts';
import { sendContent } from './contents.ts';
import { sendDependencies } from './dependencies.ts';
import { type Plan, planOf } from './plan.ts';
import type { HistoryRecord, HistorySource, Skip } from './record.ts';
import type { ImportRule } from './rule.ts';
import { type Summary, Tally } from './tally.ts';

interface Run {
  readonly api: Api;
  readonly rule: ImportRule;
  /** Changes in hand at the same time. */
  readonly concurrency: number;
  readonly onProgress: (changes: number, events: number) => void;
}

/** Throws SERVER_UNREACHABLE, with how far it got, where the server stays away. */
export async function runImport(source: Pick<HistorySource, 'records'>, run: Run): Promise<Summary> {
  const tally = new Tally(run.rule);
  const startedAt = performance.now();
  const skip: Skip = (reason, times) => tally.skipped(reason, times);
  const queue = source.records(skip)[Symbol.asyncIterator]();
  let stopped = false;
  const work = async () => {
    while (!stopped) {
      const next = await queue.next();
      if (next.done) return;
      if (next.value.withdrawn && !run.rule.withdraw) skip('withdrawal, for the workflow has none');
      await importChange(next.value, planOf(next.value, run.rule), run.api, tally);
      run.onProgress(tally.changes, tally.events);
    }
  };
  // One that fails ends the import: the others finish the change they have in hand, and take no other.
  const stop = (reason: unknown) => {
    stopped = true;
    throw reason;
  };
  const workers = Array.from({ length: run.concurrency }, () => work().catch(stop));
  const ended = await Promise.allSettled(workers);
  await queue.return?.();
  const failure = ended.find((each) => each.status === 'rejected');
  if (failure) throw interrupted(failure.reason, tally);
  return tally.summary(performance.now() - startedAt);
}

async function importChange(
  record: HistoryRecord,
  { proposal, events }: Plan,
  api: Api,
  tally: Tally,
): Promise<void> {
  const proposed = await api.propose(proposal.body, proposal.idempotencyKey);
  if (!proposed.ok) {
    tally.refused(proposed.refusal);
    const standing = await existing(api, proposal.body);
    if (!standing) return;
    await sendDependencies(api, standing, record, tally);
    tally.finished(standing);
    return;
  }
  const { id } = proposed.value;
  let standing = tally.proposed(proposed.value);
  await sendContent(api, id, record, proposal.body.as, tally);
  await sendDependencies(api, proposed.value, record, tally);
  for (const { body, idempotencyKey } of events) {
    const reply = await api.send(id, body, { idempotencyKey });
    if (reply.ok) standing = tally.answered(standing, reply.value);
    else tally.refused(reply.refusal);
  }
  tally.finished(standing);
}

/** A change that somebody else proposed, or another file: its votes are left as they are, and it is counted as it stands. */
async function existing(
  api: Api,
  { project, key }: { project: string; key?: string },
): Promise<Change | undefined> {
  const { items } = await api.changes({ project, key, limit: 1 });
  return items[0];
}

function interrupted(reason: unknown, { changes, events }: Tally): unknown {
  if (!(reason instanceof CountersignError && reason.retryable)) return reason;
  return new CountersignError(
    reason.code,
    `${reason.message} Imported so far: ${count(changes, 'change')}, ${count(events, 'event')}.`,
    {
      cause: reason,
      hint: 'Start the server again and repeat the same command: it continues where it stopped.',
    },
  );
}
