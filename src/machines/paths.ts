/** Where a change is, as paths: `Review.security.pending` is state `pending` of region `security` of state `Review`. */
import type { StateValue } from 'xstate';
import type { Definition, Transition, Triggered } from './definition.ts';

/** A triggered transition in its place: `from` and `to` are full paths. A vote stays where it is and names its ballot. */
export type Leaving = Triggered & { readonly ballot?: string };

/** The innermost active states of a state value, regions in the order of the value. */
export function configuration(value: StateValue): string[] {
  if (typeof value === 'string') return [value];
  return Object.entries(value).flatMap(([key, inner]) =>
    inner === undefined ? [] : configuration(inner).map((path) => `${key}.${path}`),
  );
}

/** Active states, the innermost first, then the regions and the state around them: the order in which the machine asks. */
export function activePaths(value: StateValue): string[] {
  if (typeof value === 'string') return [value];
  const regions = Object.entries(value).flatMap(([state, inner]) =>
    typeof inner === 'object' ? Object.keys(inner).map((region) => `${state}.${region}`) : [],
  );
  return [...configuration(value), ...regions, ...Object.keys(value)];
}

/** Whether the state at this path is among the active ones. */
export function isActive(value: StateValue, path: string): boolean {
  if (typeof value === 'string') return value === path;
  const dot = path.indexOf('.');
  if (dot < 0) return Object.hasOwn(value, path);
  const inner = value[path.slice(0, dot)];
  return inner !== undefined && isActive(inner, path.slice(dot + 1));
}

/** A list of transitions and the place it stands in: `prefix` is '' or `Review.security.`. */
export interface Scope {
  readonly prefix: string;
  readonly initial: string;
  readonly states: Definition['states'];
  readonly transitions: readonly Transition[];
}

/** The definition itself, then every region of every state. */
export function scopesOf(definition: Definition): Scope[] {
  const regions = Object.entries(definition.states).flatMap(([state, { regions = {} }]) =>
    Object.entries(regions).map(([region, scope]) => ({ ...scope, prefix: `${state}.${region}.` })),
  );
  return [{ ...definition, prefix: '' }, ...regions];
}

/** Every triggered transition, vote and reopening, by the path of the state it leaves, in the author's order. */
export function leavingByPath(definition: Definition): Map<string, Leaving[]> {
  const leaving = new Map<string, Leaving[]>();
  const add = (each: Leaving) => leaving.set(each.from, [...(leaving.get(each.from) ?? []), each]);
  for (const { prefix, transitions } of scopesOf(definition))
    for (const each of transitions) {
      if (each.on !== 'trigger') continue;
      add({ ...each, from: prefix + each.from, to: prefix + each.to });
    }
  for (const [ballot, { in: paths, cast }] of Object.entries(definition.ballots ?? {}))
    for (const path of paths)
      for (const [trigger, { value: _, ...rule }] of Object.entries(cast))
        add({ on: 'trigger', from: path, to: path, trigger, ...rule, late: 'refuse', ballot });
  for (const [name, { reopen }] of Object.entries(definition.states))
    if (reopen) add({ on: 'trigger', from: name, late: 'refuse', ...reopen });
  return leaving;
}

/** The same transitions by trigger, those of inner states first. */
export function leavingByTrigger(byPath: ReadonlyMap<string, readonly Leaving[]>): Map<string, Leaving[]> {
  const all = [...byPath.values()].flat();
  const depth = ({ from }: Leaving) => from.split('.').length;
  const byTrigger = new Map<string, Leaving[]>();
  for (const each of all.toSorted((a, b) => depth(b) - depth(a)))
    byTrigger.set(each.trigger, [...(byTrigger.get(each.trigger) ?? []), each]);
  return byTrigger;
}
