/**
 * Can changes of an author come to a good end, whatever they are like? Facts of a change (its risk, its kind) are nobody's
 * choice, so each case of them has to be possible; between the ways that one case leaves open people may choose. This is the
 * workflow satisfiability problem (Wang and Li, "Satisfiability and Resiliency in Workflow Authorization Systems", ACM TISSEC
 * 2010; Crampton, Gutin and Yeo, "On the Parameterized Complexity and Kernelization of the Workflow Satisfiability Problem",
 * ACM TISSEC 2013), with alternatives and quorums.
 */

import { conditionsOf } from '../check-condition-list.ts';
import { readsOf } from '../conditions/variables.ts';
import type { Definition } from '../definition.ts';
import { treeOf } from '../facts.ts';
import { leavingByPath } from '../paths.ts';
import { type Literal, NO_LITERALS } from './asks.ts';
import { rulesOf } from './capability.ts';
import type { Solver } from './components.ts';
import { type Requirements, requirements } from './requirements.ts';
import { type Assignment, isFor, type Lack, type Present, solve } from './solve.ts';
import {
  type Crew,
  type Crews,
  crewsOf,
  type Person,
  type Signature,
  type Staff,
  signatureFor,
  unitsOf,
} from './staff.ts';
import { signed, type Way } from './way.ts';

/** A case that must stay possible, and the ways that lead to a good end in it. */
export interface Case {
  readonly facts: readonly Literal[];
  readonly ways: readonly Way[];
}

export type Judged =
  | { readonly answer: 'yes'; readonly assignment: Assignment }
  /** What is missing on the way that lacks least. */
  | { readonly answer: 'no'; readonly lacks: readonly Lack[] }
  | { readonly answer: 'open' };

export interface Judge extends Crews {
  readonly requirements: Requirements;
  readonly solver: Solver;
  readonly signature: Signature;
  cases(crew: Crew): readonly Case[];
  /** `present`: all of them where nothing is said. */
  judge(crew: Crew, one: Case, present?: Present): Judged;
}

/** `electorate`: everybody who counts where a share is asked for, the absent too; `asked`: where they are known already. */
export function judgeFor(
  definition: Definition,
  staff: Staff,
  electorate = staff.people,
  asked = requirements(definition),
): Judge {
  const rules = rulesOf(definition);
  const owners = staff.owners ?? [];
  // Where a condition asks who somebody is by name, nobody is like anybody else.
  const isPersonal = reads(definition, 'sender.id', 'author');
  const signature = signatureFor(rolesIn(definition), isPersonal, owners);
  const electorates = { ...sizes(electorate, definition), ...staff.electorates };
  const known = { owners: staff.owners, electorates };
  const solver: Solver = {
    rules,
    known,
    readsAuthor: reads(definition, 'author', 'authorKind'),
    voices: new Map(),
    components: new WeakMap(),
  };
  const kept = new WeakMap<Crew, readonly Case[]>();
  return {
    ...crewsOf(staff, definition, signature),
    requirements: asked,
    solver,
    signature,
    cases: (crew) => {
      const known = kept.get(crew) ?? casesFor(asked, crew);
      kept.set(crew, known);
      return known;
    },
    judge: (crew, one, present = everybody(crew)) => judged(solver, asked, crew, one, present),
  };
}

export function everybody({ classes }: Crew): number[] {
  return classes.map(({ units }) => units.length);
}

function judged(
  solver: Solver,
  { isCut }: Requirements,
  crew: Crew,
  { ways }: Case,
  present: Present,
): Judged {
  let nearest: readonly Lack[] | undefined;
  let isOpen = isCut;
  for (const way of ways) {
    const found = solve(solver, crew, way, present);
    if (found.answer === 'yes' && !found.assignment.isGuess) return found;
    if (found.answer !== 'no') isOpen = true;
    else if (!nearest || found.lacks.length < nearest.length) nearest = found.lacks;
  }
  return isOpen || !nearest ? { answer: 'open' } : { answer: 'no', lacks: nearest };
}

/** The least that must be assumed of a change for it to have a way; what assumes more can take the same way. */
function casesFor({ ways }: Requirements, crew: Crew): Case[] {
  const open = ways.filter((way) => isFor(way, crew));
  const byFacts = new Map<string, { keys: Set<string>; facts: readonly Literal[]; ways: Way[] }>();
  for (const way of open) {
    const facts = [...way.values()].flatMap((each) => (each.kind === 'fact' ? [each.literal] : NO_LITERALS));
    const keys = new Set(facts.map(signed));
    const text = [...keys].sort().join('\n');
    const known = byFacts.get(text);
    if (known) known.ways.push(way);
    else byFacts.set(text, { keys, facts, ways: [way] });
  }
  const all = [...byFacts.values()];
  return all.filter(
    (one) =>
      !all.some(
        (other) => other.keys.size < one.keys.size && [...other.keys].every((key) => one.keys.has(key)),
      ),
  );
}

/** Every role that a rule, a need or a weight looks at. */
function rolesIn(definition: Definition): Set<string> {
  const rules = [...leavingByPath(definition).values()].flat().flatMap(({ roles }) => roles);
  const { escalations } = rulesOf(definition);
  const ballots = Object.values(definition.ballots ?? {}).flatMap(({ needs, weights = {} }) => [
    ...Object.keys(weights),
    ...needs.flatMap((need) =>
      'of' in need && need.of !== undefined && need.of !== 'owners' ? need.of : [],
    ),
  ]);
  const read = reads(definition, 'sender.roles');
  return new Set([
    ...rules,
    ...[...escalations.values()].flat(),
    ...ballots,
    ...(read ? definition.roles : []),
  ]);
}

/** Whether a condition reads one of these. */
function reads(definition: Definition, ...paths: readonly string[]): boolean {
  return conditionsOf(definition).some(({ text }) =>
    readsOf(treeOf(text)).some((path) => paths.includes(path)),
  );
}

function sizes(people: readonly Person[], definition: Definition): Record<string, number> {
  const members = unitsOf(people, definition).flatMap((unit) => unit.members);
  const count = (role: string) => members.filter(({ roles }) => roles.has(role)).length;
  const shares = Object.values(definition.ballots ?? {}).flatMap(({ needs }) =>
    needs.flatMap((need) => (need.kind === 'share' ? [need.of] : [])),
  );
  return Object.fromEntries(shares.map((role) => [role, count(role)]));
}
