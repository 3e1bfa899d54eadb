/**
 * The part of a definition's net that can happen. The net spells out every answer to every question, and some never come up:
 * to other analysers they would be dead transitions, and what only they lead to would be a second source. They are left out.
 * A transition or a state of the author's that never comes about stays, as one transition that never fires: it is a defect.
 */
import { explore, LIMITS } from '../nets/explore.ts';
import { CLOSED, type DefinitionNet, type Firing, REST } from '../nets/from-definition/index.ts';
import type { Net } from '../nets/net.ts';

const BUDGET = { ...LIMITS, markings: 300_000 };

export function living(whole: DefinitionNet, plain: Net): DefinitionNet {
  const fires = firing(plain);
  const alive = whole.transitions.filter((_, index) => fires(index));
  const marked = new Set([whole.source, ...alive.flatMap(({ puts }) => puts)]);
  const taken = new Set(alive.flatMap(({ does }) => does ?? []));
  const never = new Map<unknown, string>();
  for (const { does } of whole.transitions)
    if (does && !taken.has(does)) never.set(does, `never: ${does.from} to ${does.to}`);
  for (const { name, kind } of whole.places)
    if (kind === 'state' && !marked.has(name) && !hasRegions(whole, name)) never.set(name, `never: ${name}`);
  if (!marked.has(whole.sink)) never.set(whole.sink, `never: ${CLOSED}`);
  const dead = [...never.values()].map(
    // The first is taken when a change begins, before it ever rests.
    (name, index): Firing => ({
      name: `${name}#${whole.transitions.length + index}`,
      takes: [whole.source, REST],
      puts: [whole.sink],
    }),
  );
  return {
    ...whole,
    places: whole.places.filter(({ name }) => marked.has(name) || name === REST || name === whole.sink),
    transitions: [...alive, ...dead],
  };
}

/** A state with regions is where they are; it has no token of its own. */
function hasRegions({ places }: DefinitionNet, name: string): boolean {
  return places.some((each) => each.kind === 'state' && each.name.startsWith(`${name}.`));
}

/** Which transitions can fire: those that did where all markings were seen, else all that tokens may ever get to. */
function firing(net: Net): (transition: number) => boolean {
  const { complete, fired } = explore(net, BUDGET);
  if (complete) return (transition) => fired[transition] === 1;
  const marked = new Set(net.initial.flatMap((tokens, place) => (tokens > 0 ? [place] : [])));
  const able = new Set<number>();
  for (let before = -1; before < able.size; ) {
    before = able.size;
    for (const [index, { pre, post }] of net.transitions.entries()) {
      if (able.has(index) || !pre.every(([place]) => marked.has(place))) continue;
      able.add(index);
      for (const [place] of post) marked.add(place);
    }
  }
  return (transition) => able.has(transition);
}
