/** Where a change is, as paths: `Review.security.pending` is state `pending` of region `security` of state `Review`. */
import type { StateValue } from 'xstate';
import type { Definition, Transition, Triggered } from './definition.ts';

/** A triggered transition in its place: `from` and `to` are full paths. */
export type Leaving = Triggered;

/** The innermost active states of a state value, regions in the order of the value. */
export function configuration(value: StateValue): string[] {
  if (typeof value === 'string') return [value];
  return Object.entries(value).flatMap(([key, inner]) =>
    inner === undefined ? [] : configuration(inner).map((path) => `${key}.${path}`),
  );
}

/** Active states, the innermost first and then the state around them: the order in which the machine asks them. */
export function activePaths(value: StateValue): string[] {
  if (typeof value === 'string') return [value];
  return [...configuration(value), ...Object.keys(value)];
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

/** Every triggered transition, by the path of the state it leaves, in the author's order. */
export function leavingByPath(definition: Definition): Map<string, Leaving[]> {
  const leaving = new Map<string, Leaving[]>();
  for (const { prefix, transitions } of scopesOf(definition))
    for (const each of transitions) {
      if (each.on !== 'trigger') continue;
      const placed = { ...each, from: prefix + each.from, to: prefix + each.to };
      leaving.set(placed.from, [...(leaving.get(placed.from) ?? []), placed]);
    }
  return leaving;
}

/** The same transitions by trigger, those of inner states first. */
export function leavingByTrigger(byPath: ReadonlyMap<string, readonly Leaving[]>): Map<string, Leaving[]> {
  const all = [...byPath.values()].flat();
  const inner = all.filter(({ from }) => from.includes('.'));
  const outer = all.filter(({ from }) => !from.includes('.'));
  const byTrigger = new Map<string, Leaving[]>();
  for (const each of [...inner, ...outer])
    byTrigger.set(each.trigger, [...(byTrigger.get(each.trigger) ?? []), each]);
  return byTrigger;
}
