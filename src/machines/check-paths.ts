/** Where the parts of a definition stand in the source, and whether a path names a state or region. */
import type { Definition, State, Transition } from './definition.ts';
import type { SourcePath } from './findings.ts';
import type { Scope } from './paths.ts';

/** Path of a scope in the source: the definition itself, or one region. */
export function scopePath(scope: Scope): SourcePath {
  const [state, region] = scope.prefix.split('.');
  return state && region ? ['states', state, 'regions', region] : [];
}

/** Path of a transition in the source: its key, and which of the transitions written under that key. */
export function transitionPath(scope: Scope, transition: Transition): SourcePath {
  const { from, to } = transition;
  const siblings = scope.transitions.filter((each) => each.from === from && each.to === to);
  return [...scopePath(scope), 'transitions', `${from} -> ${to}`, siblings.indexOf(transition)];
}

/** The value under an own key; names of the author's are never looked up in prototypes. */
export function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record && Object.hasOwn(record, key) ? record[key] : undefined;
}

/** What a path such as `Review.code.pending` leads to, or undefined where it leads nowhere. */
export function placeAt(
  definition: Definition,
  path: string,
): { readonly kind: 'state'; readonly state: State } | { readonly kind: 'region' } | undefined {
  const [top = '', regionName, inner] = path.split('.');
  const state = own(definition.states, top);
  if (!state || regionName === undefined) return state && { kind: 'state', state };
  const region = own(state.regions, regionName);
  if (!region || inner === undefined) return region && { kind: 'region' };
  const found = own(region.states, inner);
  return found && { kind: 'state', state: found };
}
