/** Durations of timers: elapsed time, or working time where the timer counts by a calendar of the tenant. */
import { CountersignError, invariant } from '../errors.ts';
import { addWorking, type Calendar, MAX_SPAN_MS, workingBetween } from '../machines/calendars.ts';
import type { CompiledWorkflow } from '../machines/compile.ts';

type Timing = Pick<CompiledWorkflow, 'definition' | 'timers' | 'calendars'>;

/**
 * When a timer set at `now` for `inMs` is due. Working time that ten years do not hold, because a calendar was changed
 * since, is due after ten years: a change must not stop for it.
 */
export function dueAfter(workflow: Timing, event: string, now: number, inMs: number): number {
  const calendar = calendarOf(workflow, event);
  if (!calendar) return now + inMs;
  try {
    return addWorking(calendar, now, inMs);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return now + MAX_SPAN_MS;
  }
}

/** What is left at `now` of a timer that is due at `dueAt`, from 0 up, in the time that the timer counts. */
export function leftUntil(workflow: Timing, event: string, now: number, dueAt: number): number {
  const leftMs = Math.max(dueAt - now, 0);
  const calendar = calendarOf(workflow, event);
  return calendar ? workingBetween(calendar, now, now + Math.min(leftMs, MAX_SPAN_MS)) : leftMs;
}

function calendarOf({ definition, timers, calendars }: Timing, event: string): Calendar | undefined {
  const name = timers.get(event)?.calendar;
  if (name === undefined) return undefined;
  const calendar = Object.hasOwn(calendars, name) ? calendars[name] : undefined;
  invariant(calendar, `the calendar "${name}" of ${definition.name} exists since it was deployed`);
  return calendar;
}
