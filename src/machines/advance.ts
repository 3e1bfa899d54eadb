/**
 * The step, pure: snapshot and event in; next snapshot and timer data out. Nothing happens here; what XState would
 * schedule is returned as data, to be committed first.
 */
import { type AnyMachineSnapshot, type EventObject, initialTransition, type StateValue } from 'xstate';
import { InvariantError, invariant, messageOf } from '../errors.ts';
import type { CompiledWorkflow } from './compiled.ts';
import type { Outcome } from './definition.ts';
import type { ChangeContext, TriggerEvent } from './rules.ts';

/** A live snapshot. It belongs to the machine that made it. */
export type Snapshot = AnyMachineSnapshot;

/** A timer to set. `name` is unique within a change; `event` is what the machine gets when it is due. */
export interface TimerSet {
  readonly name: string;
  readonly event: string;
  readonly delayMs: number;
}

/** What one event did. Timers are cancelled before others are set: a re-entered state cancels and sets the same name. */
export interface Step {
  readonly changed: boolean;
  readonly snapshot: Snapshot;
  readonly timersSet: readonly TimerSet[];
  /** Names; a timer that has fired may be among them. */
  readonly timersCancelled: readonly string[];
}

/** What is stored of a snapshot. */
export interface PersistedSnapshot {
  readonly value: StateValue;
  readonly context: ChangeContext;
  readonly status: 'active' | 'done';
}

/** The first snapshot of a change and the timers that start with it. */
export function start(
  compiled: CompiledWorkflow,
  input: Pick<ChangeContext, 'author' | 'authorKind' | 'authorFor' | 'attributes' | 'electorates'>,
): Step {
  const [snapshot, actions] = initialTransition(compiled.machine, input);
  invariant(snapshot.status !== 'error', `${compiled.definition.name} starts: ${messageOf(snapshot.error)}`);
  return { changed: true, snapshot, ...timerData(compiled, actions) };
}

/** The snapshot after the event, which is told in which state it finds the change; `changed` is false, and the snapshot the same object, where nothing was enabled. */
export function next(
  compiled: CompiledWorkflow,
  snapshot: Snapshot,
  event: TriggerEvent | { readonly type: string },
): Step {
  const told = { value: snapshot.value, ...event } as EventObject;
  // What it depends on was looked up since the last step: what may go on now is not for an event that nobody may send.
  if (hasDependencies(snapshot) && compiled.machine.getTransitionData(snapshot, told).length === 0)
    return { changed: false, snapshot, timersSet: [], timersCancelled: [] };
  const [after, actions] = compiled.configurations.transition(snapshot, told);
  const changed = after !== snapshot || actions.length > 0;
  return changed
    ? { changed, snapshot: after, ...timerData(compiled, actions) }
    : { changed, snapshot, timersSet: [], timersCancelled: [] };
}

function hasDependencies({ context }: Snapshot): boolean {
  return (context as ChangeContext).dependencies !== undefined;
}

/** The part of a snapshot that has to last, as JSON. Equal state values become the same object. */
export function persist(compiled: CompiledWorkflow, snapshot: Snapshot): PersistedSnapshot {
  const status = snapshot.status;
  invariant(
    status === 'active' || status === 'done',
    `a snapshot to be stored is active or done, not ${status}`,
  );
  return { value: compiled.configurations.at(snapshot.value).value, context: snapshot.context, status };
}

/** The live snapshot again. Throws `InvariantError` where the JSON does not belong to this machine. */
export function restore(compiled: CompiledWorkflow, persisted: PersistedSnapshot): Snapshot {
  try {
    return { ...compiled.configurations.at(persisted.value), context: persisted.context };
  } catch (error) {
    throw new InvariantError(
      `broken invariant: a snapshot of ${compiled.definition.name} fits its machine: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/** What the change has come to, or undefined while it is open. */
export function outcomeOf(compiled: CompiledWorkflow, snapshot: Snapshot): Outcome | undefined {
  return typeof snapshot.value === 'string' ? compiled.outcomes.get(snapshot.value) : undefined;
}

interface ActionData {
  readonly type: string;
  readonly params?: unknown;
}

function timerData(compiled: CompiledWorkflow, actions: readonly ActionData[]) {
  const set = new Map<string, TimerSet>();
  const cancelled = new Set<string>();
  for (const { type, params } of actions) {
    if (type === 'xstate.raise') {
      const { event, delay } = params as { event: EventObject; delay?: number };
      if (delay === undefined) continue;
      const { name } = timerOf(compiled, event.type);
      set.set(name, { name, event: event.type, delayMs: delay });
    } else if (type === 'xstate.cancel') {
      const { name } = timerOf(compiled, (params as { sendId: string }).sendId);
      if (!set.delete(name)) cancelled.add(name);
    }
  }
  return { timersSet: [...set.values()], timersCancelled: [...cancelled] };
}

function timerOf(compiled: CompiledWorkflow, event: string) {
  const timer = compiled.timers.get(event);
  invariant(timer, `${compiled.definition.name} knows the timer behind ${event}`);
  return timer;
}
