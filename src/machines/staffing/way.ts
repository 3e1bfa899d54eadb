/**
 * A way to an outcome, by what it demands of people: acts, votes, and who may not do both. Ways are compared by their
 * demands: one that asks for everything another asks for, and more, is not worth looking at.
 */
import type { Definition } from '../definition.ts';
import type { Leaving } from '../paths.ts';
import type { Literal } from './asks.ts';

export type Demand =
  /** Somebody takes one of these. */
  | {
      readonly kind: 'act';
      readonly rules: readonly Leaving[];
      readonly sender: readonly Literal[];
      readonly what: string;
    }
  /** The ballot's needs are met, or so many approve. */
  | { readonly kind: 'votes'; readonly ballot: string; readonly count?: number }
  /** Nobody may vote in both. */
  | { readonly kind: 'apart'; readonly pair: readonly [string, string] }
  /** The change is such; nobody chooses it. */
  | { readonly kind: 'fact'; readonly literal: Literal }
  /** The author is such. */
  | { readonly kind: 'author'; readonly literal: Literal }
  /** The votes were taken away on the way. */
  | { readonly kind: 'gone'; readonly ballot: string }
  /** Something was taken to hold that is not understood here. */
  | { readonly kind: 'guess' };

/** Demands by a text that is the same for equal ones, in the order in which they come up. */
export type Way = ReadonlyMap<string, Demand>;

export const NO_DEMANDS: Way = new Map();

export function keyOf(demand: Demand): string {
  switch (demand.kind) {
    case 'act':
      return `act ${demand.what} ${demand.sender.map(signed).join()}`;
    case 'votes':
      return `votes ${demand.ballot} ${demand.count ?? 'passed'}`;
    case 'apart':
      return `apart ${demand.pair.join(' ')}`;
    case 'fact':
    case 'author':
      return `${demand.kind} ${signed(demand.literal)}`;
    case 'gone':
      return `gone ${demand.ballot}`;
    case 'guess':
      return 'guess';
  }
}

export function signed({ holds, text }: Literal): string {
  return holds ? text : `!(${text})`;
}

export function ballotsIn(way: Way): string[] {
  return [...new Set([...way.values()].flatMap((each) => (each.kind === 'votes' ? [each.ballot] : [])))];
}

/** The way with more demands behind it; new votes stay apart from those that stand when they are cast. */
export function after(way: Way, demands: Iterable<Demand>, ballots: Definition['ballots'] = {}): Way {
  const longer = new Map(way);
  for (const demand of demands) {
    if (demand.kind === 'votes') {
      const standing = ballotsIn(longer).filter((before) => !longer.has(`gone ${before}`));
      // What was taken away is cast again, by the same people where they may.
      longer.delete(`gone ${demand.ballot}`);
      for (const before of standing) {
        if (before === demand.ballot || standing.includes(demand.ballot)) continue;
        if (!areApart(before, demand.ballot, ballots)) continue;
        const pair = [before, demand.ballot].sort() as [string, string];
        longer.set(keyOf({ kind: 'apart', pair }), { kind: 'apart', pair });
      }
    }
    longer.set(keyOf(demand), demand);
  }
  return longer;
}

/**
 * Whether nobody can vote in both. Who votes in the later one is asked where he voted before; where both are open at once
 * and only one of them asks, he begins with that one.
 */
function areApart(before: string, later: string, ballots: NonNullable<Definition['ballots']>): boolean {
  const asks = (one: string, other: string) => ballots[one]?.apart?.includes(other) === true;
  if (!asks(later, before)) return false;
  return asks(before, later) || !areOpenTogether(ballots[before]?.in ?? [], ballots[later]?.in ?? []);
}

function areOpenTogether(some: readonly string[], others: readonly string[]): boolean {
  return some.some((one) =>
    others.some((other) => {
      if (one === other || one.startsWith(`${other}.`) || other.startsWith(`${one}.`)) return true;
      const [state, region] = one.split('.');
      const [otherState, otherRegion] = other.split('.');
      return state === otherState && region !== otherRegion;
    }),
  );
}

/** Whether the first asks for nothing that the second does not ask for, and leaves the same votes standing. */
export function isNoHarder(one: Way, other: Way): boolean {
  if (one.size > other.size) return false;
  for (const key of one.keys()) if (!other.has(key)) return false;
  for (const [key, { kind }] of other) if (kind === 'gone' && !one.has(key)) return false;
  return true;
}

/** Adds a way where none of those that are there is as good; says whether it was added. */
export function keep(ways: Way[], way: Way): boolean {
  if (ways.some((known) => isNoHarder(known, way))) return false;
  const better = ways.filter((known) => !isNoHarder(way, known));
  ways.splice(0, ways.length, ...better, way);
  return true;
}
