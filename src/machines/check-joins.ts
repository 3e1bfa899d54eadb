/**
 * What a state with regions can do, found by counting: regions run independently, so how many have ended with which outcome
 * says all that a join can see. k regions with s states each cost a few hundred sums instead of s^k configurations.
 */
import { type Joined, OUTCOMES, type Outcome } from './definition.ts';
import { needed } from './joins.ts';

/** A region as its joins see it. */
export interface RegionSummary {
  readonly name: string;
  /** Number of reachable states that are not final. */
  readonly open: number;
  /** Number of reachable final states by outcome, with the shortest trace to one of them. */
  readonly endings: ReadonlyMap<Outcome, { readonly count: number; readonly trace: readonly string[] }>;
}

export interface JoinVerdict {
  /** Number of configurations of the regions in which the change can rest: those where no join fires. */
  readonly stable: number;
  /** Joins that can fire, with the shortest trace that makes them. */
  readonly fires: ReadonlyMap<Joined, readonly string[]>;
  /**
   * How all regions can have ended without any join firing, the nearest first. Where there are too many ways to list, those
   * that come to as many regions with each outcome are one.
   */
  readonly stuck: readonly { readonly endings: readonly string[]; readonly trace: readonly string[] }[];
}

/** Some regions' progress: how many ended with each outcome, in how many ways, and how to get there. */
interface Tally {
  readonly counts: readonly number[];
  readonly ways: number;
  readonly endings: readonly string[];
  readonly trace: readonly string[];
}

/** Decides for one state; `joins` in the author's order, of which the first that is true fires. */
export function judgeJoins(regions: readonly RegionSummary[], joins: readonly Joined[]): JoinVerdict {
  const firing: Firing = (counts) => joins.find((join) => isTrue(join, counts, regions.length));
  const [entry] = tallies(
    regions.filter(({ open }) => open === 0),
    () => undefined,
  );
  const atOnce = entry && firing(entry.counts);
  if (atOnce) return { stable: 0, fires: new Map([[atOnce, []]]), stuck: [] };
  const fires = new Map<Joined, readonly string[]>();
  for (const last of regions.filter(({ open }) => open > 0))
    for (const before of tallies(
      regions.filter((region) => region !== last),
      firing,
    ))
      for (const after of endings(before, last)) {
        const join = firing(after.counts);
        const known = join && fires.get(join);
        if (join && (!known || after.trace.length < known.length)) fires.set(join, after.trace);
      }
  const closed = regions.map((region) => ({ ...region, open: 0 }));
  const ways = regions.reduce((product, { endings }) => product * endings.size, 1);
  const stuck = tallies(closed, firing, ways <= LISTABLE ? apart : together).toSorted(
    (a, b) => a.trace.length - b.trace.length,
  );
  return { stable: restingIn(regions, joins), fires, stuck };
}

/** Number of configurations in which no join fires; `open` may have been narrowed to some of the open states. */
export function restingIn(regions: readonly RegionSummary[], joins: readonly Joined[]): number {
  const firing: Firing = (counts) => joins.find((join) => isTrue(join, counts, regions.length));
  return tallies(regions, firing).reduce((sum, { ways }) => sum + ways, 0);
}

/** Ways in which all regions end that are told apart. */
const LISTABLE = 1_000;

/** What sums have in common that are one from then on. */
type Likeness = (sum: Tally) => string;
const together: Likeness = ({ counts }) => counts.join();
const apart: Likeness = ({ endings }) => endings.join();

type Firing = (counts: readonly number[]) => Joined | undefined;

/** All sums over the regions for which no join fires. Counts only grow, so a sum that fires a join is not followed up. */
function tallies(regions: readonly RegionSummary[], firing: Firing, likeness = together): Tally[] {
  let sums: Tally[] = [{ counts: OUTCOMES.map(() => 0), ways: 1, endings: [], trace: [] }];
  for (const region of regions) {
    const merged = new Map<string, Tally>();
    for (const sum of sums) {
      const open = { ...sum, ways: sum.ways * region.open };
      for (const each of [...(region.open > 0 ? [open] : []), ...endings(sum, region)])
        if (!firing(each.counts)) merge(merged, each, likeness(each));
    }
    sums = [...merged.values()];
  }
  return sums;
}

function merge(merged: Map<string, Tally>, sum: Tally, key: string): void {
  const known = merged.get(key);
  const shorter = known && known.trace.length <= sum.trace.length ? known : sum;
  merged.set(key, { ...shorter, ways: sum.ways + (known?.ways ?? 0) });
}

/** The sums that arise when the region ends, one per outcome. */
function endings(sum: Tally, region: RegionSummary): Tally[] {
  return [...region.endings].map(([outcome, { count, trace }]) => ({
    counts: sum.counts.map((each, index) => (OUTCOMES[index] === outcome ? each + 1 : each)),
    ways: sum.ways * count,
    endings: [...sum.endings, `${region.name}: ${outcome}`],
    trace: [...sum.trace, ...trace],
  }));
}

function isTrue(join: Joined, counts: readonly number[], regionCount: number): boolean {
  const ended = counts.reduce((sum, count, index) => {
    return join.ending === undefined || OUTCOMES[index] === join.ending ? sum + count : sum;
  }, 0);
  return ended >= needed(join.join, regionCount);
}
