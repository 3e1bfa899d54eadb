/**
 * Can these people finish it? For every author there may be: whether his changes can come to a good end, who is irreplaceable
 * in that, and whether it still holds with any k people away. What was not decided is said.
 */
import type { Definition } from '../definition.ts';
import type { SourcePath } from '../findings.ts';
import { type Judge, judgeFor } from './judge.ts';
import { type OwnersLack, ownersLacking } from './owners.ts';
import { type Break, breakOf, irreplaceableIn, type Searching } from './resilience.ts';
import {
  anyName,
  askText,
  caseText,
  holdersOf,
  holdersText,
  keyOfLack,
  leftText,
  names,
  onlyText,
  pathOf,
  placeOf,
  rolesOf,
  type Scene,
} from './sentences.ts';
import type { Lack } from './solve.ts';
import type { Class, Crew, Person, Staff } from './staff.ts';

export interface StaffingFinding {
  readonly code: 'UNSTAFFED' | 'IRREPLACEABLE';
  readonly message: string;
  readonly roles: readonly string[];
  /** In people's words: `"Release"`, or `"apply" in Approved`. */
  readonly place: string;
  /** Where that stands in the definition. */
  readonly path: SourcePath;
  /** Those who could give what is missing; whoever is irreplaceable. */
  readonly people: readonly string[];
  /** Whose changes it is about; null where it is about everybody's. */
  readonly authors: readonly string[] | null;
}

export interface Resilience {
  /** With any so many people away, whatever could be finished still can; null where nothing can be finished anyway. */
  readonly holds: number | null;
  /** How many were asked about. */
  readonly asked: number;
  readonly broken: {
    readonly away: readonly string[];
    readonly author: string | null;
    readonly message: string;
  } | null;
}

export interface Staffing {
  readonly decided: boolean;
  /** Everybody's changes can be finished, as far as it was decided. */
  readonly staffed: boolean;
  readonly findings: readonly StaffingFinding[];
  readonly irreplaceable: readonly string[];
  readonly resilience: Resilience;
  /** How many authors' changes can be finished, of how many. */
  readonly authors: { readonly served: number; readonly all: number };
}

export interface StaffingQuestion {
  readonly staff: Staff;
  readonly project?: string;
  /** Whoever is not there, with the agents that work for him. */
  readonly away?: readonly string[];
  /** Up to how many more people may be away; without it only whether it can be finished is looked at. */
  readonly k?: number;
}

/** Questions of who is where, in all; past them the answer says that it is not decided. */
const BUDGET = 20_000;
export const MAX_K = 5;

export function staffingOf(definition: Definition, question: StaffingQuestion): Staffing {
  const { staff, project, away = [], k = 0 } = question;
  const isAway = new Set(away);
  const people = staff.people.filter(({ id, sponsor }) => !isAway.has(id) && !isAway.has(sponsor ?? id));
  const managers =
    staff.managers &&
    new Map(
      [...staff.managers].map(([author, found]) => [author, found.filter(({ id }) => !isAway.has(id))]),
    );
  const judge = judgeFor(definition, { ...staff, people, ...(managers && { managers }) }, staff.people);
  const where = project === undefined ? definition.name : `${definition.name} in project ${project}`;
  const scene: Scene = { judge, where };
  const searching: Searching = { budget: BUDGET, isOpen: judge.requirements.isCut };
  const { failing, served, isOpen } = everyCase(judge);
  const irreplaceable = k > 0 ? irreplaceableFor(judge, served) : new Map<string, Irreplaceable>();
  const resilience = resilienceOf(scene, served, Math.min(k, MAX_K), searching);
  const owners = ownersLacking(judge, staff.mayOwn ?? [], people);
  const all = judge.crews.flatMap(({ authors }) => authors);
  const unserved = new Set([
    ...failing.flatMap(({ crew }) => crew.authors),
    ...owners.flatMap(({ authors }) => authors),
  ]);
  return {
    decided: !isOpen && !searching.isOpen,
    staffed: unserved.size === 0,
    findings: [
      ...unstaffed(scene, failing),
      ...owners.map((lack) => ownersFinding(scene, lack, staff.people)),
      ...irreplaceableFindings(scene, irreplaceable),
    ],
    irreplaceable: [...irreplaceable.keys()].sort(),
    resilience,
    authors: { served: all.filter((author) => !unserved.has(author)).length, all: all.length },
  };
}

interface Failing extends Pick<Break, 'crew' | 'one'> {
  readonly lack: Lack;
}

function everyCase(judge: Judge) {
  const failing: Failing[] = [];
  const served: Pick<Break, 'crew' | 'one'>[] = [];
  let isOpen = false;
  for (const crew of judge.crews)
    for (const one of judge.cases(crew)) {
      const judged = judge.judge(crew, one);
      if (judged.answer === 'yes') served.push({ crew, one });
      else if (judged.answer === 'open') isOpen = true;
      else for (const lack of judged.lacks) failing.push({ crew, one, lack });
    }
  return { failing, served, isOpen };
}

function unstaffed(scene: Scene, failing: readonly Failing[]): StaffingFinding[] {
  const groups = new Map<string, Failing[]>();
  for (const each of failing) {
    const key = caseText(each.one) + keyOfLack(each.lack);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].map((group) => {
    const [first] = group as [Failing];
    const authors = group.flatMap(({ crew }) => crew.authors);
    const isEverybody = authors.includes(null);
    const about = `${caseText(first.one)}${askText(scene, first.lack)}`;
    const which = isEverybody
      ? 'such a change cannot be finished, whoever writes it'
      : ifAuthors(scene, group);
    return {
      code: 'UNSTAFFED' as const,
      message: `${about}; ${holdersText(scene, first.lack)}: ${which}.`,
      roles: rolesOf(scene, first.lack),
      place: placeOf(scene, first.lack),
      path: pathOf(first.lack),
      people: holdersOf(scene, first.lack).sort(),
      authors: isEverybody ? null : authors.filter((each) => each !== null).sort(),
    };
  });
}

function ownersFinding(
  scene: Scene,
  { group, one, row, people, authors, left }: OwnersLack,
  staff: readonly Person[],
): StaffingFinding {
  const lack: Lack = { kind: 'row', row };
  const isEverybody = authors.includes(null);
  const named = authors.flatMap((author) => author ?? []).sort();
  const ids = new Set(staff.flatMap(({ id, sponsor = id }) => [id, sponsor]));
  const unknown = group.members.filter((member) => member !== '*' && !ids.has(member));
  const givers = people.length === 0 ? 'nobody can give that' : `only ${names(people)} can give that`;
  const whose = isEverybody
    ? 'a change of what is theirs cannot be finished, whoever writes it'
    : `that is not enough if ${anyName(named)} is the author, for a change of what is theirs; if ${named[0]} is, ${onlyText(left)}`;
  const whom = unknown.length === 0 ? '' : ` The directory does not know ${names(unknown)}.`;
  return {
    code: 'UNSTAFFED',
    message: `${caseText(one)}${askText(scene, lack)}; ${givers}: ${whose}.${whom}`,
    roles: rolesOf(scene, lack),
    place: `${placeOf(scene, lack)}, owners ${group.name}`,
    path: pathOf(lack),
    people: [...people].sort(),
    authors: isEverybody ? null : named,
  };
}

/** For each author what is left; where there are many, for one of them. */
function ifAuthors({ judge, where }: Scene, group: readonly Failing[]): string {
  const scene = { judge, where };
  const authors = group.flatMap(({ crew }) => crew.authors.flatMap((author) => author ?? []));
  const [first = ''] = [...authors].sort();
  const lack = (group[0] as Failing).lack;
  const left = leftText(scene, lack, judge.exactly(first));
  if (authors.length === 1) return `if ${first} is the author, ${left}`;
  return `that is not enough if ${anyName(authors)} is the author; if ${first} is, ${left}`;
}

interface Irreplaceable {
  readonly lack: Lack;
  readonly crew: Crew;
  readonly one: Break['one'];
  readonly authors: Set<string | null>;
}

/** By name: what cannot be done without them, and whose changes that stops. */
function irreplaceableFor(
  judge: Judge,
  served: readonly Pick<Break, 'crew' | 'one'>[],
): Map<string, Irreplaceable> {
  const found = new Map<string, Irreplaceable>();
  for (const { crew, one } of served)
    for (const { at, lacks } of irreplaceableIn(judge, crew, one)) {
      const [lack] = lacks;
      const alike = crew.classes[at];
      if (!lack || !alike) continue;
      for (const author of crew.authors)
        for (const name of alikeFor(judge, crew, alike, author)) {
          const known = found.get(name) ?? { lack, crew, one, authors: new Set() };
          found.set(name, known);
          known.authors.add(author);
        }
    }
  return found;
}

/** The units of a class, as they are for another author of the same crew. */
function alikeFor(judge: Judge, crew: Crew, alike: Class, author: string | null): string[] {
  if (author === null || author === crew.author?.id) return alike.units.map(({ party }) => party);
  const { classes } =
    alike.isManager || alike.isTied || isOwnClass(crew, alike) ? judge.exactly(author) : crew;
  return classes
    .filter(
      ({ key, isTied, isManager }) =>
        key === alike.key && isTied === alike.isTied && isManager === alike.isManager,
    )
    .flatMap(({ units }) => units.map(({ party }) => party));
}

/** Whether the author would stand in this class, were he not the author. */
function isOwnClass({ classes }: Crew, { key }: Class): boolean {
  return classes.some((each) => each.isTied && each.key === key);
}

function irreplaceableFindings(scene: Scene, found: ReadonlyMap<string, Irreplaceable>): StaffingFinding[] {
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { lack, one, authors }]) => {
      const isEverybody = authors.has(null);
      const whose = [...authors].filter((each) => each !== null);
      const what = `${caseText(one)}${askText(scene, lack)}; ${holdersText(scene, lack)}`;
      return {
        code: 'IRREPLACEABLE' as const,
        message: isEverybody
          ? `${what}: without ${name} no change can be finished.`
          : `${what}: without ${name} changes of ${names(whose)} cannot be finished.`,
        roles: rolesOf(scene, lack),
        place: placeOf(scene, lack),
        path: pathOf(lack),
        people: [name],
        authors: isEverybody ? null : whose.sort(),
      };
    });
}

/** The largest number up to `asked` that may be away, and a set that is too many. */
function resilienceOf(
  scene: Scene,
  served: readonly Pick<Break, 'crew' | 'one'>[],
  asked: number,
  searching: Searching,
): Resilience {
  if (served.length === 0) return { holds: null, asked, broken: null };
  for (let k = 1; k <= asked; k += 1)
    for (const { crew, one } of served) {
      const found = breakOf(scene.judge, crew, one, k, searching);
      if (found) return { holds: k - 1, asked, broken: brokenText(scene, found) };
      if (searching.budget < 0) return { holds: k - 1, asked, broken: null };
    }
  return { holds: asked, asked, broken: null };
}

function brokenText(
  scene: Scene,
  { crew, one, away, lacks, present }: Break,
): NonNullable<Resilience['broken']> {
  const [lack] = lacks;
  const author = crew.author?.id ?? null;
  const whose = author === null ? 'no change' : `no change of ${author}`;
  const why = lack ? ` ${askText(scene, lack)}; ${leftText(scene, lack, crew, present)}.` : '';
  const message = `With ${names(away)} away, ${whose} can be finished: ${caseText(one)}${why.trim()}`;
  return { away: [...away].sort(), author, message };
}
