/**
 * The groups that own files: could each of them give its vote, if a change touched what is theirs? Which files a change
 * touches is nobody's choice, so each group is asked for by itself; and since one voice speaks for every group it stands in,
 * a change that touches several asks for no more people. A group does not stop what can be finished without its ballot.
 */
import type { OwnerGroup } from '../context.ts';
import { voicesOf } from './components.ts';
import { type Case, everybody, type Judge } from './judge.ts';
import { type Row, rowsOf } from './rows.ts';
import { solve } from './solve.ts';
import { type Crew, type Person, STRANGER } from './staff.ts';
import type { Way } from './way.ts';

/** A group whose vote cannot be had, for changes of some authors. */
export interface OwnersLack {
  readonly group: OwnerGroup;
  readonly one: Case;
  /** What the ballot asks of the group. */
  readonly row: Row;
  /** Who could give it where a stranger is the author. */
  readonly people: readonly string[];
  /** Null: the changes of a stranger, that is everybody's. */
  readonly authors: readonly (string | null)[];
  /** Who is left for the first of them. */
  readonly left: readonly string[];
}

/** A case that people can finish as long as no owners are asked, and the ballots of owners on each of its ways. */
interface Asking {
  readonly crew: Crew;
  readonly one: Case;
  readonly ballots: readonly (readonly string[])[];
}

/** An author takes no more voices away than his own, that of his agents, and that of whomever his sponsor works for. */
const TIED = 3;

export function ownersLacking(
  judge: Judge,
  groups: readonly OwnerGroup[],
  staff: readonly Person[],
): readonly OwnersLack[] {
  const asked = groups.filter(({ required }) => required !== 0);
  const names = new Set(ballotsOfOwners(judge));
  if (asked.length === 0 || names.size === 0) return [];
  const askings = judge.crews.flatMap((crew) =>
    judge.cases(crew).flatMap((one) => asking(judge, crew, one, names)),
  );
  const world: World = { judge, staff, givers: giversFor(judge) };
  return asked.flatMap((group) => {
    const found = new Map<string, Lacking>();
    for (const each of askings)
      for (const { ballot, author } of lacksFor(world, each, group)) note(found, ballot, each, author);
    return [...found.values()].flatMap((each) => ownersLack(world, group, each));
  });
}

/** Whether, whoever is the author and whichever `k` are away, as many are left as have to approve. */
export function hasToSpare(judge: Judge, group: OwnerGroup, k: number): boolean {
  if (judge.solver.readsAuthor) return false;
  const givers = giversFor(judge);
  return ballotsOfOwners(judge).every(
    (name) => within(group, givers(name, null)).length >= (group.required ?? 1) + TIED + k,
  );
}

interface World {
  readonly judge: Judge;
  readonly staff: readonly Person[];
  readonly givers: Givers;
}

interface Lacking {
  readonly ballot: string;
  readonly one: Case;
  readonly authors: (string | null)[];
}

function note(found: Map<string, Lacking>, ballot: string, { one }: Asking, author: string | null): void {
  const key = JSON.stringify([ballot, one.facts.map(({ holds, text }) => [holds, text])]);
  const known = found.get(key);
  if (known) known.authors.push(author);
  else found.set(key, { ballot, one, authors: [author] });
}

function ownersLack(
  { judge, givers }: World,
  group: OwnerGroup,
  { ballot, one, authors }: Lacking,
): OwnersLack[] {
  const [first = null] = authors.includes(null) ? [null] : [...authors].sort();
  const { rules, known } = judge.solver;
  const asked = rules.definition.ballots?.[ballot];
  const rows = asked ? rowsOf(ballot, asked, undefined, { ...known, owners: [group] }) : [];
  const row = rows.find((each) => each.group !== undefined);
  const people = within(group, givers(ballot, null)).filter((party) => party !== STRANGER);
  return row ? [{ group, one, row, people, authors, left: within(group, givers(ballot, first)) }] : [];
}

export function ballotsOfOwners({ solver }: Judge): string[] {
  return Object.entries(solver.rules.definition.ballots ?? {}).flatMap(([name, { needs }]) =>
    needs.some((need) => need.kind === 'each' && need.of === 'owners') ? [name] : [],
  );
}

/** Nothing where the case cannot be finished anyway, or can be without asking owners. */
function asking({ solver }: Judge, crew: Crew, one: Case, names: ReadonlySet<string>): Asking[] {
  const open = one.ways.filter((way) => solve(solver, crew, way, everybody(crew)).answer !== 'no');
  const ballots = open.map((way) => passedIn(way).filter((name) => names.has(name)));
  return open.length > 0 && ballots.every((each) => each.length > 0) ? [{ crew, one, ballots }] : [];
}

function passedIn(way: Way): string[] {
  return [...way.values()].flatMap((each) =>
    each.kind === 'votes' && each.count === undefined ? [each.ballot] : [],
  );
}

/** The authors of a crew for whose changes the group cannot give its vote, and in which ballot. */
function lacksFor(world: World, each: Asking, group: OwnerGroup) {
  const { judge, givers } = world;
  const found = (author: string | null) => {
    const ballot = lackFor(each, group, author, givers);
    return ballot === undefined ? [] : [{ ballot, author }];
  };
  const { solver, crews } = judge;
  const { authors } = each.crew;
  // Elsewhere nobody has more voices to his service than a stranger has.
  if (solver.readsAuthor || crews.some(({ classes }) => classes.some(({ isManager }) => isManager)))
    return authors.flatMap(found);
  const [lack] = found(null);
  if (lack) return authors.map((author) => ({ ...lack, author }));
  return authorsNear(world, each, group).flatMap(found);
}

/** Who takes a voice of the group away by being the author, where it has none to spare. */
function authorsNear({ staff, givers }: World, { crew, ballots }: Asking, group: OwnerGroup): string[] {
  const own = ballots.flat().map((ballot) => within(group, givers(ballot, null)));
  if (Math.min(...own.map(({ length }) => length)) >= (group.required ?? 1) + TIED) return [];
  const parties = new Set(own.flat());
  const near = new Set(parties);
  for (const { id, sponsor = id } of staff) if (parties.has(sponsor)) near.add(id);
  const sponsors = new Map(staff.map(({ id, sponsor = id }) => [id, sponsor]));
  return crew.authors.flatMap((author) =>
    author !== null && (near.has(author) || near.has(sponsors.get(author) ?? '')) ? [author] : [],
  );
}

/** The ballot for which the group has too few voices, where that is so on every way. */
function lackFor(
  { ballots }: Asking,
  group: OwnerGroup,
  author: string | null,
  givers: Givers,
): string | undefined {
  const lacking = ballots.map((names) =>
    names.find((name) => within(group, givers(name, author)).length < (group.required ?? 1)),
  );
  return lacking.every((name) => name !== undefined) ? lacking[0] : undefined;
}

/** The voices that can approve in a ballot where so somebody is the author. */
type Givers = (ballot: string, author: string | null) => readonly string[];

function giversFor(judge: Judge): Givers {
  const kept = new Map<string, readonly string[]>();
  const crews = new Map<string | null, Crew>();
  return (ballot, author) => {
    const key = JSON.stringify([ballot, author]);
    const known = kept.get(key);
    if (known) return known;
    const crew = crews.get(author) ?? (author === null ? judge.crews[0] : judge.exactly(author));
    if (!crew) return [];
    crews.set(author, crew);
    const found = crew.classes.flatMap((one) =>
      voicesOf(judge.solver, ballot, one, crew.author).length > 0 ? one.units.map(({ party }) => party) : [],
    );
    kept.set(key, found);
    return found;
  };
}

function within({ members }: OwnerGroup, parties: readonly string[]): readonly string[] {
  return members.includes('*') ? parties : parties.filter((party) => members.includes(party));
}
