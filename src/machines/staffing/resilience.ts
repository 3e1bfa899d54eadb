/**
 * Does it still hold with any k people away (static resiliency, Wang and Li 2010)? Whoever is away has to be among those who
 * do the work in the assignment that was found, or it would stand as it is: so only these are tried, one after the other, as
 * in a bounded search for a least hitting set. Units that are alike are tried once.
 */
import { type Case, everybody, type Judge } from './judge.ts';
import type { Assignment, Lack } from './solve.ts';
import { type Crew, STRANGER } from './staff.ts';

/** People without whom changes of an author have no good end. */
export interface Break {
  readonly crew: Crew;
  readonly one: Case;
  /** How many of each class are still there. */
  readonly present: readonly number[];
  readonly away: readonly string[];
  readonly lacks: readonly Lack[];
}

export interface Searching {
  /** How many more times may be asked. */
  budget: number;
  /** Something was not decided, or the budget did not suffice. */
  isOpen: boolean;
}

/** A set of at most `k` units that have to be away for the case to become impossible; undefined where there is none. */
export function breakOf(
  judge: Judge,
  crew: Crew,
  one: Case,
  k: number,
  searching: Searching,
): Break | undefined {
  const seen = new Map<string, number>();
  const go = (present: readonly number[], left: number): Break | undefined => {
    const key = present.join();
    if ((seen.get(key) ?? -1) >= left) return undefined;
    seen.set(key, left);
    searching.budget -= 1;
    if (searching.budget < 0) {
      searching.isOpen = true;
      return undefined;
    }
    const judged = judge.judge(crew, one, present);
    if (judged.answer === 'no')
      return { crew, one, present, away: awayFrom(crew, present), lacks: judged.lacks };
    if (judged.answer === 'open') searching.isOpen = true;
    if (judged.answer === 'open' || left === 0) return undefined;
    for (const at of usedIn(judged.assignment, crew)) {
      const found = go(without(present, at), left - 1);
      if (found) return found;
    }
    return undefined;
  };
  return go(everybody(crew), k);
}

/** Classes of which one unit less makes the case impossible. */
export function irreplaceableIn(
  judge: Judge,
  crew: Crew,
  one: Case,
): { at: number; lacks: readonly Lack[] }[] {
  const judged = judge.judge(crew, one);
  if (judged.answer !== 'yes') return [];
  return usedIn(judged.assignment, crew).flatMap((at) => {
    const after = judge.judge(crew, one, without(everybody(crew), at));
    return after.answer === 'no' ? [{ at, lacks: after.lacks }] : [];
  });
}

/** Classes that do some of the work, but for the author, who is there as long as there are changes of his. */
function usedIn({ acts, votes }: Assignment, { author, classes }: Crew): number[] {
  const used = new Set([...acts, ...votes].map(({ by }) => by.at));
  const own = author?.id ?? STRANGER;
  return [...used].filter((at) => !classes[at]?.units[0]?.members.some(({ id }) => id === own));
}

export function without(present: readonly number[], at: number): number[] {
  return present.with(at, Math.max(0, (present[at] ?? 0) - 1));
}

/** Those who are away are the last of their class. */
function awayFrom({ classes }: Crew, present: readonly number[]): string[] {
  return classes.flatMap(({ units }, at) => units.slice(present[at] ?? 0).map(({ party }) => party));
}
