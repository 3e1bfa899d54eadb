/**
 * Where a change is, as far as it can go on from there. Regions that are done wait for the others and are left out. A state
 * with regions is itself a place: it may be left as a whole.
 */
import type { StateValue } from 'xstate';
import { configuration } from '../../machines/compile.ts';
import type { Definition } from '../../machines/definition.ts';
import type { Json } from '../../persistence/records.ts';

export interface Place {
  /** The state outside of all regions. */
  readonly top: string;
  /** Paths of the innermost states that can still be left. */
  readonly leaves: readonly string[];
  /** All innermost states: what makes two configurations the same. */
  readonly key: string;
}

export function placeOf(definition: Definition, state: Json): Place {
  const paths = configuration(state as StateValue);
  const [top = ''] = (paths[0] ?? '').split('.');
  return { top, leaves: paths.filter((path) => !isFinal(definition, path)), key: paths.join(' ') };
}

function isFinal({ states }: Definition, path: string): boolean {
  const [top = '', region = '', inner = ''] = path.split('.');
  const state = region === '' ? states[top] : states[top]?.regions?.[region]?.states[inner];
  return state?.final !== undefined;
}
