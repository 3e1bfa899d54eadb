/** Entering and leaving: which tokens come and go, with the times that run there; a state is left region by region. */
import { goneWith, touched, type Votes } from '../../check-knowledge.ts';
import type { Place, RegionModel, TopPlace } from '../../check-model.ts';
import type { Transition } from '../../definition.ts';
import { over, running, type Setting, seen, unseen } from './guards.ts';

/** The phase in which nothing is going on, and the one before it, in which facts are forgotten. */
export const REST = 'rest';

/** What a state holds while it is active. */
function entering({ net }: Setting, place: Place): string[] {
  return [
    net.place(place.path, 'state'),
    ...marksOf(place).map((mark) => {
      net.place(over(mark), 'over');
      return net.place(running(mark), 'fact');
    }),
  ];
}

/** Everything it may hold when it is left: each time runs or is over. */
function leavings(place: Place): string[][] {
  return marksOf(place).reduce<string[][]>(
    (all, mark) =>
      all.flatMap((each) => [
        [...each, running(mark)],
        [...each, over(mark)],
      ]),
    [[place.path]],
  );
}

/** Times that the net remembers: those a condition asks for, and those that may come to nothing. */
export function marksOf({ clocks, timed }: Place): string[] {
  return [
    ...clocks.map(({ mark }) => mark),
    ...timed.flatMap(({ mark, transition }) => (transition.if === undefined ? [] : [mark])),
  ];
}

/** From `at` to `to`: one region moves. */
export function moving(
  setting: Setting,
  region: RegionModel,
  from: Place,
  target: string,
  at: string,
  to: string,
  line: {
    readonly does?: Transition | undefined;
    readonly takes?: readonly string[];
    readonly event?: string;
  },
): void {
  const next = region.places.get(target);
  if (!next) return;
  for (const left of leavings(from))
    setting.net.line(at, to, {
      ...line,
      takes: [...(line.takes ?? []), ...left],
      puts: entering(setting, next),
    });
}

/** From `at`: the state `top` is left for `target`, with all that is in it; then whatever goes by itself goes on. */
export function leaving(
  setting: Setting,
  top: TopPlace,
  target: string,
  at: string,
  line: { readonly does?: Transition | undefined; readonly event?: string } = {},
): void {
  const { net, model } = setting;
  const next = model.tops.get(target);
  if (!next) return;
  const marker = net.place(`${top.path} to ${target}`, 'phase');
  net.line(at, drain(top, 0), { ...line, puts: [marker] });
  if (net.first(drain(top, 0)))
    for (const [index, { places }] of top.regions.entries())
      for (const place of places.values())
        for (const takes of leavings(place)) net.line(drain(top, index), drain(top, index + 1), { takes });
  if (net.first(marker))
    for (const left of leavings(top))
      net.line(drain(top, top.regions.length), settling(setting, next), {
        takes: [marker, ...left],
        puts: entries(setting, next),
      });
}

function drain(top: TopPlace, index: number): string {
  return `leaving ${top.path} ${index}`;
}

/** All that is active when a state has been entered. */
export function entries(setting: Setting, top: TopPlace): string[] {
  const initials = top.regions.flatMap(({ initial, places }) => places.get(initial) ?? []);
  return [top, ...initials].flatMap((place) => entering(setting, place));
}

/** The phase in which it is seen what goes by itself in `top`. */
export function settling({ net, facts }: Setting, top: TopPlace): string {
  const goes = top.leaving.length > 0 || hasInner(top);
  if (goes) return net.place(`settling ${top.path}`, 'phase');
  return facts.all.length > 0 ? net.place(forgetting(0), 'phase') : net.place(REST, 'rest');
}

/** Whether something in its regions goes by itself. */
export function hasInner(top: TopPlace): boolean {
  return top.regions.some(goesInside);
}

export function goesInside({ places }: RegionModel): boolean {
  return [...places.values()].some(({ whens }) => whens.length > 0);
}

export function forgetting(index: number): string {
  return `forgetting ${index}`;
}

/** Before a change rests, all facts become open again. */
export function forgettingAll({ net, facts }: Setting): void {
  for (const [index, { name, cases }] of facts.all.entries()) {
    const to = index === facts.all.length - 1 ? REST : forgetting(index + 1);
    net.line(forgetting(index), to, { reads: [unseen(name)] });
    for (const number of cases.keys())
      net.line(forgetting(index), to, { takes: [seen(name, number)], puts: [unseen(name)] });
  }
}

/**
 * From `at` to the phase that is returned: what is asked of these ballots may come out anew. Where their votes are gone, what
 * can only be one way then is that way.
 */
export function anew(setting: Setting, votes: Votes, at: string): string {
  const { net, facts, definition } = setting;
  const gone = goneWith(definition, votes);
  let here = at;
  for (const fact of facts.all) {
    const { name, cases, emptied } = fact;
    const touch = touched(fact, votes, gone);
    if (!touch) continue;
    const next = net.fresh();
    const after = touch === 'emptied' && emptied !== undefined ? seen(name, emptied) : unseen(name);
    if (after === unseen(name)) net.line(here, next, { reads: [after] });
    else net.line(here, next, { takes: [unseen(name)], puts: [after] });
    for (const number of cases.keys()) {
      const before = seen(name, number);
      net.line(here, next, before === after ? { reads: [after] } : { takes: [before], puts: [after] });
    }
    here = next;
  }
  return here;
}
