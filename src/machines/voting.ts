/** Casting votes and taking them away: what a ballot's trigger does to what the change remembers. */
import type { Ballot, Cast } from './ballot.ts';
import { type ChangeContext, partiesOf, type Sender, type Vote } from './context.ts';
import { votesOf } from './standing.ts';

/** Independent voices per ballot are few; this bounds what one change can be made to remember. */
export const MAX_VOTES = 500;

/** The context after the vote. `at` is when it is recorded, ms. */
export function castVote(
  context: ChangeContext,
  name: string,
  ballot: Ballot,
  cast: Cast,
  sender: Sender,
  at: number,
): ChangeContext {
  const before = votesOf(context, name);
  return {
    ...context,
    votes: { ...context.votes, [name]: after(before, context, ballot, cast, sender, at) },
  };
}

function after(
  before: readonly Vote[],
  context: ChangeContext,
  ballot: Ballot,
  { value }: Cast,
  sender: Sender,
  at: number,
): readonly Vote[] {
  if (value === 'clear') return [];
  if (value === 'lift') return before.filter((vote) => ballot.veto === undefined || vote.value > ballot.veto);
  const others = before.filter((vote) => !isOwn(vote, sender));
  if (value === 'retract') return others;
  const roles = sender.roles.filter((role) => asksFor(ballot, role));
  const vote: Vote = {
    by: sender.id,
    ...(sender.for !== undefined && { for: sender.for }),
    parties: partiesOf(sender),
    value,
    ...(roles.length > 0 && { roles }),
    revision: context.revision?.number ?? 0,
    at,
  };
  return [...others, vote];
}

/** Why the vote cannot count at all, or undefined. */
export function castProblem(
  context: ChangeContext,
  name: string,
  ballot: Ballot,
  { value }: Cast,
  sender: Sender,
): 'nothing' | 'apart' | 'full' | undefined {
  const votes = votesOf(context, name);
  if (value === 'retract') return votes.some((vote) => isOwn(vote, sender)) ? undefined : 'nothing';
  if (typeof value !== 'number') return undefined;
  const parties = partiesOf(sender);
  const elsewhere = (ballot.apart ?? []).flatMap((other) => votesOf(context, other));
  const isTheirs = (vote: Vote) =>
    vote.by === sender.id || vote.parties.some((party) => parties.includes(party));
  if (elsewhere.some(isTheirs)) return 'apart';
  return votes.length >= MAX_VOTES && !votes.some((vote) => isOwn(vote, sender)) ? 'full' : undefined;
}

/** Takes all votes of these ballots away. */
export function voidVotes(context: ChangeContext, ballots: readonly string[]): ChangeContext {
  if (context.votes === undefined || !ballots.some((name) => votesOf(context, name).length > 0))
    return context;
  const kept = Object.entries(context.votes).filter(([name]) => !ballots.includes(name));
  return { ...context, votes: Object.fromEntries(kept) };
}

function isOwn(vote: Vote, sender: Sender): boolean {
  return vote.by === sender.id && vote.for === sender.for;
}

function asksFor({ needs, weights = {} }: Ballot, role: string): boolean {
  return (
    Object.hasOwn(weights, role) ||
    needs.some(
      (need) => 'of' in need && (need.of === role || (need.of !== 'owners' && need.of?.includes(role))),
    )
  );
}
