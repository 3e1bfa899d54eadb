/** From the author's grammar to the definition: lists instead of "one or many", milliseconds instead of durations. */

import { invariant } from '../errors.ts';
import type { Definition, Escalation, State, Transition } from './definition.ts';
import { parseDuration } from './duration.ts';
import type { ParsedSource, ParsedTransition } from './source.ts';

type ParsedState = ParsedSource['states'][string];
type ParsedTransitions = ParsedSource['transitions'];

/** The definition a source means. Transitions keep the order in which the author wrote them. */
export function normalise(source: ParsedSource): Definition {
  return {
    name: source.name,
    ...titled(source),
    roles: source.roles,
    triggers: source.triggers,
    initial: source.initial,
    states: mapRecord(source.states, normaliseState),
    transitions: normaliseTransitions(source.transitions),
  };
}

function normaliseState(state: ParsedState): State {
  return {
    ...titled(state),
    ...(state.final && { final: state.final }),
    ...(state.regions && {
      regions: mapRecord(state.regions, (region) => ({
        ...titled(region),
        initial: region.initial,
        states: mapRecord(region.states, normaliseState),
        transitions: normaliseTransitions(region.transitions),
      })),
    }),
    ...(state.timers && { timers: mapRecord(state.timers, normaliseTimer) }),
  };
}

function normaliseTimer(timer: { after: string; escalate: string }): Escalation {
  return { afterMs: milliseconds(timer.after), escalate: timer.escalate };
}

function normaliseTransitions(transitions: ParsedTransitions): Transition[] {
  return Object.entries(transitions).flatMap(([edge, list]) => {
    const [from = '', to = ''] = edge.split(' -> ');
    return list.map((each) => normaliseTransition(from, to, each));
  });
}

function normaliseTransition(from: string, to: string, source: ParsedTransition): Transition {
  if (source.join !== undefined)
    return { on: 'join', from, to, join: source.join, ...(source.ending && { ending: source.ending }) };
  if (source.after !== undefined) return { on: 'time', from, to, afterMs: milliseconds(source.after) };
  invariant(source.trigger !== undefined, 'the schema lets no transition pass without a start');
  return {
    on: 'trigger',
    from,
    to,
    trigger: source.trigger,
    roles: asSet(source.role),
    by: asSet(source.by),
    exclude: asSet(source.exclude),
    reason: source.reason ?? 'optional',
    late: source.late ?? 'refuse',
  };
}

function milliseconds(text: string): number {
  const ms = parseDuration(text);
  invariant(ms !== undefined, `the schema lets no duration like "${text}" pass`);
  return ms;
}

function titled(source: { readonly title?: string | undefined }): { title?: string } {
  return source.title === undefined ? {} : { title: source.title };
}

/** Order and repetition mean nothing in these lists. */
function asSet<T extends string>(list: readonly T[] = []): T[] {
  return [...new Set(list)].sort();
}

function mapRecord<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
