/** Soundness read off the graph of a net, without the check: nothing but what the words mean. */
import type { Definition } from '../../../src/machines/definition.ts';
import { scopesOf } from '../../../src/machines/paths.ts';
import type { NetGraph } from './faithful-net.ts';

/** From everywhere an outcome can be reached, every state is, every transition is taken, and no step is without end. */
export function isSound(definition: Definition, { configurations, edges, taken, passed }: NetGraph): boolean {
  const before = new Map<string, string[]>();
  for (const edge of edges) {
    const [, from = '', event, to = ''] = /^(.*) --(.*)--> (.*)$/.exec(edge) ?? [];
    if (to === 'for ever') return false;
    // That all is given up is no way out of anything.
    if (event !== 'change.supersede') before.set(to, [...(before.get(to) ?? []), from]);
  }
  const isFinal = (configuration: string) =>
    definition.states[configuration.split(' ')[0] ?? '']?.final !== undefined;
  const ending = new Set([...configurations].filter(isFinal));
  for (const each of ending) for (const from of before.get(each) ?? []) ending.add(from);
  const scopes = scopesOf(definition);
  const names = scopes.flatMap(({ prefix, states }) => Object.keys(states).map((name) => prefix + name));
  return (
    configurations.size > 0 &&
    ending.size === configurations.size &&
    scopes.every(({ transitions }) => transitions.every((each) => taken.has(each))) &&
    names.every((path) => passed.has(path))
  );
}
