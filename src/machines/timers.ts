/**
 * Timers by name. XState raises `xstate.after.<delay>.<state id>` after a delay and cancels it by that id; the delays
 * are named here, so that two timers of one state never meet, even when they are equally long.
 */
import type { Definition } from './definition.ts';
import { scopesOf } from './paths.ts';

/** `Review.security.pending:overdue` (an escalation) or `Review->Expired` (a timed transition; `#2` for a second one). */
export interface NamedTimer {
  readonly name: string;
  readonly delayMs: number;
  /** Path of the state the timer runs in. */
  readonly path: string;
  /** Exactly one of the two: the role to add, or the sibling state to go to. */
  readonly escalate?: string;
  readonly to?: string;
}

/** All timers of a definition, in the author's order. */
export function timersOf(definition: Definition): NamedTimer[] {
  const timers: NamedTimer[] = [];
  for (const { prefix, states, transitions } of scopesOf(definition)) {
    for (const [state, { timers: escalations = {} }] of Object.entries(states))
      for (const [timer, { afterMs, escalate }] of Object.entries(escalations))
        timers.push({ name: `${prefix}${state}:${timer}`, delayMs: afterMs, path: prefix + state, escalate });
    const seen = new Map<string, number>();
    for (const each of transitions) {
      if (each.on !== 'time') continue;
      const base = `${prefix}${each.from}->${each.to}`;
      const count = (seen.get(base) ?? 0) + 1;
      seen.set(base, count);
      const name = count === 1 ? base : `${base}#${count}`;
      timers.push({ name, delayMs: each.afterMs, path: prefix + each.from, to: each.to });
    }
  }
  return timers;
}
