/**
 * Can these people finish it? For every author there may be: whether his changes can come to a good end, who is irreplaceable
 * in that, and whether it still holds with any k people away. What was not decided is said.
 */
import type { Definition } from '../definition.ts';
import type { SourcePath } from '../findings.ts';
import { judgeFor } from './judge.ts';
import { type Owned, studyOwned } from './owned.ts';
import { type OwnersLack, ownersLacking } from './owners.ts';
import { type Break, breakOf, type Searching } from './resilience.ts';
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
  ownedText,
  pathOf,
  placeOf,
  rolesOf,
  type Scene,
  touchingText,
} from './sentences.ts';
import { everyCase, type Failing, type Irreplaceable, irreplaceableFor, type Served } from './served.ts';
import type { Lack } from './solve.ts';
import type { Person, Staff } from './staff.ts';

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
  const present = { ...staff, people, ...(managers && { managers }) };
  const judge = judgeFor(definition, present, staff.people);
  const where = project === undefined ? definition.name : `${definition.name} in project ${project}`;
  const scene: Scene = { judge, where };
  const searching: Searching = { budget: BUDGET, isOpen: judge.requirements.isCut };
  const { failing, served, isOpen } = everyCase(judge);
  const irreplaceable = k > 0 ? irreplaceableFor(judge, served) : new Map<string, Irreplaceable>();
  const asked = Math.min(k, MAX_K);
  const study = studyOwned(judge, definition, { staff: present, electorate: staff.people, k: asked });
  const owned = study.each.map((each) => ({
    ...each,
    scene: { ...scene, judge: each.judge, touching: each.parts },
  }));
  const resilience = resilienceOf([{ scene, served }, ...owned], asked, searching);
  // Who is kept apart makes more difference than how many members there are.
  const owners = study.isApart ? [] : ownersLacking(judge, staff.mayOwn ?? [], people);
  const base = new Set(failing.flatMap(({ crew }) => crew.authors));
  const apart = study.isApart ? owned.map((each) => ({ ...each, failing: besides(each.failing, base) })) : [];
  const held = k > 0 ? owned.flatMap((each) => heldIn(each, irreplaceable)) : [];
  const all = judge.crews.flatMap(({ authors }) => authors);
  const unserved = new Set([
    ...base,
    ...apart.flatMap((each) => each.failing.flatMap(({ crew }) => crew.authors)),
    ...owners.flatMap(({ authors }) => authors),
  ]);
  return {
    decided:
      !isOpen &&
      !study.isCut &&
      !owned.some((each) => each.isOpen) &&
      !mayNeedMore(study.together, unserved, resilience, searching) &&
      !searching.isOpen,
    staffed: unserved.size === 0,
    findings: [
      ...unstaffed(scene, failing),
      ...owners.map((lack) => ownersFinding(scene, lack, staff.people)),
      ...apart.flatMap((each) => unstaffed(each.scene, each.failing)),
      ...irreplaceableFindings(scene, irreplaceable),
      ...held.flatMap(({ scene: of, found }) => irreplaceableFindings(of, found)),
    ],
    irreplaceable: [
      ...new Set([...irreplaceable.keys(), ...held.flatMap(({ found }) => [...found.keys()])]),
    ].sort(),
    resilience,
    authors: { served: all.filter((author) => !unserved.has(author)).length, all: all.length },
  };
}

/** What stops changes of authors whom nothing else stops. */
function besides(failing: readonly Failing[], base: ReadonlySet<string | null>): readonly Failing[] {
  return failing.flatMap((each) => {
    const authors = each.crew.authors.filter((author) => !base.has(author));
    return authors.length === 0 ? [] : [{ ...each, crew: { ...each.crew, authors } }];
  });
}

/** Whom the owners cannot do without, but for those who are needed for the same authors' changes anyway. */
function heldIn(
  { judge, served, scene }: Owned & { readonly scene: Scene },
  anyway: ReadonlyMap<string, Irreplaceable>,
) {
  const found = new Map<string, Irreplaceable>();
  for (const [name, each] of irreplaceableFor(judge, served)) {
    const known = anyway.get(name)?.authors;
    const authors = new Set([...each.authors].filter((author) => !known?.has(author)));
    if (authors.size > 0) found.set(name, { ...each, authors });
  }
  return { scene, found };
}

/** Whether a change that touches what several groups own might need more people than are there; where it does is not said. */
function mayNeedMore(
  together: Owned | undefined,
  unserved: ReadonlySet<string | null>,
  { holds }: Resilience,
  searching: Searching,
): boolean {
  if (!together) return false;
  const { judge, served, failing, isOpen } = together;
  if (isOpen || besides(failing, unserved).length > 0) return true;
  return served.some(({ crew, one }) => breakOf(judge, crew, one, holds ?? 0, searching) !== undefined);
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
      ? `such a change${touchingText(scene, 'touches')} cannot be finished, whoever writes it`
      : ifAuthors(scene, group);
    return {
      code: 'UNSTAFFED' as const,
      message: `${about}; ${holdersText(scene, first.lack)}: ${which}.`,
      roles: rolesOf(scene, first.lack),
      place: placeWith(scene, first.lack),
      path: pathOf(first.lack),
      people: holdersOf(scene, first.lack).sort(),
      authors: isEverybody ? null : authors.filter((each) => each !== null).sort(),
    };
  });
}

function placeWith(scene: Scene, lack: Lack): string {
  const { touching = [] } = scene;
  const owners = touching.length === 0 ? '' : `, owners ${names(touching.map(({ name }) => name))}`;
  return placeOf(scene, lack) + owners;
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

function irreplaceableFindings(scene: Scene, found: ReadonlyMap<string, Irreplaceable>): StaffingFinding[] {
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { lack, one, authors }]) => {
      const isEverybody = authors.has(null);
      const whose = [...authors].filter((each) => each !== null);
      const what = `${caseText(one)}${askText(scene, lack)}; ${holdersText(scene, lack)}`;
      const only = isOnly(scene, lack, name)
        ? `${name} is the only owner of ${ownedText(scene.touching ?? [])} who may: `
        : '';
      const touch = touchingText(scene, 'touch');
      return {
        code: 'IRREPLACEABLE' as const,
        message: isEverybody
          ? `${what}: ${only}without ${name} no change${touchingText(scene, 'touches')} can be finished.`
          : `${what}: ${only}without ${name} changes of ${names(whose)}${touch} cannot be finished.`,
        roles: rolesOf(scene, lack),
        place: placeWith(scene, lack),
        path: pathOf(lack),
        people: [name],
        authors: isEverybody ? null : whose.sort(),
      };
    });
}

/** Whether nobody else can vote for the owners, whoever writes the change. */
function isOnly(scene: Scene, lack: Lack, name: string): boolean {
  const holders = lack.kind === 'row' && lack.row.group !== undefined ? holdersOf(scene, lack) : [];
  return holders.length === 1 && holders[0] === name;
}

/** The largest number up to `asked` that may be away, and a set that is too many. */
function resilienceOf(
  [base, ...owned]: readonly [Studied, ...Studied[]],
  asked: number,
  searching: Searching,
): Resilience {
  if (base.served.length === 0) return { holds: null, asked, broken: null };
  for (let k = 1; k <= asked; k += 1)
    for (const { scene, served } of [base, ...owned])
      for (const { crew, one } of served) {
        const found = breakOf(scene.judge, crew, one, k, searching);
        if (found) return { holds: k - 1, asked, broken: brokenText(scene, found) };
        if (searching.budget < 0) return { holds: k - 1, asked, broken: null };
      }
  return { holds: asked, asked, broken: null };
}

interface Studied {
  readonly scene: Scene;
  readonly served: readonly Served[];
}

function brokenText(
  scene: Scene,
  { crew, one, away, lacks, present }: Break,
): NonNullable<Resilience['broken']> {
  const [lack] = lacks;
  const author = crew.author?.id ?? null;
  const whose = (author === null ? 'no change' : `no change of ${author}`) + touchingText(scene, 'touches');
  const why = lack ? ` ${askText(scene, lack)}; ${leftText(scene, lack, crew, present)}.` : '';
  const message = `With ${names(away)} away, ${whose} can be finished: ${caseText(one)}${why.trim()}`;
  return { away: [...away].sort(), author, message };
}
