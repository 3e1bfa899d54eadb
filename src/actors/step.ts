/**
 * The step: (what is, what happens) → what will be, and one log entry that says so. Pure: time and identity come in
 * with the command, nothing has happened when it returns. A refusal is an entry too; only the state stays as it was.
 */
import { invariant, type Refusal } from '../errors.ts';
import {
  decidingRole,
  next,
  outcomeOf,
  persist,
  restore,
  type Step,
  start,
  type TriggerEvent,
} from '../machines/compile.ts';
import type { Json, LogEntry, TimerRecord } from '../persistence/records.ts';
import type { Envelope, EventCommand } from './commands.ts';
import { explain, takenRule } from './explain.ts';
import { type Live, stateOf } from './live.ts';

/** What an actor is given, one at a time. */
export type Input =
  | { readonly kind: 'propose'; readonly envelope: Envelope }
  | { readonly kind: 'event'; readonly command: EventCommand; readonly envelope: Envelope }
  | { readonly kind: 'timer'; readonly timer: TimerRecord };

/** `entry` is null where the input no longer counts: a timer that was cancelled, fired, or is not due yet. */
export interface Stepped {
  readonly live: Live;
  readonly entry: LogEntry | null;
}

/** `now` is the recording time, ms. */
export function step(live: Live, input: Input, now: number): Stepped {
  switch (input.kind) {
    case 'propose':
      return propose(live, input.envelope, now);
    case 'event':
      return receive(live, input.command, input.envelope, now);
    case 'timer':
      return elapse(live, input.timer, now);
  }
}

function propose(live: Live, envelope: Envelope, now: number): Stepped {
  invariant(live.version === 0, 'a change is proposed once');
  const begun = start(live.workflow, { author: live.facts.author });
  const after = advance(live, begun, now);
  const came = { kind: 'proposed', role: null } as const;
  return { live: after, entry: entryOf({ envelope, now, event: 'propose' }, live, after, came) };
}

function receive(live: Live, command: EventCommand, envelope: Envelope, now: number): Stepped {
  const { workflow, snapshot } = live;
  invariant(snapshot, 'a change has a snapshot before it gets events');
  const event: TriggerEvent = {
    type: command.trigger,
    principal: envelope.principal,
    reason: command.reason,
  };
  const said = { envelope, now, event: command.trigger, reason: command.reason, data: command.data };
  // Names of the runtime would fire timers and completions from outside; they never reach the machine.
  const taken = workflow.definition.triggers.includes(command.trigger)
    ? next(workflow, restore(workflow, snapshot), event)
    : undefined;
  if (!taken?.changed) return { live, entry: entryOf(said, live, live, explain(live, event)) };
  const rule = takenRule(live, event);
  const after = advance(live, taken, now);
  const role = rule ? decidingRole(rule, snapshot.context, event) : null;
  return { live: after, entry: entryOf(said, live, after, { kind: 'transition', role }) };
}

/** Never early, never twice: the timer must still be pending as it was set, and due. */
function elapse(live: Live, timer: TimerRecord, now: number): Stepped {
  const pending = live.timers.find(
    ({ name, setVersion }) => name === timer.name && setVersion === timer.setVersion,
  );
  if (!pending || !live.snapshot || pending.dueAt > now) return { live, entry: null };
  const taken = next(live.workflow, restore(live.workflow, live.snapshot), { type: pending.event });
  invariant(
    taken.changed,
    `the timer ${timer.name} of ${live.workflow.definition.name} is heard in its state`,
  );
  const after = advance({ ...live, timers: live.timers.filter((each) => each !== pending) }, taken, now);
  const envelope = { ...SYSTEM, occurredAt: pending.dueAt };
  const came = { kind: 'transition', role: null } as const;
  return { live: after, entry: entryOf({ envelope, now, event: pending.name }, live, after, came) };
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
    workflow: live.workflow,
    facts: live.facts,
    version,
    snapshot: persist(live.workflow, taken.snapshot),
    outcome: outcomeOf(live.workflow, taken.snapshot) ?? null,
    updatedAt: now,
    timers: set.length === 0 ? kept : [...kept, ...set],
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
    data: said.data ?? null,
    refusal: came.kind === 'refusal' ? came.refusal : null,
    occurredAt: occurredAt ?? said.now,
    recordedAt: said.now,
  };
}
