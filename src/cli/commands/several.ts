/** Events to several changes in one request, each change its own: what is sent, and what came of each. */
import type { Api } from '../api.ts';
import type { Result } from '../result.ts';
import { moveText } from '../state-text.ts';
import { clean, count, type Paint } from '../text.ts';
import type { BatchItem, Change, EventBody, ReportedItem, Transition } from '../wire.ts';

/** What one of several changes is asked, or why it cannot be, where that is known before anything is sent. */
export interface Asked {
  readonly change: Change;
  readonly ask: Omit<BatchItem, 'change'> & { readonly trigger: string };
  readonly problem?: ReportedItem['problem'];
}

export interface SeveralOptions {
  readonly allOrNothing?: boolean;
  readonly idempotencyKey?: string;
}

/** Sends what can be sent, and reports on all. */
export async function sendSeveral(
  api: Api,
  asked: readonly Asked[],
  event: Omit<EventBody, 'trigger'>,
  paint: Paint,
  { allOrNothing = false, idempotencyKey }: SeveralOptions,
): Promise<Result> {
  const sent = asked.filter(({ problem }) => !problem);
  const items = sent.map(({ change, ask }) => ({ change: change.id, ...ask }));
  const [first] = items;
  const body = { trigger: first?.trigger ?? '', ...event, ...(allOrNothing && { atomic: true }), items };
  const answered = first ? (await api.batch(body, idempotencyKey)).items : [];
  const report = asked.map(({ change, problem }) => ({
    name: change.key ?? change.id,
    item: answered.find((item) => item.change === change.id) ?? {
      change: change.id,
      transition: null,
      problem: problem ?? null,
    },
  }));
  const done = report.filter(({ item }) => item.transition !== null).length;
  const refused = report.length - done;
  const lines = report.map(({ name, item }) => `${clean(name)}  ${itemText(item, paint)}`);
  return {
    documents: [{ done, refused, items: report.map(({ item }) => item) }],
    text: lines.join('\n'),
    ...(refused > 0 && { notice: noticeOf(done, refused, allOrNothing) }),
    exit: refused === 0 ? 0 : 1,
  };
}

function noticeOf(done: number, refused: number, allOrNothing: boolean): string {
  if (allOrNothing) return `Nothing was done to any of the ${count(done + refused, 'change')}.`;
  return `${count(done, 'change')} done, ${refused} not.`;
}

function itemText({ transition, problem }: ReportedItem, paint: Paint): string {
  if (transition) return movedText(transition, paint);
  return `${paint.red('not done')} (${problem?.code ?? 'INTERNAL'}): ${clean(problem?.detail ?? '')}`;
}

/** How an event moved its change. */
export function movedText(
  { event, kind, from, to, outcome, version, seq }: Transition,
  paint: Paint,
): string {
  const place = paint.dim(`version ${version}, seq ${seq}`);
  if (kind === 'late') return `${event}: noted as late, nothing changed  ${place}`;
  const moved = moveText(from, to);
  return `${event}: ${outcome ? paint.green(moved) : moved}  ${place}`;
}
