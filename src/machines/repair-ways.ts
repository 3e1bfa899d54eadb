/**
 * Transitions that would lead out of a trap, or to what nothing reaches: under a key that is not written yet, by a trigger that
 * nothing there hears, and never to an approval by themselves. Each is one that can really be taken where it is added.
 */
import type { Definition, Outcome, State } from './definition.ts';
import type { SourcePath } from './findings.ts';
import { type Scope, scopesOf } from './paths.ts';

type States = Readonly<Record<string, State>>;

const GOOD: readonly (Outcome | undefined)[] = ['approved', 'applied'];
/** Long enough for people to do what they have to do first. */
const AT_LAST = '{ after = "30d" }';

/** A line that leads on from the state at `path`, where nothing does or where everything goes round. */
export function wayOut(definition: Definition, path: SourcePath): string {
  const scope = scopeAt(definition, path);
  const state = String(path.at(-1) ?? '');
  const to = targetsFrom(scope, state)[0];
  if (to !== undefined) return `${keyOf(state, to)} = ${wayFrom(definition, scope, state)}`;
  if (scope.prefix === '') return newEnd(scope, state, wayFrom(definition, scope, state));
  if (state !== scope.initial && isFree(scope, state, scope.initial))
    return `${keyOf(state, scope.initial)} = ${wayFrom(definition, scope, state)}`;
  return wayOut(definition, path.slice(0, 2));
}

/** A line that leads from the start to the state at `path`. */
export function wayIn(definition: Definition, path: SourcePath): string | undefined {
  const scope = scopeAt(definition, path);
  const state = String(path.at(-1) ?? '');
  if (!Object.hasOwn(scope.states, scope.initial) || state === scope.initial) return undefined;
  const way = wayFrom(definition, scope, scope.initial);
  if (isFree(scope, scope.initial, state)) return `Add ${keyOf(scope.initial, state)} = ${way}`;
  return `Let ${keyOf(scope.initial, state)} be a list that also has ${way}`;
}

/** What the regions of a state need that nothing joins: by how they can end. */
export function missingJoins(definition: Definition, state: string): string {
  const regions = Object.values(definition.states[state]?.regions ?? {});
  const endings = regions.map(({ states }) => Object.values(states).flatMap(({ final }) => final ?? []));
  if (endings.some((each) => each.length === 0)) return wayOut(definition, ['states', state]);
  const all = new Set(endings.flat());
  const good = finalIn(definition.states, true);
  const bad = finalIn(definition.states, false);
  if ([...all].every((each) => GOOD.includes(each)))
    return `${keyOf(state, good ?? bad ?? 'Done')} = { join = "all" }`;
  if (good !== undefined && bad !== undefined && [...all].every((each) => AS_ENDINGS.includes(each)))
    return `${keyOf(state, good)} = { join = "all", ending = "approved" } and ${keyOf(state, bad)} = { join = "any", ending = "rejected" }`;
  return bad === undefined
    ? newEnd({ ...definition, prefix: '' }, state, '{ join = "all" }')
    : `${keyOf(state, bad)} = { join = "all" }`;
}

const AS_ENDINGS: readonly Outcome[] = ['approved', 'rejected'];

/** A way by condition or by join that is asked last and then always holds; `way` is that. */
export function lastWay(definition: Definition, state: string, on: 'when' | 'join', way: string): string {
  const top: Scope = { ...definition, prefix: '' };
  const bad = finalsIn(top.states, false).find((to) => isFree(top, state, to));
  if (bad !== undefined) return `Add, after all others from there, ${keyOf(state, bad)} = ${way}`;
  const last = definition.transitions.findLast((each) => each.from === state && each.on === on)?.to;
  if (last === undefined || GOOD.includes(top.states[last]?.final))
    return `Add, after all others from there, ${newEnd(top, state, way)}`;
  return `Let ${keyOf(state, last)} be a list whose last way is ${way}`;
}

/** A trigger with a role, or a time where every trigger is heard there already. */
export function wayFrom(definition: Definition, scope: Scope, state: string): string {
  const heard = heardAround(definition, scope, state);
  const trigger = definition.triggers.find((each) => !heard.has(each));
  if (trigger === undefined) return AT_LAST;
  const [role] = definition.roles;
  const who = role === undefined ? '' : `, role = ${JSON.stringify(role)}`;
  return `{ trigger = ${JSON.stringify(trigger)}${who} }`;
}

export function scopeAt(definition: Definition, [head, state, regions, region]: SourcePath): Scope {
  const prefix = head === 'states' && regions === 'regions' ? `${state}.${region}.` : '';
  return scopesOf(definition).find((each) => each.prefix === prefix) ?? { ...definition, prefix: '' };
}

/** What is heard in the state, in the regions beside it or inside it, and wherever votes are cast. */
function heardAround(definition: Definition, scope: Scope, state: string): Set<string> {
  const top = scope.prefix === '' ? state : (scope.prefix.split('.')[0] ?? '');
  const around = scopesOf(definition).flatMap(({ prefix, transitions }) =>
    prefix === ''
      ? transitions.filter(({ from }) => from === top)
      : prefix.startsWith(`${top}.`)
        ? transitions
        : [],
  );
  const votes = Object.values(definition.ballots ?? {}).flatMap(({ cast }) => Object.keys(cast));
  return new Set([...around.flatMap((each) => (each.on === 'trigger' ? [each.trigger] : [])), ...votes]);
}

function targetsFrom(scope: Scope, state: string): string[] {
  return [...finalsIn(scope.states, false), ...finalsIn(scope.states, true)].filter((to) =>
    isFree(scope, state, to),
  );
}

function isFree({ transitions }: Scope, from: string, to: string): boolean {
  return !transitions.some((each) => each.from === from && each.to === to);
}

function newEnd(scope: Scope, state: string, way: string): string {
  const taken = (name: string) => Object.hasOwn(scope.states, name);
  const [name = 'Ended'] = ['Withdrawn', 'GivenUp', 'Closed'].filter((each) => !taken(each));
  return `${keyOf(state, name)} = ${way} and, in "states", ${name} = { final = "withdrawn" }`;
}

function finalIn(states: States, isGood: boolean): string | undefined {
  return finalsIn(states, isGood)[0];
}

function finalsIn(states: States, isGood: boolean): string[] {
  return Object.keys(states).filter(
    (name) => states[name]?.final !== undefined && GOOD.includes(states[name]?.final) === isGood,
  );
}

function keyOf(from: string, to: string): string {
  return JSON.stringify(`${from} -> ${to}`);
}
