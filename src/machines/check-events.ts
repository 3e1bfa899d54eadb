/** What can happen to a change that rests in a configuration: triggers, times that are over, new revisions. */
import type { Known } from './check-chance.ts';
import {
  type Configuration,
  entered,
  knownIn,
  type Move,
  marked,
  moved,
  Overflow,
} from './check-configuration.ts';
import type { Candidate, Model } from './check-model.ts';
import type { Transition } from './definition.ts';
import type { Leaving } from './paths.ts';

/** Every move an event can cause here; votes and what changes nothing else cause none. */
export function happenings(model: Model, at: Configuration): Move[] {
  const known = knownIn(at);
  const triggers = new Set([at.top, ...at.inner].flatMap((place) => [...place.triggers.keys()]));
  for (const { votes } of at.top.regions) for (const trigger of votes.keys()) triggers.add(trigger);
  return [
    ...[...triggers].flatMap((trigger) => heard(model, at, trigger, known)),
    ...times(model, at, known),
    ...revised(model, at),
  ];
}

/** What one sender may cause with a trigger, for every kind of sender. */
function heard(model: Model, at: Configuration, trigger: string, known: Known): Move[] {
  const inner = at.inner.map((place, index) => [
    ...(place.triggers.get(trigger) ?? []),
    ...(at.top.regions[index]?.votes.get(trigger) ?? []),
  ]);
  const outer = at.top.triggers.get(trigger) ?? [];
  const all = [...inner.flat(), ...outer];
  const [only] = all;
  // A rule that stands alone and asks for no condition needs no comparison: somebody satisfies it.
  if (only && all.length === 1 && only.rule.if === undefined) {
    const picks = inner.map(([each]) => each);
    return only.to === undefined
      ? []
      : [moveFor(model, at, trigger, picks, outer.length > 0 ? [only] : picks)];
  }
  const moves = new Map<string, Move>();
  for (const permitted of activeSets(model, trigger, all))
    for (const open of openings(
      model,
      all.filter(({ rule }) => permitted.has(rule)),
      known,
    )) {
      const first = (list: readonly Candidate[]) => list.find(({ rule }) => open.has(rule));
      const picks = inner.map(first);
      const chosen = picks.some((each) => each) ? picks : [first(outer)];
      const move = chosen.some((each) => each?.to !== undefined)
        ? moveFor(model, at, trigger, picks, chosen)
        : undefined;
      if (move) moves.set(chosen.map((each) => all.indexOf(each as Candidate)).join(), move);
    }
  return [...moves.values()];
}

function moveFor(
  model: Model,
  at: Configuration,
  trigger: string,
  picks: readonly (Candidate | undefined)[],
  chosen: readonly (Candidate | undefined)[],
): Move {
  const taken = chosen.flatMap((each): Transition[] => (each?.transition ? [each.transition] : []));
  const to =
    chosen === picks
      ? moved(
          at,
          picks.map((each) => each?.to),
        )
      : entered(model, chosen[0]?.to ?? '');
  return { to, label: [trigger], taken };
}

/** Which of the rules that stand here one sender may satisfy together. */
function activeSets(model: Model, trigger: string, all: readonly Candidate[]): ReadonlySet<Leaving>[] {
  if (all.length === 1) return all.map(({ rule }) => new Set([rule]));
  const sets = model.permitted(trigger);
  if (!sets) throw new Overflow();
  const found = new Map<string, ReadonlySet<Leaving>>();
  for (const set of sets) {
    const here = all.flatMap(({ rule }, index) => (set.has(rule) ? [index] : []));
    found.set(here.join(), set);
  }
  return [...found.values()];
}

const MAX_OPEN = 8;

/** The rules whose conditions hold, for every way in which those that may be either can come out. */
function openings(model: Model, permitted: readonly Candidate[], known: Known): Set<Leaving>[] {
  const chances = permitted.map(({ rule }) => ({
    rule,
    chance: rule.if === undefined ? true : model.judge(rule.if, known),
  }));
  const texts = [
    ...new Set(chances.flatMap(({ rule, chance }) => (chance === undefined ? [rule.if ?? ''] : []))),
  ];
  if (texts.length > MAX_OPEN) throw new Overflow();
  const outcomes = texts.length > 1 ? model.together(texts, known) : undefined;
  if (outcomes)
    return outcomes.map(
      (holds) =>
        new Set(
          chances.flatMap(({ rule, chance }) =>
            (chance ?? holds[texts.indexOf(rule.if ?? '')]) ? [rule] : [],
          ),
        ),
    );
  return Array.from(
    { length: 2 ** texts.length },
    (_, mask) =>
      new Set(
        chances.flatMap(({ rule, chance }) =>
          (chance ?? (mask & (1 << texts.indexOf(rule.if ?? ''))) !== 0) ? [rule] : [],
        ),
      ),
  );
}

/** A time that is over counts once: where its condition does not hold then, the change stays until the state is left. */
function times(model: Model, at: Configuration, known: Known): Move[] {
  const moves: Move[] = [];
  const isOver = new Set(at.marks);
  for (const [index, place] of [at.top, ...at.inner].entries()) {
    for (const { mark, label } of place.clocks)
      if (!isOver.has(mark)) moves.push({ to: marked(at, mark), label: [label], taken: [] });
    for (const { transition, mark, label } of place.timed) {
      if (isOver.has(mark)) continue;
      const chance = transition.if === undefined ? true : model.judge(transition.if, known);
      const to = () =>
        index === 0
          ? entered(model, transition.to)
          : moved(
              at,
              at.inner.map((each) => (each === place ? transition.to : undefined)),
            );
      if (chance !== false) moves.push({ to: to(), label: [label], taken: [transition] });
      if (chance !== true)
        moves.push({
          to: marked(at, mark),
          label: [`${label} without ${transition.if ?? ''}`],
          taken: [],
        });
    }
  }
  return moves;
}

/** A new revision moves every region that says so; only where none does, the state around them. */
function revised(model: Model, at: Configuration): Move[] {
  const inner = at.inner.map((place) => place.revised);
  const taken = inner.flatMap((each) => each ?? []);
  const label = ['change.revise'];
  if (taken.length > 0)
    return [
      {
        to: moved(
          at,
          inner.map((each) => each?.to),
        ),
        label,
        taken,
      },
    ];
  const { revised: outer } = at.top;
  return outer ? [{ to: entered(model, outer.to), label, taken: [outer] }] : [];
}
