/** The same questions, answered by trying everything: who votes how in which ballot, and who is away. */
import type { OwnerGroup } from '../../../src/machines/context.ts';
import type { Person } from '../../../src/machines/staffing/staff.ts';
import type { Instance, SomeBallot, SomeNeed, SomeRule } from './instances.ts';

const partyOf = ({ id, sponsor }: Person) => sponsor ?? id;

interface World {
  readonly instance: Instance;
  /** Those who are there. */
  readonly people: readonly Person[];
  /** Null: a stranger, a person without roles. */
  readonly author: Person | null;
  readonly owned?: Owned | undefined;
}

/** Whose vote the change needs because of its files, and in which ballots. */
export interface Owned {
  readonly group: OwnerGroup;
  readonly ballots: readonly boolean[];
}

function isTied(person: Person, { author }: World): boolean {
  const tied = author === null ? [STRANGER.id] : [author.id, partyOf(author)];
  return tied.includes(person.id) || tied.includes(partyOf(person));
}

const STRANGER: Person = { id: 'stranger', kind: 'person', roles: [] };

function present(world: World): readonly Person[] {
  return world.author === null ? [...world.people, STRANGER] : world.people;
}

function may(rule: SomeRule, person: Person, world: World): boolean {
  if (rule.by.length > 0 && !rule.by.includes(person.kind as 'person')) return false;
  if (rule.exclude && isTied(person, world)) return false;
  return rule.roles.length === 0 || rule.roles.some((role) => person.roles.includes(role));
}

interface Vote {
  readonly person: Person;
  readonly value: number;
}

/** Every way in which people can vote in it. */
function* votings(ballot: SomeBallot, world: World): Generator<Vote[]> {
  const all = present(world);
  const options = all.map((person) => [
    0,
    ...(may(ballot.rule, person, world) ? [1] : []),
    ...(ballot.strong && may(ballot.strong, person, world) ? [2] : []),
  ]);
  const pick = function* (from: number): Generator<Vote[]> {
    if (from === all.length) {
      yield [];
      return;
    }
    for (const rest of pick(from + 1))
      for (const value of options[from]!) yield value === 0 ? rest : [{ person: all[from]!, value }, ...rest];
  };
  yield* pick(0);
}

function isMet(need: SomeNeed, ballot: SomeBallot, votes: readonly Vote[], world: World): boolean {
  const excludes = ballot.rule.exclude || ballot.strong?.exclude === true;
  const parties = [...new Set(votes.map(({ person }) => partyOf(person)))];
  const voices = parties
    .map((party) => votes.filter(({ person }) => partyOf(person) === party))
    .filter((voice) => !(excludes && voice.some(({ person }) => isTied(person, world))));
  const grade = (voice: readonly Vote[]) => Math.min(...voice.map(({ value }) => value));
  const has = (voice: readonly Vote[], role: string) =>
    voice.some(({ person }) => person.roles.includes(role));
  if ('approvals' in need) {
    const heard = voices.filter(
      (voice) =>
        grade(voice) >= (need.at ?? 1) &&
        (need.of === undefined || has(voice, need.of)) &&
        !(need.exclude && voice.some(({ person }) => isTied(person, world))),
    );
    return heard.length >= need.approvals;
  }
  if ('each' in need) return need.each.every((role) => voices.some((voice) => has(voice, role)));
  if ('majority' in need) return voices.length > 0;
  if ('share' in need) {
    const size = world.instance.people.filter(({ roles }) => roles.includes(need.of)).length;
    const yes = voices.filter((voice) => has(voice, need.of)).length;
    return size > 0 && Math.floor((yes * 100) / size) >= need.share;
  }
  const weigh = (voice: readonly Vote[]) => {
    const known = voice.flatMap(({ person }) => person.roles.flatMap((role) => ballot.weights?.[role] ?? []));
    return known.length === 0 ? 1 : Math.max(...known);
  };
  return voices.reduce((sum, voice) => sum + weigh(voice), 0) >= need.weight;
}

/** So many persons of the group among those who voted and count. */
function hasOwners({ group }: Owned, ballot: SomeBallot, votes: readonly Vote[], world: World): boolean {
  const excludes = ballot.rule.exclude || ballot.strong?.exclude === true;
  const tied = votes.filter(({ person }) => excludes && isTied(person, world));
  const lost = new Set(tied.map(({ person }) => partyOf(person)));
  const parties = new Set(votes.map(({ person }) => partyOf(person)));
  const own = [...parties].filter(
    (party) => !lost.has(party) && (group.members.includes('*') || group.members.includes(party)),
  );
  return own.length >= (group.required ?? 1);
}

/** Each set of parties whose votes satisfy the ballot. */
function satisfying(ballot: SomeBallot, world: World, owned?: Owned): ReadonlySet<string>[] {
  const found = new Map<string, ReadonlySet<string>>();
  for (const votes of votings(ballot, world)) {
    const parties = new Set(votes.map(({ person }) => partyOf(person)));
    const key = [...parties].sort().join();
    const isEnough = () =>
      ballot.needs.every((need) => isMet(need, ballot, votes, world)) &&
      (!owned || hasOwners(owned, ballot, votes, world));
    if (!found.has(key) && isEnough()) found.set(key, parties);
  }
  return [...found.values()];
}

/** Whether changes of the author, of this risk, can be finished by those who are there. */
export function canFinish(world: World, risk: 'low' | 'high'): boolean {
  const { ballots, stages, hasCases } = world.instance;
  const left = hasCases && risk === 'low' ? stages.slice(1) : stages;
  const { owned } = world;
  const sets = ballots.map((ballot, at) => satisfying(ballot, world, owned?.ballots[at] ? owned : undefined));
  const meets = (one: ReadonlySet<string>, other: ReadonlySet<string>) =>
    [...one].some((each) => other.has(each));
  const go = (at: number, cast: ReadonlyMap<number, ReadonlySet<string>>): boolean => {
    const stage = left[at];
    if (!stage) return true;
    if (stage.kind === 'act')
      return (
        stage.rules.some((rule) => present(world).some((each) => may(rule, each, world))) && go(at + 1, cast)
      );
    const within = (index: number, now: ReadonlyMap<number, ReadonlySet<string>>): boolean => {
      const ballot = stage.ballots[index];
      if (ballot === undefined) return go(at + 1, stage.forgets ? new Map() : new Map([...cast, ...now]));
      return sets[ballot]!.some((parties) => {
        const { apart } = ballots[ballot]!;
        if ([...cast].some(([other, voted]) => apart.includes(other) && meets(parties, voted))) return false;
        // Open at once: whoever votes in both finds an order, unless each of them looks at the other.
        const clash = [...now].some(
          ([other, voted]) =>
            apart.includes(other) && ballots[other]!.apart.includes(ballot) && meets(parties, voted),
        );
        return !clash && within(index + 1, new Map([...now, [ballot, parties]]));
      });
    };
    return within(0, new Map());
  };
  return go(0, new Map());
}

export interface Pair {
  readonly author: Person | null;
  readonly risk: 'low' | 'high';
}

/** Every author, the stranger too, with every case. */
export function pairsOf({ people, hasCases }: Instance): Pair[] {
  const risks = hasCases ? (['low', 'high'] as const) : (['high'] as const);
  return [null, ...people].flatMap((author) => risks.map((risk) => ({ author, risk })));
}

export function isServed(
  instance: Instance,
  { author, risk }: Pair,
  away: readonly string[] = [],
  owned?: Owned,
): boolean {
  const people = instance.people.filter((each) => !away.includes(partyOf(each)));
  return canFinish({ instance, people, author, owned }, risk);
}

/** Sets of so many parties, none of them the author's. */
export function absences({ people }: Instance, { author }: Pair, k: number): string[][] {
  const parties = [...new Set(people.map(partyOf))].filter((party) => !author || party !== partyOf(author));
  const pick = (from: number, left: number): string[][] => {
    if (left === 0) return [[]];
    return parties
      .slice(from)
      .flatMap((party, index) => pick(from + index + 1, left - 1).map((rest) => [party, ...rest]));
  };
  return pick(0, k);
}
