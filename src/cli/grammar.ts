/** A definition back in the author's grammar, as JSON: what is sent to a server, whichever spelling it was read from. */
import type { Definition, State, Transition } from '../machines/definition.ts';

type Source = Readonly<Record<string, unknown>>;

/** Normalising the result gives the definition again, with the same digest. */
export function grammarOf(definition: Definition): Source {
  return {
    ...definition,
    states: mapValues(definition.states, stateSource),
    transitions: transitionsSource(definition.transitions),
  };
}

/** `1d12h`, `90s` as `1m30s`: the largest units first, nothing below seconds. */
export function durationText(ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ] as const;
  let rest = ms;
  let text = '';
  for (const [name, unitMs] of units) {
    const n = Math.floor(rest / unitMs);
    rest -= n * unitMs;
    if (n > 0) text += `${n}${name}`;
  }
  return text || '0s';
}

function stateSource(state: State): Source {
  return {
    ...state,
    ...(state.regions && {
      regions: mapValues(state.regions, (region) => ({
        ...region,
        states: mapValues(region.states, stateSource),
        transitions: transitionsSource(region.transitions),
      })),
    }),
    ...(state.timers && {
      timers: mapValues(state.timers, ({ afterMs, escalate }) => ({
        after: durationText(afterMs),
        escalate,
      })),
    }),
  };
}

function transitionsSource(transitions: readonly Transition[]): Record<string, Source[]> {
  const byEdge: Record<string, Source[]> = {};
  for (const each of transitions) {
    const edge = `${each.from} -> ${each.to}`;
    byEdge[edge] ??= [];
    byEdge[edge].push(transitionSource(each));
  }
  return byEdge;
}

function transitionSource(transition: Transition): Source {
  if (transition.on === 'time') return { after: durationText(transition.afterMs) };
  if (transition.on === 'join') {
    const { join, ending } = transition;
    return { join, ...(ending && { ending }) };
  }
  const { trigger, roles, by, exclude, reason, late } = transition;
  return {
    trigger,
    ...(roles.length > 0 && { role: roles }),
    ...(by.length > 0 && { by }),
    ...(exclude.length > 0 && { exclude }),
    ...(reason === 'required' && { reason }),
    ...(late === 'record' && { late }),
  };
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
