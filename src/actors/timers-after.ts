/**
 * The timers of a change after a step. A suspended change has none: what was left of them waits in its context, and runs on
 * when the change is resumed.
 */
import type { CompiledWorkflow, PersistedSnapshot, Step } from '../machines/compile.ts';
import type { TimerRecord } from '../persistence/records.ts';
import type { Live } from './live.ts';
import { dueAfter, leftUntil } from './working-time.ts';

interface After {
  readonly snapshot: PersistedSnapshot;
  readonly timers: readonly TimerRecord[];
}

/** `version` is the one the step reaches; `now` in ms; `isTouched` where somebody did something, and not just time. */
export function timersAfter(
  live: Live,
  taken: Step,
  snapshot: PersistedSnapshot,
  version: number,
  now: number,
  isTouched: boolean,
): After {
  const cancelled = new Set(taken.timersCancelled);
  const running = cancelled.size === 0 ? live.timers : live.timers.filter(({ name }) => !cancelled.has(name));
  const due = (name: string, event: string, inMs: number): TimerRecord => ({
    name,
    event,
    setVersion: version,
    dueAt: dueAfter(live.workflow, event, now, inMs),
  });
  const kept = isTouched ? restarted(live.workflow, running, due) : running;
  const { suspended } = snapshot.context;
  const before = live.snapshot?.context.suspended;
  if (suspended && !before) {
    const timers = kept.map(({ name, event, dueAt }) => ({
      name,
      event,
      leftMs: leftUntil(live.workflow, event, now, dueAt),
    }));
    const context = { ...snapshot.context, suspended: { ...suspended, timers } };
    return { snapshot: { ...snapshot, context }, timers: [] };
  }
  // Where the change goes on as it is resumed, what was left behind does not.
  const rested = before && !suspended ? (before.timers ?? []) : [];
  const resumed = rested.filter(({ name }) => !cancelled.has(name));
  if (taken.timersSet.length === 0 && resumed.length === 0) return { snapshot, timers: kept };
  const set = [
    ...resumed.map(({ name, event, leftMs }) => due(name, event, leftMs)),
    ...taken.timersSet.map(({ name, event, delayMs }) => due(name, event, delayMs)),
  ];
  return { snapshot, timers: [...kept, ...set] };
}

/** Timers of idleness start anew with everything that somebody does to the change. */
function restarted(
  { timers }: CompiledWorkflow,
  running: readonly TimerRecord[],
  due: (name: string, event: string, inMs: number) => TimerRecord,
): readonly TimerRecord[] {
  const isIdle = ({ event }: TimerRecord) => timers.get(event)?.idle === true;
  if (!running.some(isIdle)) return running;
  return running.map((timer) =>
    isIdle(timer) ? due(timer.name, timer.event, timers.get(timer.event)?.delayMs ?? 0) : timer,
  );
}
