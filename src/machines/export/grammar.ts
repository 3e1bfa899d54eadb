/** A definition back in the author's grammar, as plain data: what is sent to a server and exported, whichever spelling it was read from. */
import type { Ballot, Need } from '../ballot.ts';
import type { Attribute, Definition, Reopening, Rule, State, Transition } from '../definition.ts';

type Source = Readonly<Record<string, unknown>>;

/** Normalising the result gives the definition again, with the same digest. */
export function grammarOf(definition: Definition): Source {
  const { includes, attributes, ballots, revisions, suspension, supersede } = definition;
  return {
    ...definition,
    ...(includes && { includes: mapValues(includes, oneOrMore) }),
    ...(attributes && { attributes: mapValues(attributes, attributeSource) }),
    ...(ballots && { ballots: mapValues(ballots, ballotSource) }),
    ...(revisions && { revisions: ruleSource(revisions) }),
    ...(suspension && { suspension: mapValues({ ...suspension }, ruleSource) }),
    ...(supersede && { supersede: { to: supersede.to, ...ruleSource(supersede) } }),
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
      timers: mapValues(state.timers, ({ afterMs, ...then }) => ({ after: durationText(afterMs), ...then })),
    }),
    ...(state.reopen && { reopen: reopeningSource(state.reopen) }),
  };
}

function reopeningSource(reopen: Reopening): Source {
  const { to, trigger } = reopen;
  return { to, trigger, ...ruleSource(reopen), ...(reopen.void && { void: reopen.void }) };
}

function transitionsSource(transitions: readonly Transition[]): Record<string, Source | Source[]> {
  const byEdge: Record<string, Source[]> = {};
  for (const each of transitions) {
    const edge = `${each.from} -> ${each.to}`;
    byEdge[edge] ??= [];
    byEdge[edge].push(transitionSource(each));
  }
  return mapValues(byEdge, oneOrMore) as Record<string, Source | Source[]>;
}

function transitionSource(transition: Transition): Source {
  const also = transition.void ? { void: transition.void } : {};
  switch (transition.on) {
    case 'time':
      return {
        [transition.idle ? 'idle' : 'after']: durationText(transition.afterMs),
        ...(transition.calendar && { calendar: transition.calendar }),
        ...(transition.if && { if: transition.if }),
        ...also,
      };
    case 'join':
      return { join: transition.join, ...(transition.ending && { ending: transition.ending }), ...also };
    case 'when':
      return { when: transition.when, ...also };
    case 'revision':
      return { revision: true, ...also };
    case 'trigger': {
      const { trigger, late } = transition;
      return { trigger, ...ruleSource(transition), ...(late === 'record' && { late }), ...also };
    }
  }
}

function ruleSource({ roles, by, exclude, reason, if: condition, sign }: Rule): Source {
  return {
    ...(roles.length > 0 && { role: oneOrMore(roles) }),
    ...(by.length > 0 && { by: oneOrMore(by) }),
    ...(exclude.length > 0 && { exclude: oneOrMore(exclude) }),
    ...(reason === 'required' && { reason }),
    ...(condition && { if: condition }),
    ...(sign && { sign }),
  };
}

function attributeSource({ type, oneOf, initial, amend }: Attribute): Source {
  return {
    ...(oneOf ? { oneOf } : { type }),
    initial,
    ...(amend && { amend: { in: oneOrMore(amend.in), ...ruleSource(amend) } }),
  };
}

const NAMED = new Map<unknown, string>([
  [1, 'approve'],
  [0, 'abstain'],
  [-1, 'reject'],
]);

function ballotSource(ballot: Ballot): Source {
  const { in: places, cast, needs, if: applies, revision, ...same } = ballot;
  const { keep, vetoes } = revision;
  const says = keep.length > 0 || vetoes === 'keep';
  return {
    in: oneOrMore(places),
    ...same,
    ...(applies && { applies }),
    needs: needs.map(needSource),
    ...(says && { revision: { ...(keep.length > 0 && { keep: oneOrMore(keep) }), vetoes } }),
    cast: mapValues(cast, ({ value, ...rule }) => ({
      value: NAMED.get(value) ?? value,
      ...ruleSource(rule),
    })),
  };
}

function needSource(need: Need): Source {
  const asked = need.if === undefined ? {} : { if: need.if };
  switch (need.kind) {
    case 'count':
      return {
        approvals: need.count,
        ...(need.at !== 1 && { at: need.at }),
        ...(need.of !== undefined && { of: need.of }),
        ...(need.exclude && { exclude: oneOrMore(need.exclude) }),
        ...asked,
      };
    case 'share':
      return { share: need.percent, of: need.of, ...asked };
    case 'majority':
      return { majority: true, ...asked };
    case 'each':
      return { each: need.of, ...asked };
    case 'weight':
      return { weight: need.weight, ...asked };
  }
}

/** A list of one may be written without its brackets. */
function oneOrMore<T>(list: readonly T[]): T | readonly T[] {
  const [only] = list;
  return list.length === 1 && only !== undefined ? only : list;
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
