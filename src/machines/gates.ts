/**
 * Gates: transitions that would approve or apply a change are held back while what it depends on is open. A trigger is
 * refused; a join or a timer that found the gate closed is taken as soon as it is clear, whatever made it so.
 */
import { and } from 'xstate/guards';
import type { State } from './definition.ts';
import { isPositive } from './dependencies.ts';

interface Within {
  /** Empty at the top, where states have outcomes. */
  readonly prefix: string;
  readonly states: Readonly<Record<string, State>>;
}

export function hasGate({ prefix, states }: Within, to: string): boolean {
  return prefix === '' && isPositive(states[to]?.final);
}

/** The guard of a transition to `to`, with the gate before it where there is one. */
export function gated(to: string, within: Within, guard: unknown): unknown {
  return hasGate(within, to) ? and([clear(to), guard] as never) : guard;
}

export function clear(to: string) {
  return { type: 'clear', params: { to } } as const;
}

/** The guard of a transition that a new revision takes: what counts is what that depends on. */
export function gatedRevision(to: string, within: Within): unknown {
  const foreseen = { type: 'clear', params: { to, isForeseen: true } } as const;
  return hasGate(within, to) ? and(['builtIn', foreseen] as never) : 'builtIn';
}

interface Waiting {
  readonly to: string;
  readonly guard: unknown;
  readonly actions?: readonly unknown[];
}

/** What goes on by itself where its gate was closed once; a change that depends on nothing never waited at one. */
export function goingOn(waiting: readonly Waiting[]): unknown[] {
  return waiting.map(({ to, guard, actions }) => ({
    target: to,
    guard: and([{ type: 'cleared', params: { to } }, guard] as never),
    ...(actions && { actions }),
  }));
}

/** Under this name a timer is noted that found its gate closed; it is forgotten when its state is left. */
export function heldName(path: string, timer: string): string {
  return `${path}:${timer}`;
}
