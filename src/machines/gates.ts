/**
 * Gates: transitions that would approve or apply a change are held back while what it depends on is open. A trigger is
 * refused; a join or a timer that found the gate closed is taken when something happened to a dependency and it is clear.
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

export function clear(to: string): { readonly type: 'clear'; readonly params: { readonly to: string } } {
  return { type: 'clear', params: { to } };
}

interface Waiting {
  readonly to: string;
  readonly guard: unknown;
  readonly actions?: readonly unknown[];
}

/** What a state does when it is looked at again: the first of these whose gate is clear, and whose guard holds. */
export function rechecks(waiting: readonly Waiting[]): Record<string, unknown> {
  if (waiting.length === 0) return {};
  const transitions = (before: unknown, then: readonly unknown[]) =>
    waiting.map(({ to, guard, actions = [] }) => ({
      target: to,
      guard: and([before, clear(to), guard] as never),
      actions: [...then, ...actions],
    }));
  return {
    'dependency.recheck': transitions('awake', []),
    // While it was suspended the way may have become clear.
    'change.resume': transitions('builtIn', ['builtIn']),
  };
}
