/** From the author's grammar to the definition: lists instead of "one or many", milliseconds instead of durations. */

import { invariant } from '../errors.ts';
import type {
  Attribute,
  Definition,
  Reopening,
  State,
  StateTimer,
  Transition,
  Voiding,
} from './definition.ts';
import { parseDuration } from './duration.ts';
import { normaliseBallot } from './normalise-ballot.ts';
import { asSet, normaliseRule } from './normalise-rule.ts';
import type { ParsedAttribute, ParsedSource } from './source.ts';
import type { ParsedTransition } from './source-rules.ts';

type ParsedState = ParsedSource['states'][string];
type ParsedTransitions = ParsedSource['transitions'];

/** The definition a source means. Transitions keep the order in which the author wrote them. */
export function normalise(source: ParsedSource): Definition {
  const ballots = Object.keys(source.ballots ?? {});
  return {
    name: source.name,
    ...titled(source),
    roles: source.roles,
    ...(source.includes && { includes: mapRecord(source.includes, asSet) }),
    triggers: source.triggers,
    ...(source.attributes && { attributes: mapRecord(source.attributes, normaliseAttribute) }),
    ...(source.ballots && { ballots: mapRecord(source.ballots, normaliseBallot) }),
    ...(source.revisions && { revisions: normaliseRule(source.revisions) }),
    ...(source.suspension && {
      suspension: {
        suspend: normaliseRule(source.suspension.suspend),
        resume: normaliseRule(source.suspension.resume),
      },
    }),
    ...(source.supersede && {
      supersede: { to: source.supersede.to, ...normaliseRule(source.supersede) },
    }),
    initial: source.initial,
    states: mapRecord(source.states, (state) => normaliseState(state, ballots)),
    transitions: normaliseTransitions(source.transitions, ballots),
  };
}

function normaliseState(state: ParsedState, ballots: readonly string[]): State {
  return {
    ...titled(state),
    ...(state.final && { final: state.final }),
    ...(state.regions && {
      regions: mapRecord(state.regions, (region) => ({
        ...titled(region),
        initial: region.initial,
        states: mapRecord(region.states, (inner) => normaliseState(inner, ballots)),
        transitions: normaliseTransitions(region.transitions, ballots),
      })),
    }),
    ...(state.timers && { timers: mapRecord(state.timers, normaliseTimer) }),
    ...(state.reopen && { reopen: normaliseReopening(state.reopen, ballots) }),
  };
}

function normaliseTimer(timer: NonNullable<ParsedState['timers']>[string]): StateTimer {
  const { after, calendar, escalate, remind } = timer;
  return {
    afterMs: milliseconds(after),
    ...(calendar && { calendar }),
    ...(escalate && { escalate }),
    ...(remind && { remind }),
  };
}

function normaliseReopening(
  source: NonNullable<ParsedState['reopen']>,
  ballots: readonly string[],
): Reopening {
  return { to: source.to, trigger: source.trigger, ...normaliseRule(source), ...voiding(source, ballots) };
}

function normaliseTransitions(transitions: ParsedTransitions, ballots: readonly string[]): Transition[] {
  return Object.entries(transitions).flatMap(([edge, list]) => {
    const [from = '', to = ''] = edge.split(' -> ');
    return list.map((each) => normaliseTransition(from, to, each, ballots));
  });
}

function normaliseTransition(
  from: string,
  to: string,
  source: ParsedTransition,
  ballots: readonly string[],
): Transition {
  const also = voiding(source, ballots);
  if (source.join !== undefined)
    return {
      on: 'join',
      from,
      to,
      join: source.join,
      ...(source.ending && { ending: source.ending }),
      ...also,
    };
  const duration = source.after ?? source.idle;
  if (duration !== undefined) {
    const afterMs = milliseconds(duration);
    const idle = source.idle === undefined ? {} : ({ idle: true } as const);
    const { calendar } = source;
    const when = { ...(calendar && { calendar }), ...idle, ...(source.if && { if: source.if }) };
    return { on: 'time', from, to, afterMs, ...when, ...also };
  }
  if (source.when !== undefined) return { on: 'when', from, to, when: source.when, ...also };
  if (source.revision !== undefined) return { on: 'revision', from, to, ...also };
  invariant(source.trigger !== undefined, 'the schema lets no transition pass without a start');
  const { trigger, late = 'refuse' } = source;
  return { on: 'trigger', from, to, trigger, ...normaliseRule(source), late, ...also };
}

const ZERO = { text: '', int: 0, bool: false, list: [] } as const;

function normaliseAttribute(source: ParsedAttribute): Attribute {
  const type = 'type' in source ? source.type : 'text';
  const oneOf = 'oneOf' in source ? source.oneOf : undefined;
  const initial = ('initial' in source ? source.initial : undefined) ?? oneOf?.[0] ?? ZERO[type];
  const amend = 'amend' in source ? source.amend : undefined;
  return {
    type,
    ...(oneOf && { oneOf }),
    initial,
    ...(amend && { amend: { in: asSet(amend.in), ...normaliseRule(amend) } }),
  };
}

function voiding(
  source: { readonly void?: 'all' | string[] | undefined },
  ballots: readonly string[],
): Voiding {
  if (source.void === undefined) return {};
  return { void: asSet(source.void === 'all' ? ballots : source.void) };
}

function milliseconds(text: string): number {
  const ms = parseDuration(text);
  invariant(ms !== undefined, `the schema lets no duration like "${text}" pass`);
  return ms;
}

function titled(source: { readonly title?: string | undefined }): { title?: string } {
  return source.title === undefined ? {} : { title: source.title };
}

function mapRecord<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
