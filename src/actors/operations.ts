/**
 * What operators do to the timers of a change: schedule an escalation, snooze one, cancel it, fire it now, or let it ask
 * somebody else. Each needs the role "operator" and a reason, goes through the mailbox like any event, and stands in the log.
 */
import { z } from 'zod';
import type { Refusal } from '../errors.ts';
import type { ChangeContext, Scheduled } from '../machines/context.ts';
import { DUE } from '../machines/scheduled.ts';
import type { TimerRecord } from '../persistence/records.ts';
import type { Envelope, EventCommand } from './commands.ts';
import { type Live, stateOf } from './live.ts';

const name = z.string().min(1).max(200);
const time = z.iso.datetime().transform((text) => Date.parse(text));
const plan = { escalate: name.optional(), remind: name.optional() };

const DATA = {
  'timer.schedule': z
    .strictObject({ name, at: time, path: name, ...plan })
    .refine((given) => (given.escalate === undefined) !== (given.remind === undefined), {
      error: 'say whom to "escalate" to or whom to "remind", one of the two',
    }),
  'timer.snooze': z.strictObject({ timer: name, until: time }),
  'timer.cancel': z.strictObject({ timer: name }),
  'timer.fire': z.strictObject({ timer: name }),
  'timer.retarget': z.strictObject({ timer: name, ...plan }),
} as const;

export type Operation = keyof typeof DATA;

export function isOperation(event: string): event is Operation {
  return Object.hasOwn(DATA, event);
}

/** `fire` names the timer that is to be over now; it goes on as if its time had come. */
export type Operated =
  | { readonly refusal: Refusal }
  | { readonly live: Live }
  | { readonly fire: TimerRecord; readonly live: Live };

/** Most timers an operator may add to one change. */
const MAX_SCHEDULED = 50;

export function operate(live: Live, command: EventCommand, { principal }: Envelope): Operated {
  const type = command.trigger as Operation;
  if (!principal.roles.includes('operator'))
    return refuse('MISSING_ROLE', `"${type}" needs the role operator; ${principal.id} does not have it.`, [
      'operator',
    ]);
  if (!command.reason?.trim())
    return refuse('REASON_REQUIRED', `"${type}" needs a reason; ${principal.id} gave none.`, ['reason']);
  if (live.outcome !== null)
    return refuse('CHANGE_CLOSED', `The change is ${live.outcome} and has no timers any more.`);
  const parsed = DATA[type].safeParse(command.data);
  if (!parsed.success)
    return refuse('DATA_INVALID', `The data of "${type}" do not fit: ${z.prettifyError(parsed.error)}.`);
  return type === 'timer.schedule'
    ? schedule(live, DATA[type].parse(command.data))
    : change(live, type, parsed.data as { timer: string; until?: number } & Partial<Scheduled>);
}

function schedule(live: Live, given: z.output<(typeof DATA)['timer.schedule']>): Operated {
  const context = live.snapshot?.context;
  const { roles, name: workflow } = live.workflow.definition;
  const role = given.escalate ?? given.remind ?? '';
  if (!roles.includes(role)) return refuse('DATA_INVALID', `${workflow} has no role "${role}".`, roles);
  const timer = `operator:${given.name}`;
  if (live.timers.some((each) => each.name === timer))
    return refuse('NOT_ENABLED', `The change has a timer "${timer}" already; snooze or cancel that one.`);
  const planned = Object.keys(context?.scheduled ?? {}).length;
  if (planned >= MAX_SCHEDULED)
    return refuse(
      'NOT_ENABLED',
      `Operators have arranged ${planned} timers for this change; cancel some first.`,
    );
  const { at, path, escalate, remind } = given;
  const what = { path, ...(escalate && { escalate }), ...(remind && { remind }) };
  const added = { name: timer, event: DUE, setVersion: live.version + 1, dueAt: at };
  return { live: { ...plannedIn(live, timer, what), timers: [...live.timers, added] } };
}

function change(
  live: Live,
  type: Exclude<Operation, 'timer.schedule'>,
  given: { timer: string; until?: number } & Partial<Scheduled>,
): Operated {
  const timer = live.timers.find((each) => each.name === given.timer);
  const names = live.timers.map((each) => each.name);
  if (!timer)
    return refuse(
      'NOT_ENABLED',
      `No timer "${given.timer}" is running in ${JSON.stringify(stateOf(live))}.`,
      names,
    );
  const others = live.timers.filter((each) => each !== timer);
  if (type === 'timer.fire') return { live, fire: timer };
  if (type === 'timer.cancel') return { live: { ...live, timers: others } };
  if (type === 'timer.snooze') {
    const snoozed = { ...timer, setVersion: live.version + 1, dueAt: given.until ?? timer.dueAt };
    return { live: { ...live, timers: [...others, snoozed] } };
  }
  const named = live.workflow.timers.get(timer.event);
  if (named?.to !== undefined)
    return refuse(
      'NOT_ENABLED',
      `"${timer.name}" leads to ${named.to} and asks nobody; snooze or cancel it.`,
    );
  const { escalate, remind } = given;
  const path = named?.path ?? live.snapshot?.context.scheduled?.[timer.name]?.path ?? '';
  return {
    live: plannedIn(live, timer.name, { path, ...(escalate && { escalate }), ...(remind && { remind }) }),
  };
}

function plannedIn(live: Live, timer: string, what: Scheduled): Live {
  if (!live.snapshot) return live;
  const context: ChangeContext = {
    ...live.snapshot.context,
    scheduled: { ...live.snapshot.context.scheduled, [timer]: what },
  };
  return { ...live, snapshot: { ...live.snapshot, context } };
}

function refuse(code: Refusal['code'], message: string, accepted: readonly string[] = []): Operated {
  return { refusal: { code, message, accepted } };
}
