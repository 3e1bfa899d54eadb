/** Joins as XState guards: "at least k of the regions are done" said with `stateIn`, which the machine can evaluate. */
import { and, or, stateIn } from 'xstate/guards';
import type { Joined, Region } from './definition.ts';

type Regions = Readonly<Record<string, Region>>;

/** How many regions must be done before the join fires. */
export function needed(join: Joined['join'], regionCount: number): number {
  return join === 'all' ? regionCount : join === 'any' ? 1 : join;
}

/** Names of the final states of a region that count for the join. */
export function countingFinals(region: Region, ending: Joined['ending']): string[] {
  return Object.entries(region.states)
    .filter(([, { final }]) => final !== undefined && (ending === undefined || final === ending))
    .map(([name]) => name);
}

/** True once `join` may fire; `id` is the id of the state node that holds the regions. */
export function joinGuard(join: Joined, regions: Regions, id: string) {
  const done = Object.entries(regions)
    .map(([name, region]) =>
      countingFinals(region, join.ending).map((final) => stateIn(`#${id}.${name}.${final}`)),
    )
    .filter((finals) => finals.length > 0)
    .map((finals) => (finals.length === 1 ? finals[0] : or(finals)));
  return atLeast(needed(join.join, Object.keys(regions).length), done);
}

/** k of n: either the first holds and k-1 of the rest do, or k of the rest do. */
function atLeast(k: number, guards: readonly unknown[]): unknown {
  if (k === 0) return and([]);
  if (guards.length < k) return () => false;
  if (guards.length === k) return and(guards as never);
  if (k === 1) return or(guards as never);
  const [first, ...rest] = guards;
  return or([and([first, atLeast(k - 1, rest)] as never), atLeast(k, rest)] as never);
}
