/**
 * Changes that touch what one group of owners owns, as judged with the group's vote among what is asked. Where nobody is kept
 * apart a group with voices to spare needs no look of its own; and groups of the same voices are looked at once.
 */
import type { Definition } from '../definition.ts';
import { type Judge, judgeFor } from './judge.ts';
import { ballotsOfOwners, hasToSpare } from './owners.ts';
import { everyCase, type Failing, type Served } from './served.ts';
import type { OwnedPart, Person, Staff } from './staff.ts';

/** A group, or several whose members are the same people here. */
export interface Owned {
  readonly parts: readonly OwnedPart[];
  readonly judge: Judge;
  readonly served: readonly Served[];
  readonly failing: readonly Failing[];
  readonly isOpen: boolean;
}

export interface OwnedStudy {
  readonly each: readonly Owned[];
  /** All groups at once, where a change that touches several may need more people than each of them. */
  readonly together: Owned | undefined;
  /** Whether whoever votes for a group is kept from voting elsewhere. */
  readonly isApart: boolean;
  /** Some were not looked at. */
  readonly isCut: boolean;
}

/** Groups times people that are looked at for one answer. */
const MAX_WORK = 100_000;

interface Asked {
  readonly staff: Staff;
  readonly electorate: readonly Person[];
  /** So many may be away. */
  readonly k: number;
}

/** `base` is the judge of the same people without owners. */
export function studyOwned(base: Judge, definition: Definition, { staff, electorate, k }: Asked): OwnedStudy {
  const ballots = new Set(ballotsOfOwners(base));
  const groups = (staff.mayOwn ?? []).filter(({ required }) => required !== 0);
  const isApart = base.requirements.ways.some((way) =>
    [...way.values()].some((each) => each.kind === 'apart' && each.pair.some((name) => ballots.has(name))),
  );
  const none: OwnedStudy = { each: [], together: undefined, isApart, isCut: false };
  if (ballots.size === 0 || groups.length === 0 || (k === 0 && !isApart)) return none;
  const near = isApart ? groups : groups.filter((group) => !hasToSpare(base, group, k));
  const merged = alike(near, staff.people);
  const most = Math.max(1, Math.floor(MAX_WORK / Math.max(1, staff.people.length)));
  const owned = (parts: readonly OwnedPart[], owners: readonly OwnedPart[]): Owned => {
    const judge = judgeFor(definition, { ...staff, owners }, electorate, base.requirements);
    return { parts, judge, ...everyCase(judge) };
  };
  const looked = merged.slice(0, most);
  const firsts = looked.flatMap(([first]) => first ?? []);
  return {
    each: looked.map((parts) => owned(parts, parts.slice(0, 1))),
    together: isApart && firsts.length > 1 ? owned(firsts, firsts) : undefined,
    isApart,
    isCut: looked.length < merged.length,
  };
}

/** Groups that the same voices are members of, as many of whom have to approve. */
function alike(groups: readonly OwnedPart[], people: readonly Person[]): OwnedPart[][] {
  const parties = new Set(people.map(({ id, sponsor = id }) => sponsor));
  const found = new Map<string, OwnedPart[]>();
  for (const group of groups) {
    const isAnyone = group.members.includes('*');
    const members = isAnyone ? ['*'] : group.members.filter((member) => parties.has(member));
    const key = JSON.stringify([group.required ?? 1, [...new Set(members)].sort()]);
    found.set(key, [...(found.get(key) ?? []), group]);
  }
  return [...found.values()];
}
