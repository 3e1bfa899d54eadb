/**
 * Timers by name. XState raises `xstate.after.<delay>.<state id>` after a delay and cancels it by that id; the delays
 * are named here, so that two timers of one state never meet, even when they are equally long.
 */
import type { ConditionText, Definition } from './definition.ts';
import { scopesOf } from './paths.ts';

/** `Review.security.pending:overdue` (an escalation) or `Review->Expired` (a timed transition; `#2` for a second one). */
export interface NamedTimer {
  readonly name: string;
  readonly delayMs: number;
  /** The calendar in which the delay is working time. */
  readonly calendar?: string;
  /** Path of the state the timer runs in. */
  readonly path: string;
  /** The role to add. */
  readonly escalate?: string;
  /** The role to remind. */
  readonly remind?: string;
  /** The sibling state to go to, the condition for it, and what happens to votes on the way. */
  readonly to?: string;
  readonly if?: ConditionText;
  /** Starts anew with everything that happens. */
  readonly idle?: true;
  readonly void?: readonly string[];
}

/** All timers of a definition, in the author's order. */
export function timersOf(definition: Definition): NamedTimer[] {
  const timers: NamedTimer[] = [];
  for (const { prefix, states, transitions } of scopesOf(definition)) {
    for (const [state, { timers: escalations = {} }] of Object.entries(states))
      for (const [timer, { afterMs, ...then }] of Object.entries(escalations))
        timers.push({ name: `${prefix}${state}:${timer}`, delayMs: afterMs, path: prefix + state, ...then });
    const seen = new Map<string, number>();
    for (const each of transitions) {
      if (each.on !== 'time') continue;
      const base = `${prefix}${each.from}->${each.to}`;
      const count = (seen.get(base) ?? 0) + 1;
      seen.set(base, count);
      const name = count === 1 ? base : `${base}#${count}`;
      const { afterMs: delayMs, from, to } = each;
      const also = {
        ...(each.calendar && { calendar: each.calendar }),
        ...(each.idle && { idle: each.idle }),
        ...(each.if && { if: each.if }),
        ...(each.void && { void: each.void }),
      };
      timers.push({ name, delayMs, path: prefix + from, to, ...also });
    }
  }
  return timers;
}
