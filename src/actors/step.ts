/**
 * The step: (what is, what happens) → what will be, and one log entry that says so. Pure: time and identity come in
 * with the command, nothing has happened when it returns. A refusal is an entry too; only the state stays as it was.
 */
import { invariant, type Refusal } from '../errors.ts';
import {
  decidingRole,
  isBuiltIn,
  next,
  outcomeOf,
  persist,
  restore,
  type Step,
  start,
  type TriggerEvent,
} from '../machines/compile.ts';
import { DUE } from '../machines/scheduled.ts';
import type { Json, LogEntry, TimerRecord } from '../persistence/records.ts';
import { startingContext, withIncluded } from './beginning.ts';
import type { Envelope, EventCommand } from './commands.ts';
import { explain, takenRule } from './explain.ts';
import { type Live, stateOf } from './live.ts';
import { dataOf, onBehalf } from './log-data.ts';
import { MIGRATE, type Move, moved } from './moving.ts';
import { isOperation, operate } from './operations.ts';
import { timersAfter } from './timers-after.ts';

/** What an actor is given, one at a time. */
export type Input =
  | {
      readonly kind: 'propose';
      readonly envelope: Envelope;
      /** How many hold the roles that shares are taken of. */
      readonly electorates?: Readonly<Record<string, number>>;
    }
  | { readonly kind: 'event'; readonly command: EventCommand; readonly envelope: Envelope }
  | { readonly kind: 'timer'; readonly timer: TimerRecord }
  | {
      readonly kind: 'migrate';
      readonly move: Move;
      readonly envelope: Envelope;
      readonly reason: string | null;
    };

/** `entry` is null where the input no longer counts: a timer that was cancelled, fired, or is not due yet. */
export interface Stepped {
  readonly live: Live;
  readonly entry: LogEntry | null;
}

/** `now` is the recording time, ms. */
export function step(live: Live, input: Input, now: number): Stepped {
  switch (input.kind) {
    case 'propose':
      return propose(live, input, now);
    case 'event':
      return receive(live, input.command, input.envelope, now);
    case 'timer':
      return elapse(live, input.timer, now);
    case 'migrate':
      return migrate(live, input, now);
  }
}

function propose(live: Live, { envelope, electorates }: Input & { kind: 'propose' }, now: number): Stepped {
  invariant(live.version === 0, 'a change is proposed once');
  const context = startingContext(live.workflow.definition, live.facts, envelope.principal);
  const begun = start(live.workflow, electorates ? { ...context, electorates } : context);
  const after = advance(live, begun, now);
  const came = { kind: 'proposed', role: null } as const;
  return { live: after, entry: entryOf({ envelope, now, event: 'propose' }, live, after, came) };
}

function receive(live: Live, command: EventCommand, envelope: Envelope, now: number): Stepped {
  if (isOperation(command.trigger)) return operated(live, command, envelope, now);
  const { workflow, snapshot } = live;
  invariant(snapshot, 'a change has a snapshot before it gets events');
  const { trigger, reason, data, revision } = command;
  const principal = withIncluded(workflow.definition, envelope.principal);
  const event: TriggerEvent = {
    type: trigger,
    principal,
    reason,
    data,
    revision,
    value: snapshot.value,
    at: now,
  };
  const said = { envelope, now, event: trigger, reason, data };
  // Names of the runtime would fire timers and completions from outside; they never reach the machine.
  const isKnown = workflow.definition.triggers.includes(trigger) || isBuiltIn(trigger);
  const taken = isKnown ? next(workflow, restore(workflow, snapshot), event) : undefined;
  if (!taken?.changed) return { live, entry: entryOf(said, live, live, explain(live, event)) };
  const rule = takenRule(live, event);
  const after = advance(live, taken, now, principal.kind !== 'system');
  const role = rule ? decidingRole(rule, snapshot.context, event) : null;
  const record = { ...said, data: dataOf(workflow.definition, snapshot.context, event, rule) };
  return { live: after, entry: entryOf(record, live, after, { kind: 'transition', role }) };
}

/** What an operator did to a timer; one that is fired takes its course at once, in the operator's name. */
function operated(live: Live, command: EventCommand, envelope: Envelope, now: number): Stepped {
  const { trigger: event, reason, data } = command;
  const said = { envelope, now, event, reason, data };
  const done = operate(live, command, envelope);
  if ('refusal' in done) return { live, entry: entryOf(said, live, live, { kind: 'refusal', ...done }) };
  const after =
    'fire' in done ? over(live, done.fire, now) : { ...done.live, version: live.version + 1, updatedAt: now };
  return { live: after, entry: entryOf(said, live, after, { kind: 'transition', role: 'operator' }) };
}

/** Never early, never twice: the timer must still be pending as it was set, and due. */
function elapse(live: Live, timer: TimerRecord, now: number): Stepped {
  const pending = live.timers.find(
    ({ name, setVersion }) => name === timer.name && setVersion === timer.setVersion,
  );
  if (!pending || !live.snapshot || pending.dueAt > now) return { live, entry: null };
  const after = over(live, pending, now);
  const envelope = { ...SYSTEM, occurredAt: pending.dueAt };
  const came = { kind: 'transition', role: null } as const;
  return { live: after, entry: entryOf({ envelope, now, event: pending.name }, live, after, came) };
}

/** To another version of the definition, and on from there where something goes by itself. */
function migrate(live: Live, { move, envelope, reason }: Input & { kind: 'migrate' }, now: number): Stepped {
  const arrived = moved(live, move, now);
  if (!arrived) return { live, entry: null };
  const { live: there, going, data } = arrived;
  const after = going
    ? advance(there, going, now, false)
    : { ...there, version: live.version + 1, updatedAt: now };
  const said = { envelope, now, event: MIGRATE, reason: reason ?? undefined, data: data as unknown as Json };
  return { live: after, entry: entryOf(said, live, after, { kind: 'transition', role: null }) };
}

/** The change when the timer is over. What operators arranged for it comes before what the definition says. */
function over(live: Live, timer: TimerRecord, now: number): Live {
  const { workflow, snapshot } = live;
  invariant(snapshot, 'a change with a timer has a snapshot');
  const isArranged = snapshot.context.scheduled?.[timer.name] !== undefined;
  const event = isArranged ? { type: DUE, data: { name: timer.name } } : { type: timer.event };
  const taken = next(workflow, restore(workflow, snapshot), event);
  invariant(taken.changed, `the timer ${timer.name} of ${workflow.definition.name} is heard in its state`);
  return advance({ ...live, timers: live.timers.filter((each) => each !== timer) }, taken, now, false);
}

const SYSTEM: Envelope = { principal: { tenant: '', id: 'countersign', kind: 'system', roles: [] } };

function advance(live: Live, taken: Step, now: number, isTouched = true): Live {
  const version = live.version + 1;
  const after = persist(live.workflow, taken.snapshot);
  const { snapshot, timers } = timersAfter(live, taken, after, version, now, isTouched);
  return {
    workflow: live.workflow,
    facts: live.facts,
    version,
    snapshot,
    timers,
    outcome: outcomeOf(live.workflow, taken.snapshot) ?? null,
    updatedAt: now,
  };
}

/** What comes in with an event; the rest of its entry comes out of the step. */
interface Said {
  readonly envelope: Envelope;
  readonly now: number;
  readonly event: string;
  readonly reason?: string | undefined;
  readonly data?: Json | undefined;
}

type Came =
  | { readonly kind: 'proposed' | 'transition'; readonly role: string | null }
  | { readonly kind: 'late' }
  | { readonly kind: 'refusal'; readonly refusal: Refusal };

function entryOf(said: Said, before: Live, after: Live, came: Came): LogEntry {
  const { principal, via, occurredAt } = said.envelope;
  return {
    kind: came.kind,
    version: after.version,
    event: said.event,
    from: stateOf(before),
    to: stateOf(after),
    outcome: before === after ? null : after.outcome,
    principal: principal.id,
    principalKind: principal.kind,
    via: via ?? null,
    role: 'role' in came ? came.role : null,
    reason: said.reason ?? null,
    data: onBehalf(said.data, principal),
    refusal: came.kind === 'refusal' ? came.refusal : null,
    occurredAt: occurredAt ?? said.now,
    recordedAt: said.now,
  };
}
