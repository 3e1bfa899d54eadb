/** The workflow net of a definition as PNML: what is analysed, for other analysers. A net that was read comes out as it was. */
import type { Definition } from '../definition.ts';
import { type DefinitionNet, netOf } from '../nets/from-definition/index.ts';
import type { Arc, Net } from '../nets/net.ts';
import { writePnml as writeNet } from '../nets/pnml.ts';
import { living } from './living.ts';

export function writePnml(definition: Definition): string {
  const whole = netOf(definition);
  return writeNet(plain(living(whole, plain(whole))), whole.name);
}

function plain({ places, transitions, source }: DefinitionNet): Net {
  const index = new Map(places.map((place, at) => [place.name, at]));
  const arcs = (names: readonly string[]): Arc[] => names.map((each) => [index.get(each) ?? 0, 1]);
  return {
    places: places.map((place) => place.name),
    transitions: transitions.map(({ name: label, takes, puts }) => ({
      name: label,
      pre: arcs(takes),
      post: arcs(puts),
    })),
    initial: places.map((place) => (place.name === source ? 1 : 0)),
  };
}
