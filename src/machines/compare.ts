/**
 * What is different between two versions of a definition, as people read it: one sentence for everything that was added,
 * removed or changed, with the parts as data. That a state was renamed is only ever suggested: a name is all it has.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Definition, State, Transition } from './definition.ts';
import { formatDuration } from './duration.ts';
import { scopesOf } from './paths.ts';
import { renamedStates, type SuggestedRename } from './renames.ts';

export const DIFFERENCE_SUBJECTS = [
  'workflow',
  'role',
  'trigger',
  'attribute',
  'state',
  'region',
  'timer',
  'transition',
  'ballot',
  'condition',
] as const;
export type DifferenceSubject = (typeof DIFFERENCE_SUBJECTS)[number];

export interface Difference {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly what: DifferenceSubject;
  /** Path or name: `Review.code.pending`, `Review -> Approved (approve)`, `lgtm`. */
  readonly name: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly sentence: string;
}

export interface Comparison {
  readonly differences: readonly Difference[];
  readonly renames: readonly SuggestedRename[];
}

/** Differences in the order of what they are about, then of the author. */
export function compare(before: Definition, after: Definition): Comparison {
  const [old, fresh] = [partsOf(before), partsOf(after)];
  const differences = DIFFERENCE_SUBJECTS.flatMap((what) => differencesOf(what, old[what], fresh[what]));
  return { differences, renames: renamedStates(before, after) };
}

type Parts = Readonly<Record<DifferenceSubject, ReadonlyMap<string, unknown>>>;

function partsOf(definition: Definition): Parts {
  const { name, title, initial, revisions, suspension, supersede } = definition;
  const scopes = scopesOf(definition);
  const states = scopes.flatMap(({ prefix, states }) =>
    Object.entries(states).map(([name, state]) => [prefix + name, state] as const),
  );
  const transitions = scopes.flatMap(({ prefix, transitions }) => named(prefix, transitions));
  const { ballots = {}, attributes = {}, includes = {}, roles, triggers } = definition;
  const regions = states.flatMap(([path, { regions = {} }]) =>
    Object.entries(regions).map(
      ([region, { initial, title }]) => [`${path}.${region}`, { initial, title }] as const,
    ),
  );
  const timers = states.flatMap(([path, { timers = {} }]) =>
    Object.entries(timers).map(([timer, what]) => [`${path}:${timer}`, what] as const),
  );
  return {
    workflow: new Map([[name, { title, initial, revisions, suspension, supersede }]]),
    role: new Map(roles.map((role) => [role, { includes: includes[role] }])),
    trigger: new Map(triggers.map((trigger) => [trigger, {}])),
    attribute: new Map(Object.entries(attributes)),
    state: new Map(states.map(([path, state]) => [path, factsOf(state)])),
    region: new Map(regions),
    timer: new Map(timers),
    transition: new Map(
      transitions.map(([label, each]) => [label, without(each, 'from', 'to', ...CONDITIONS)]),
    ),
    ballot: new Map(Object.entries(ballots).map(([name, ballot]) => [name, without(ballot, ...CONDITIONS)])),
    condition: new Map([...transitions, ...Object.entries(ballots)].flatMap(conditionsIn)),
  };
}

function factsOf({ title, final, reopen }: State) {
  return { title, final, reopen };
}

/** Transitions by what people call them; a second one of the same name is told apart by its number. */
function named(prefix: string, transitions: readonly Transition[]): (readonly [string, Transition])[] {
  const seen = new Map<string, number>();
  return transitions.map((each) => {
    const base = `${prefix}${each.from} -> ${each.to} (${each.on === 'trigger' ? each.trigger : each.on})`;
    const count = (seen.get(base) ?? 0) + 1;
    seen.set(base, count);
    return [count === 1 ? base : `${base} #${count}`, each] as const;
  });
}

const CONDITIONS = ['if', 'when', 'override'] as const;

function conditionsIn([name, owner]: readonly [string, object]): (readonly [string, string])[] {
  return CONDITIONS.flatMap((field) => {
    const text = (owner as Readonly<Record<string, unknown>>)[field];
    return typeof text === 'string' ? [[`${name}: ${field}`, text] as const] : [];
  });
}

function without(given: object, ...fields: readonly string[]): object {
  return Object.fromEntries(Object.entries(given).filter(([field]) => !fields.includes(field)));
}

function differencesOf(
  what: DifferenceSubject,
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
): Difference[] {
  const found: Difference[] = [];
  for (const [name, was] of before) {
    const is = after.get(name);
    if (!after.has(name))
      found.push({
        ...{ kind: 'removed', what, name, before: was, after: null },
        sentence: `The ${what} "${name}" was removed.`,
      });
    else if (!isDeepStrictEqual(was, is))
      found.push({
        ...{ kind: 'changed', what, name, before: was, after: is },
        sentence: changeText(what, name, was, is),
      });
  }
  for (const [name, is] of after)
    if (!before.has(name))
      found.push({
        ...{ kind: 'added', what, name, before: null, after: is },
        sentence: `The ${what} "${name}" was added${additionText(is)}.`,
      });
  return found;
}

/** How the fields of a definition are called in a sentence. */
const WORDS: Readonly<Record<string, string>> = {
  afterMs: 'time',
  by: 'kinds of principal that may',
  exclude: 'exclusions',
  roles: 'roles that may',
  in: 'places',
  final: 'outcome',
  initial: 'start',
  oneOf: 'values',
  includes: 'included roles',
};

function changeText(what: DifferenceSubject, name: string, was: unknown, is: unknown): string {
  if (typeof was === 'string' || typeof is === 'string')
    return `The ${what} "${name}" was ${valueText('', was)}, and is ${valueText('', is)}.`;
  const [before, after] = [was, is] as Readonly<Record<string, unknown>>[];
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const changes = fields
    .filter((field) => !isDeepStrictEqual(before?.[field], after?.[field]))
    .map(
      (field) =>
        `${WORDS[field] ?? field}: ${valueText(field, after?.[field])}, before ${valueText(field, before?.[field])}`,
    );
  return `The ${what} "${name}" was changed (${changes.join('; ')}).`;
}

function additionText(is: unknown): string {
  if (typeof is === 'string') return `: ${is}`;
  const { final, afterMs, roles } = is as Readonly<Record<string, unknown>>;
  if (final !== undefined) return `, which ends as ${final}`;
  if (typeof afterMs === 'number') return `, after ${formatDuration(afterMs)}`;
  return Array.isArray(roles) && roles.length > 0 ? `, for ${roles.join(' or ')}` : '';
}

function valueText(field: string, value: unknown): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return 'none';
  if (field === 'afterMs' && typeof value === 'number') return formatDuration(value);
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
