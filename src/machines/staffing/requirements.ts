/**
 * Every way to a good end (approved or applied) that a definition offers, by what it demands of people. Ways are gathered
 * state by state until nothing easier is found; regions are looked at on their own and put together at their join. That
 * votes are needed where a need's own condition may hold, is taken as given.
 */
import type { Definition, Joined, State, Transition, Triggered } from '../definition.ts';
import { treeOf } from '../facts.ts';
import { countingFinals, needed } from '../joins.ts';
import { type Leaving, type Scope, scopesOf } from '../paths.ts';
import { type Ask, allOf, asksOf, NOTHING } from './asks.ts';
import { consistent } from './consistent.ts';
import { after, type Demand, keep, NO_DEMANDS, type Way } from './way.ts';

export interface Requirements {
  readonly definition: Definition;
  readonly ways: readonly Way[];
  /** There are more ways than were looked at: a "no" is not certain. */
  readonly isCut: boolean;
}

const MAX_WAYS = 200;
const GOOD = ['approved', 'applied'];

interface Search {
  readonly definition: Definition;
  /** By the path of a region. */
  readonly regions: Map<string, ReadonlyMap<string, readonly Way[]>>;
  isCut: boolean;
}

export function requirements(definition: Definition): Requirements {
  const [top, ...inner] = scopesOf(definition);
  const search: Search = { definition, regions: new Map(), isCut: false };
  for (const scope of inner) search.regions.set(scope.prefix.slice(0, -1), waysIn(scope, search));
  const ways: Way[] = [];
  if (top)
    for (const [name, found] of waysIn(top, search))
      if (GOOD.includes(top.states[name]?.final ?? ''))
        for (const way of found) keep(ways, withoutVoids(way));
  return { definition, ways, isCut: search.isCut };
}

/** The easiest ways to each state of a scope. */
function waysIn(scope: Scope, search: Search): Map<string, Way[]> {
  const { ballots } = search.definition;
  const steps = new Map(Object.keys(scope.states).map((name) => [name, stepsFrom(scope, name, search)]));
  const found = new Map<string, Way[]>([[scope.initial, [NO_DEMANDS]]]);
  const waiting: { name: string; way: Way }[] = [{ name: scope.initial, way: NO_DEMANDS }];
  for (const { name, way } of waiting) {
    if (!found.get(name)?.includes(way)) continue;
    for (const { to, alternatives, voids } of steps.get(name) ?? [])
      for (const demands of alternatives) {
        const longer = voided(after(way, demands, ballots), voids);
        if (!consistent(longer, search.definition)) continue;
        const known = found.get(to) ?? [];
        found.set(to, known);
        if (known.length >= MAX_WAYS) search.isCut = true;
        else if (keep(known, longer)) waiting.push({ name: to, way: longer });
      }
  }
  return found;
}

interface Step {
  readonly to: string;
  /** What each way to take it asks for. */
  readonly alternatives: readonly (readonly Demand[])[];
  readonly voids: readonly string[];
}

function stepsFrom(scope: Scope, name: string, search: Search): Step[] {
  const state = scope.states[name];
  if (!state || state.final) return [];
  const own = scope.transitions.filter(({ from, to }) => from === name && Object.hasOwn(scope.states, to));
  return own.map((each, index) => ({
    to: each.to,
    alternatives: alternativesOf(each, own.slice(0, index), scope, state, search),
    voids: each.on === 'revision' ? [...(each.void ?? []), ...lostBy(search.definition)] : (each.void ?? []),
  }));
}

function alternativesOf(
  each: Transition,
  earlier: readonly Transition[],
  scope: Scope,
  state: State,
  search: Search,
): readonly (readonly Demand[])[] {
  const path = scope.prefix + each.from;
  const asked = (asks: readonly Ask[]) => asks.flatMap((ask) => demandsOf(ask, path, search));
  switch (each.on) {
    case 'revision':
      return [[]];
    case 'join':
      return joined(each, state, path, search);
    case 'time':
      return asked(each.if === undefined ? [NOTHING] : asksOf(treeOf(each.if)));
    case 'when': {
      const before = earlier.flatMap((other) =>
        other.on === 'when' ? [asksOf(treeOf(other.when), false)] : [],
      );
      return asked(allOf([...before, asksOf(treeOf(each.when))]));
    }
    case 'trigger':
      return acted(each, earlier, scope, search);
  }
}

function acted(each: Triggered, earlier: readonly Transition[], scope: Scope, search: Search) {
  const path = scope.prefix + each.from;
  const rule: Leaving = { ...each, from: path, to: scope.prefix + each.to };
  // Where an earlier rule lets the same people go elsewhere, its condition must not hold.
  const rivals = earlier.flatMap((other) =>
    other.on === 'trigger' && other.trigger === each.trigger && other.if && permitsAsMany(other, each)
      ? [asksOf(treeOf(other.if), false)]
      : [],
  );
  const asks = allOf([...rivals, each.if === undefined ? [NOTHING] : asksOf(treeOf(each.if))]);
  // Programs of the tenant's own are not among its people.
  const isAutomatic = each.by.includes('system');
  const what = `${path} ${each.trigger} ${each.to}`;
  return asks.flatMap((ask) =>
    demandsOf(ask, path, search).map((demands): readonly Demand[] =>
      isAutomatic ? demands : [{ kind: 'act', rules: [rule], sender: ask.sender, what }, ...demands],
    ),
  );
}

function permitsAsMany(one: Triggered, other: Triggered): boolean {
  const all = one.by.length === 0 && one.exclude.length === 0 && one.roles.length === 0;
  const parts = ({ by, exclude, roles }: Triggered) => JSON.stringify([by, exclude, [...roles].sort()]);
  return all || parts(one) === parts(other);
}

/** The demands of one alternative of a condition, for every way in which its regions and ballots can come out so. */
function demandsOf(ask: Ask, path: string, search: Search, depth = 0): Demand[][] {
  const { definition } = search;
  let all: Demand[][] = [
    [
      ...ask.facts.map((literal): Demand => ({ kind: 'fact', literal })),
      ...ask.author.map((literal): Demand => ({ kind: 'author', literal })),
      ...(ask.isGuess ? [{ kind: 'guess' } as const] : []),
    ],
  ];
  const times = (choices: readonly (readonly Demand[])[]) => {
    all = bounded(
      all.flatMap((before) => choices.map((each) => [...before, ...each])),
      search,
    );
  };
  for (const { ballot: name, ...asked } of ask.ballots) {
    const ballot = definition.ballots?.[name];
    if (!ballot) return [];
    if (asked.want === 'vetoed') {
      const rules = castsOf(definition, name, (value) => ballot.veto !== undefined && value <= ballot.veto);
      times([[{ kind: 'act', rules, sender: [], what: `veto ${name}` }]]);
    } else if (asked.want === 'approvals') times([[{ kind: 'votes', ballot: name, count: asked.count }]]);
    else {
      const override =
        ballot.override === undefined || depth > 3
          ? []
          : asksOf(treeOf(ballot.override)).flatMap((each) => demandsOf(each, path, search, depth + 1));
      times([[{ kind: 'votes', ballot: name }], ...override]);
    }
  }
  for (const { region, state } of ask.regions) {
    const found = search.regions.get(`${path}.${region}`)?.get(state);
    // A region that looks at its siblings: where these are is not followed.
    times(found ? found.map(demandsIn) : [[{ kind: 'guess' }]]);
  }
  return all;
}

/** Everything by which such a vote can be cast. */
export function castsOf(
  { ballots = {} }: Definition,
  name: string,
  isMeant: (value: number) => boolean,
): Leaving[] {
  const { in: paths = [], cast = {} } = ballots[name] ?? {};
  return Object.entries(cast).flatMap(([trigger, { value, ...rule }]) =>
    typeof value === 'number' && isMeant(value)
      ? paths.map(
          (path): Leaving => ({
            ...rule,
            on: 'trigger',
            from: path,
            to: path,
            trigger,
            late: 'refuse',
            ballot: name,
          }),
        )
      : [],
  );
}

/** For each set of regions that lets the join fire, all ways to have them done. */
function joined(join: Joined, { regions = {} }: State, path: string, search: Search): Demand[][] {
  const each = Object.entries(regions).map(([name, region]) => {
    const ways: Way[] = [];
    for (const final of countingFinals(region, join.ending))
      for (const way of search.regions.get(`${path}.${name}`)?.get(final) ?? []) keep(ways, way);
    return ways;
  });
  const count = needed(join.join, each.length);
  const combine = (from: number, missing: number): Way[] => {
    if (missing === 0) return [NO_DEMANDS];
    if (each.length - from < missing) return [];
    const found: Way[] = [];
    for (const rest of combine(from + 1, missing - 1))
      for (const way of each[from] ?? []) {
        if (found.length >= MAX_WAYS) search.isCut = true;
        else keep(found, after(way, rest.values(), search.definition.ballots));
      }
    for (const without of combine(from + 1, missing)) {
      if (found.length >= MAX_WAYS) search.isCut = true;
      else keep(found, without);
    }
    return found;
  };
  return combine(0, count).map(demandsIn);
}

function demandsIn(way: Way): Demand[] {
  return [...way.values()];
}

function voided(way: Way, voids: readonly string[]): Way {
  const gone = voids.filter((ballot) =>
    [...way.values()].some((each) => each.kind === 'votes' && each.ballot === ballot),
  );
  return gone.length === 0
    ? way
    : after(
        way,
        gone.map((ballot) => ({ kind: 'gone', ballot })),
      );
}

/** What was taken away no longer matters once the end is reached. */
function withoutVoids(way: Way): Way {
  return new Map([...way].filter(([, { kind }]) => kind !== 'gone'));
}

/** Ballots whose votes a new revision takes away. */
function lostBy({ ballots = {} }: Definition): string[] {
  return Object.entries(ballots).flatMap(([name, { revision }]) =>
    revision.keep.includes('always') ? [] : [name],
  );
}

function bounded(all: Demand[][], search: Search): Demand[][] {
  if (all.length <= MAX_WAYS) return all;
  search.isCut = true;
  return all.slice(0, MAX_WAYS);
}
