/**
 * A plan that brings running changes from one version of a definition to another: where each configuration lands. Places
 * of the same path are the same unless the plan says otherwise; regions that are new begin at their start.
 */
import type { StateValue } from 'xstate';
import type { Definition, State } from './definition.ts';
import { scopesOf } from './paths.ts';
import { timersOf } from './timers.ts';

export interface MigrationPlan {
  /** Paths of the old version to paths of the new one, where they differ: states, regions, states of regions. */
  readonly states: Readonly<Record<string, string>>;
  /** Ballots whose votes are dropped, or kept; kept where nothing is said and the new version has a ballot of that name. */
  readonly votes: Readonly<Record<string, 'keep' | 'drop'>>;
  /** By timer of the new version: one that is running goes on, or begins anew; it goes on where nothing is said. */
  readonly timers: Readonly<Record<string, 'keep' | 'reset'>>;
}

export const EMPTY_PLAN: MigrationPlan = { states: {}, votes: {}, timers: {} };

export const MIGRATION_CODES = [
  'UNKNOWN_PLACE',
  'UNKNOWN_BALLOT',
  'UNKNOWN_TIMER',
  'OTHER_WORKFLOW',
  'STATE_GONE',
  'LANDS_ELSEWHERE',
  'LANDS_FINAL',
  'REGIONS_MEET',
  'REGION_LEFT',
  'NO_RESUMING',
  'TRAP',
  'UNDECIDED',
] as const;

/** Why a plan may not be carried out, or, as a warning, what should be known before. */
export interface MigrationProblem {
  readonly code: (typeof MIGRATION_CODES)[number];
  readonly severity: 'error' | 'warning';
  /** What is wrong with which place, and what to say instead. */
  readonly message: string;
}

export type Landed =
  | {
      readonly value: StateValue;
      /** Active paths of the old version, and which of the new one they have become. */
      readonly paths: ReadonlyMap<string, string>;
      /** Regions that the new version has no place for. */
      readonly left: readonly string[];
    }
  | { readonly problem: MigrationProblem };

/** Where a change that is here lands. */
export function landing(value: StateValue, to: Definition, plan: MigrationPlan): Landed {
  const { top, inner } = partsOf(value);
  const said = own(plan.states, top);
  const [name = '', ...rest] = (said ?? top).split('.');
  const state = own(to.states, name);
  if (!state) return { problem: gone(top, said ?? top) };
  if (state.final) return { problem: lands('LANDS_FINAL', top, `"${name}", which is final`) };
  const paths = new Map([[top, name]]);
  const placed = new Map<string, string>();
  const left: string[] = [];
  if (rest.length > 0) {
    const [region = '', at = ''] = rest;
    if (!own(own(state.regions ?? {}, region)?.states ?? {}, at)) return { problem: gone(top, said ?? '') };
    placed.set(region, at);
  }
  for (const [region, at] of inner) {
    const path = `${top}.${region}`;
    const target = targetOf(path, at, name, state, plan);
    if (target === undefined) {
      left.push(path);
      continue;
    }
    const [first = '', second = '', third = ''] = target.split('.');
    if (first !== name) return { problem: lands('LANDS_ELSEWHERE', `${path}.${at}`, `"${target}"`) };
    if (!own(own(state.regions ?? {}, second)?.states ?? {}, third))
      return { problem: gone(`${path}.${at}`, target) };
    if (placed.has(second)) return { problem: meet(path, `${name}.${second}`) };
    placed.set(second, third);
    paths.set(path, `${name}.${second}`).set(`${path}.${at}`, target);
  }
  return { value: stateValue(name, state, placed), paths, left };
}

/** Where a state of a region goes; undefined where nothing is said and there is no such region. */
function targetOf(
  path: string,
  at: string,
  top: string,
  { regions = {} }: State,
  plan: MigrationPlan,
): string | undefined {
  const said = own(plan.states, `${path}.${at}`);
  if (said !== undefined) return said;
  const region = own(plan.states, path);
  if (region !== undefined) return `${region}.${at}`;
  const name = path.slice(path.indexOf('.') + 1);
  return Object.hasOwn(regions, name) ? `${top}.${name}.${at}` : undefined;
}

function stateValue(name: string, { regions }: State, placed: ReadonlyMap<string, string>): StateValue {
  if (!regions) return name;
  const inner = Object.entries(regions).map(([region, { initial }]) => [
    region,
    placed.get(region) ?? initial,
  ]);
  return { [name]: Object.fromEntries(inner) };
}

/** A state value of ours: a state, or one with a state for each of its regions. */
export function partsOf(value: StateValue): { top: string; inner: readonly (readonly [string, string])[] } {
  if (typeof value === 'string') return { top: value, inner: [] };
  const [[top = '', regions] = []] = Object.entries(value);
  return {
    top,
    inner:
      typeof regions === 'object'
        ? Object.entries(regions).map(([region, at]) => [region, String(at)] as const)
        : [],
  };
}

/** What a plan names that is not there, and what the two versions as a whole do not allow. */
export function planProblems(from: Definition, to: Definition, plan: MigrationPlan): MigrationProblem[] {
  const [old, fresh] = [pathsOf(from), pathsOf(to)];
  const timers = new Set(timersOf(to).map(({ name }) => name));
  const problems: MigrationProblem[] = [];
  const error = (code: MigrationProblem['code'], message: string) =>
    problems.push({ code, severity: 'error', message });
  if (from.name !== to.name) error('OTHER_WORKFLOW', `"${to.name}" is another workflow than "${from.name}".`);
  for (const [path, target] of Object.entries(plan.states)) {
    if (!old.has(path))
      error('UNKNOWN_PLACE', `The plan says where "${path}" goes, which the old version does not have.`);
    if (!fresh.has(target))
      error(
        'UNKNOWN_PLACE',
        `The plan lets "${path}" become "${target}", which the new version does not have.`,
      );
  }
  for (const ballot of Object.keys(plan.votes))
    if (!own(from.ballots ?? {}, ballot))
      error('UNKNOWN_BALLOT', `The plan names the ballot "${ballot}", which the old version does not have.`);
  for (const timer of Object.keys(plan.timers))
    if (!timers.has(timer))
      error('UNKNOWN_TIMER', `The plan names the timer "${timer}", which the new version does not have.`);
  if (from.suspension && !to.suspension) {
    const message = 'The new version has no suspension: changes that are suspended stay where they are.';
    problems.push({ code: 'NO_RESUMING', severity: 'warning', message });
  }
  return problems;
}

/** Paths of all states, regions, and states of regions. */
export function pathsOf(definition: Definition): Set<string> {
  return new Set(
    scopesOf(definition).flatMap(({ prefix, states }) => [
      ...(prefix === '' ? [] : [prefix.slice(0, -1)]),
      ...Object.keys(states).map((name) => prefix + name),
    ]),
  );
}

/** In people's words: `Review (code: pending, docs: done)`. */
export function placeText(value: StateValue): string {
  const { top, inner } = partsOf(value);
  return inner.length === 0 ? top : `${top} (${inner.map(([region, at]) => `${region}: ${at}`).join(', ')})`;
}

function gone(path: string, wanted: string): MigrationProblem {
  const message = `The new version has no "${wanted}" for what is in "${path}"; say where that goes, as "${path}=…".`;
  return { code: 'STATE_GONE', severity: 'error', message };
}

function lands(code: 'LANDS_FINAL' | 'LANDS_ELSEWHERE', path: string, where: string): MigrationProblem {
  const why =
    code === 'LANDS_FINAL'
      ? 'a migration decides nothing; choose a state in which people still decide'
      : 'its state goes somewhere else; let both go to the same state';
  return { code, severity: 'error', message: `"${path}" would become ${where}: ${why}.` };
}

function meet(path: string, region: string): MigrationProblem {
  const message = `"${path}" and another region would both become "${region}"; let one of them go elsewhere.`;
  return { code: 'REGIONS_MEET', severity: 'error', message };
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** One text for one configuration, in whichever order its regions were stored. */
export function placeKey(value: StateValue): string {
  const { top, inner } = partsOf(value);
  return JSON.stringify([top, ...inner.map(([region, at]) => `${region}.${at}`).sort()]);
}
