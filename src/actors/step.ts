/**
 * The step: (what is, what happens) → what will be, and one log entry that says so. Pure: time and identity come in
 * with the command, nothing has happened when it returns. A refusal is an entry too; only the state stays as it was.
 */
import { invariant, type Refusal } from '../errors.ts';
import { decidingRole, next, outcomeOf, type Step, start, type TriggerEvent } from '../machines/compile.ts';
import type { LogEntry, TimerRecord } from '../persistence/records.ts';
import type { Envelope, EventCommand } from './commands.ts';
import { explain, takenRule } from './explain.ts';
import { type Live, stateOf } from './live.ts';

/** What an actor is given, one at a time. `now` is the recording time, ms. */
export type Input =
  | { readonly kind: 'propose'; readonly envelope: Envelope; readonly now: number }
  | {
      readonly kind: 'event';
      readonly command: EventCommand;
      readonly envelope: Envelope;
      readonly now: number;
    }
  | { readonly kind: 'timer'; readonly timer: TimerRecord; readonly now: number };

/** `entry` is null where the input no longer counts: a timer that was cancelled, fired, or is not due yet. */
export interface Stepped {
  readonly live: Live;
  readonly entry: LogEntry | null;
}

export function step(live: Live, input: Input): Stepped {
  switch (input.kind) {
    case 'propose':
      return propose(live, input.envelope, input.now);
    case 'event':
      return receive(live, input.command, input.envelope, input.now);
    case 'timer':
      return elapse(live, input.timer, input.now);
  }
}

function propose(live: Live, envelope: Envelope, now: number): Stepped {
  invariant(live.version === 0, 'a change is proposed once');
  const begun = start(live.workflow, { author: live.facts.author });
  const after = advance(live, begun, now);
  return {
    live: after,
    entry: { ...entryBy(envelope, now), ...moved(live, after), kind: 'proposed', event: 'propose' },
  };
}

function receive(live: Live, command: EventCommand, envelope: Envelope, now: number): Stepped {
  const { workflow, snapshot } = live;
  invariant(snapshot, 'a change has a snapshot before it gets events');
  const event: TriggerEvent = {
    type: command.trigger,
    principal: envelope.principal,
    reason: command.reason,
  };
  const common = {
    ...entryBy(envelope, now),
    event: command.trigger,
    reason: command.reason ?? null,
    data: command.data ?? null,
  };
  // Names of the runtime would fire timers and completions from outside; they never reach the machine.
  const taken = workflow.definition.triggers.includes(command.trigger)
    ? next(workflow, snapshot, event)
    : undefined;
  if (!taken?.changed) {
    const verdict = explain(live, event);
    return { live, entry: { ...common, ...stayed(live), ...verdict } };
  }
  const rule = takenRule(live, event);
  const after = advance(live, taken, now);
  const role = rule ? decidingRole(rule, snapshot.context, event) : null;
  return { live: after, entry: { ...common, ...moved(live, after), kind: 'transition', role } };
}

/** Never early, never twice: the timer must still be pending as it was set, and due. */
function elapse(live: Live, timer: TimerRecord, now: number): Stepped {
  const pending = live.timers.find(
    ({ name, setVersion }) => name === timer.name && setVersion === timer.setVersion,
  );
  if (!pending || !live.snapshot || pending.dueAt > now) return { live, entry: null };
  const taken = next(live.workflow, live.snapshot, { type: pending.event });
  invariant(
    taken.changed,
    `the timer ${timer.name} of ${live.workflow.definition.name} is heard in its state`,
  );
  const after = advance({ ...live, timers: live.timers.filter((each) => each !== pending) }, taken, now);
  const entry = {
    ...entryBy(SYSTEM, now),
    ...moved(live, after),
    kind: 'transition',
    event: pending.name,
  } as const;
  return { live: after, entry: { ...entry, occurredAt: pending.dueAt } };
}

const SYSTEM: Envelope = { principal: { tenant: '', id: 'countersign', kind: 'system', roles: [] } };

function advance(live: Live, taken: Step, now: number): Live {
  const version = live.version + 1;
  const cancelled = new Set(taken.timersCancelled);
  const kept = cancelled.size === 0 ? live.timers : live.timers.filter(({ name }) => !cancelled.has(name));
  const set = taken.timersSet.map(({ name, event, delayMs }) => ({
    name,
    event,
    setVersion: version,
    dueAt: now + delayMs,
  }));
  return {
    ...live,
    version,
    snapshot: taken.snapshot,
    outcome: outcomeOf(live.workflow, taken.snapshot) ?? null,
    updatedAt: now,
    timers: set.length === 0 ? kept : [...kept, ...set],
  };
}

function moved(before: Live, after: Live) {
  return { version: after.version, from: stateOf(before), to: stateOf(after), outcome: after.outcome };
}

function stayed(live: Live) {
  return { version: live.version, from: stateOf(live), to: stateOf(live), outcome: null };
}

function entryBy({ principal, via, occurredAt }: Envelope, now: number) {
  return {
    principal: principal.id,
    principalKind: principal.kind,
    via: via ?? null,
    role: null,
    reason: null,
    data: null,
    refusal: null as Refusal | null,
    occurredAt: occurredAt ?? now,
    recordedAt: now,
  };
}
