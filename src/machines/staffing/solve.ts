/**
 * Can a crew go a way? Acts each need somebody who may; ballots that nobody may vote in twice are covered together, all
 * others on their own, since one person may do any number of things that nobody keeps apart.
 */
import { allHold, isConditional, mayAct, type Voice } from './capability.ts';
import { type Component, componentsOf, type Part, type Solver, voicesOf } from './components.ts';
import { cover } from './cover.ts';
import type { Row } from './rows.ts';
import type { Class, Crew, Member } from './staff.ts';
import { ballotsIn, type Demand, type Way } from './way.ts';

/** How many units of each class are there: all of them, or fewer where somebody is away. */
export type Present = readonly number[];

/** Who does what, by class and place in it. */
export interface Assignment {
  readonly acts: readonly {
    readonly demand: Act;
    readonly rule: Act['rules'][number];
    readonly by: Chosen;
  }[];
  readonly votes: readonly { readonly ballot: string; readonly voice: Voice; readonly by: Chosen }[];
  /** Whether something was taken to hold that is not understood. */
  readonly isGuess: boolean;
}

export interface Chosen {
  readonly at: number;
  readonly unit: number;
  readonly member: number;
}

export type Act = Extract<Demand, { kind: 'act' }>;

/** What people cannot be found for: an act, something a ballot needs, or ballots that must not share people. */
export type Lack =
  | { readonly kind: 'act'; readonly act: Act }
  | { readonly kind: 'row'; readonly row: Row }
  | { readonly kind: 'apart'; readonly rows: readonly Row[] };

export type Solved =
  | { readonly answer: 'yes'; readonly assignment: Assignment }
  | { readonly answer: 'no'; readonly lacks: readonly Lack[] }
  | { readonly answer: 'open' };

export function solve(solver: Solver, crew: Crew, way: Way, present: Present): Solved {
  const { definition } = solver.rules;
  const lacks: Lack[] = [];
  const acts: Assignment['acts'][number][] = [];
  const votes: Assignment['votes'][number][] = [];
  let isOpen = false;
  for (const demand of way.values()) {
    if (demand.kind !== 'act') continue;
    const found = actor(solver, demand, crew, present);
    if (found) acts.push(found);
    else lacks.push({ kind: 'act', act: demand });
  }
  for (const component of componentsOf(solver, way)) {
    const found = voters(component, crew, present);
    if (found === undefined) isOpen = true;
    else if ('kind' in found) lacks.push(found);
    else votes.push(...found);
  }
  if (lacks.length > 0) return { answer: 'no', lacks };
  if (isOpen) return { answer: 'open' };
  const isGuess = way.has('guess') || ballotsIn(way).some((name) => isConditional(definition, name));
  return { answer: 'yes', assignment: { acts, votes, isGuess } };
}

/** Whether the way is one for changes of this author at all. */
export function isFor(way: Way, { author }: Crew): boolean {
  return [...way.values()].every((each) => each.kind !== 'author' || allHold([each.literal], author));
}

function actor({ rules }: Solver, demand: Act, { author, classes }: Crew, present: Present) {
  // The author is there anyway; whoever else is needed should be needed as seldom as can be.
  const order = [...classes.keys()].sort((a, b) => Number(classes[b]?.isTied) - Number(classes[a]?.isTied));
  for (const at of order) {
    const one = classes[at];
    const [unit] = one?.units ?? [];
    if (!one || !unit || (present[at] ?? 0) === 0) continue;
    for (const rule of demand.rules) {
      const member = unit.members.findIndex((each) => mayAct(rules, rule, each, author, demand.sender));
      if (member >= 0) return { demand, rule, by: { at, unit: 0, member } };
    }
  }
  return undefined;
}

/** Units that could help with what is missing, as far as they are there. */
export function helpers(solver: Solver, lack: Lack, crew: Crew, present?: Present): string[] {
  return crew.classes.flatMap((one, at) =>
    canHelp(solver, lack, one, crew.author)
      ? one.units.slice(0, present?.[at]).map(({ party }) => party)
      : [],
  );
}

function canHelp(solver: Solver, lack: Lack, one: Class, author: Member | null): boolean {
  if (lack.kind === 'act') {
    const { rules, sender } = lack.act;
    const [unit] = one.units;
    return rules.some((rule) =>
      unit?.members.some((each) => mayAct(solver.rules, rule, each, author, sender)),
    );
  }
  const rows = lack.kind === 'row' ? [lack.row] : lack.rows;
  return rows.some((row) =>
    voicesOf(solver, row.ballot, one, author).some((voice) => row.adds(voice, one) > 0),
  );
}

function voters(component: Component, crew: Crew, present: Present): Assignment['votes'] | Lack | undefined {
  const { rows: all } = component;
  const parts: (readonly Part[])[] = [];
  for (const one of crew.classes) {
    const found = component.partsFor(one, crew.author);
    if (!found) return undefined;
    parts.push(found);
  }
  const rows = distinct(all, parts);
  const indexes = rows.map((row) => all.indexOf(row));
  const classes = parts.map((each, at) => ({
    count: present[at] ?? 0,
    choices: each.map(({ choice }) => indexes.map((index) => choice[index] ?? 0)),
  }));
  const found = cover(
    rows.map(({ want }) => want),
    classes,
  );
  if (found === undefined) return undefined;
  if (found === 'none') return lackOfVotes(all, parts, present);
  return found.flatMap((taken, at) => {
    let unit = 0;
    return taken.flatMap((count, index) =>
      Array.from({ length: count }, () => unit++).flatMap((place) =>
        (parts[at]?.[index]?.voices ?? []).map(({ ballot, voice }) => ({
          ballot,
          voice,
          by: { at, unit: place, member: voice.casts[0]?.member ?? 0 },
        })),
      ),
    );
  });
}

/** Rows that count the same are one row; the one that wants most. */
function distinct(all: readonly Row[], parts: readonly (readonly Part[])[]): Row[] {
  const found = new Map<string, Row>();
  for (const [index, row] of all.entries()) {
    const key = parts.flatMap((each) => each.map(({ choice }) => choice[index] ?? 0)).join();
    const known = found.get(key);
    if (!known || known.want < row.want) found.set(key, row);
  }
  return [...found.values()];
}

/** The first thing that all together could not give; where there is none, they would have to be in two places at once. */
function lackOfVotes(rows: readonly Row[], parts: readonly (readonly Part[])[], present: Present): Lack {
  const most = (index: number) =>
    parts.reduce(
      (sum, each, at) =>
        sum + (present[at] ?? 0) * Math.max(0, ...each.map(({ choice }) => choice[index] ?? 0)),
      0,
    );
  const row = rows.find(({ want }, index) => most(index) < want);
  return row ? { kind: 'row', row } : { kind: 'apart', rows };
}
