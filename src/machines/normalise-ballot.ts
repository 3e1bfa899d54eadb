/** Ballots from the author's grammar: what a cast inherits from its ballot, and what is meant where nothing is said. */
import type { Ballot, Cast, CastValue, Need } from './ballot.ts';
import { asSet, normaliseRule } from './normalise-rule.ts';
import type { ParsedBallot } from './source-ballots.ts';
import type { ParsedRule } from './source-rules.ts';

const NAMED = { approve: 1, abstain: 0, reject: -1 } as const;

export function normaliseBallot(source: ParsedBallot): Ballot {
  return {
    ...(source.title && { title: source.title }),
    in: asSet(source.in),
    cast: Object.fromEntries(
      Object.entries(source.cast).map(([trigger, each]) => [trigger, normaliseCast(each, source)]),
    ),
    needs: source.needs.map(normaliseNeed),
    ...(source.veto !== undefined && { veto: source.veto }),
    ...(source.weights && { weights: source.weights }),
    ...(source.apart && { apart: asSet(source.apart) }),
    ...(source.applies && { if: source.applies }),
    ...(source.override && { override: source.override }),
    revision: normaliseKeep(source.revision),
  };
}

/** What a cast does not say for itself holds as the ballot says it. Whoever takes votes away need not be independent. */
function normaliseCast(cast: ParsedBallot['cast'][string], ballot: ParsedBallot): Cast {
  const own = cast as ParsedRule & { value: keyof typeof NAMED | CastValue };
  const value =
    typeof own.value === 'string' && own.value in NAMED ? NAMED[own.value as keyof typeof NAMED] : own.value;
  const votes = typeof value === 'number';
  const said: ParsedRule = {
    role: own.role ?? ballot.role,
    by: own.by ?? ballot.by,
    exclude: own.exclude ?? (votes ? ballot.exclude : undefined),
    reason: own.reason ?? (votes ? ballot.reason : undefined),
    if: own.if ?? (votes ? ballot.if : undefined),
    sign: own.sign ?? (votes ? ballot.sign : undefined),
  };
  return { value: value as CastValue, ...normaliseRule(said) };
}

function normaliseNeed(source: ParsedBallot['needs'][number]): Need {
  const also = source.if === undefined ? {} : { if: source.if };
  if (source.approvals !== undefined) {
    const of = source.of === undefined ? {} : { of: source.of };
    const exclude = source.exclude === undefined ? {} : { exclude: asSet(source.exclude) };
    return { kind: 'count', count: source.approvals, at: source.at ?? 1, ...of, ...exclude, ...also };
  }
  if (source.share !== undefined)
    return { kind: 'share', percent: source.share, of: source.of ?? '', ...also };
  if (source.each !== undefined)
    return { kind: 'each', of: source.each === 'owners' ? 'owners' : asSet(source.each), ...also };
  if (source.weight !== undefined) return { kind: 'weight', weight: source.weight, ...also };
  return { kind: 'majority', ...also };
}

/** Nothing survives a new revision unless the author says so. */
function normaliseKeep(source: ParsedBallot['revision']): Ballot['revision'] {
  if (source === undefined || source === 'drop') return { keep: [], vetoes: 'drop' };
  if (source === 'keep') return { keep: ['always'], vetoes: 'keep' };
  return { keep: asSet(source.keep), vetoes: source.vetoes ?? 'drop' };
}
