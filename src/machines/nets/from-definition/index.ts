/**
 * The second compilation of a definition: to a workflow net, which can be explored, reduced and exported like any other. A
 * step of the machine is a sequence of transitions between two markings in which the change *rests*; these markings are
 * exactly the configurations of the machine, and what is between them is where XState is in a macrostep. Left out are what
 * never changes where a change is: reminders, escalations (who may act may be anybody whom they could add), and the gates of
 * dependencies, which delay a transition and never prevent it.
 */
import { modelOf } from '../../check-model-of.ts';
import type { Definition } from '../../definition.ts';
import { AWAKE, events } from './events.ts';
import { factsIn } from './facts.ts';
import { type Setting, seen, unseen } from './guards.ts';
import { entries, forgettingAll, marksOf, REST, settling } from './moves.ts';
import { type Firing, type PlaceOf, program } from './program.ts';
import { settle } from './settle.ts';

export { LOOK, UNHEARD } from './events.ts';
export { marksOf, REST } from './moves.ts';
export { TooLarge } from './program.ts';
export type { Firing, PlaceOf };

/** How the net begins and ends; the blanks keep them apart from triggers. */
export const PROPOSED = 'it is proposed';
export const CLOSED = 'it is closed';

/** A net with one source and one sink. Every place holds at most one token, whatever happens. */
export interface DefinitionNet {
  readonly name: string;
  readonly places: readonly PlaceOf[];
  readonly transitions: readonly Firing[];
  /** Marked at first, alone; proposing a change takes the token. */
  readonly source: string;
  /** Marked in the end, alone: the change has an outcome. */
  readonly sink: string;
}

/** Throws `TooLarge` where the net would be. `wrong` are condition texts with a defect; they may come out in any way. */
export function netOf(definition: Definition, wrong?: ReadonlySet<string>): DefinitionNet {
  const model = modelOf(definition, wrong);
  const setting: Setting = { net: program(), model, facts: factsIn(definition, wrong), definition };
  const { net, facts } = setting;
  net.place('i', 'source');
  net.place('o', 'sink');
  net.place(REST, 'rest');
  net.place(AWAKE, 'fact');
  for (const { name, cases } of facts.all) {
    net.place(unseen(name), 'fact');
    for (const number of cases.keys()) net.place(seen(name, number), 'fact');
  }
  const open = facts.all.map(({ name }) => unseen(name));
  const initial = model.tops.get(definition.initial);
  if (initial)
    net.line('i', settling(setting, initial), {
      event: PROPOSED,
      puts: [AWAKE, ...open, ...entries(setting, initial)],
    });
  for (const top of model.tops.values()) {
    for (const place of [top, ...top.regions.flatMap(({ places }) => [...places.values()])])
      net.place(place.path, 'state');
    settle(setting, top);
    events(setting, top);
    if (top.final !== undefined && marksOf(top).length === 0)
      net.line(REST, 'o', { event: CLOSED, takes: [AWAKE, top.path, ...open] });
  }
  forgettingAll(setting);
  const { places, firings } = net.written();
  return { name: definition.name, places, transitions: firings, source: 'i', sink: 'o' };
}
