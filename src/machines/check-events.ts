/** What can happen to a change that rests in a configuration: triggers, times that are over, new revisions. */
import { firstRule } from './check-asked.ts';
import {
  entered,
  isSameMove,
  type Move,
  marked,
  moved,
  movedOne,
  moveTo,
  Overflow,
} from './check-configuration.ts';
import { type Answers, activeSets, answersIn, answersTo } from './check-heard.ts';
import { type Knowledge, NOTHING } from './check-knowledge.ts';
import type { Candidate, Configuration, Model } from './check-model.ts';

/** Every move an event can cause here; votes and what changes nothing else cause none. */
export function happenings(model: Model, at: Configuration): Move[] {
  const { top, inner } = at;
  const moves: Move[] = [];
  const isDone = new Set<string>();
  hear(model, at, top.triggers, undefined, isDone, moves);
  for (let region = 0; region < inner.length; region += 1)
    hear(model, at, inner[region]?.triggers ?? NONE, region, isDone, moves);
  if (top.shared.size > 0)
    for (const { votes } of top.regions) hear(model, at, votes, undefined, isDone, moves);
  times(model, at, moves);
  if (top.revised || inner.some(({ revised }) => revised)) moves.push(...revised(model, at));
  return moves;
}

const NONE: ReadonlyMap<string, readonly Candidate[]> = new Map();

/** The moves of what one place hears; `region` is its number, none for the state around them. */
function hear(
  model: Model,
  at: Configuration,
  triggers: ReadonlyMap<string, readonly Candidate[]>,
  region: number | undefined,
  isDone: Set<string>,
  moves: Move[],
): void {
  if (triggers.size === 0) return;
  const answers = answersIn(model, at, triggers);
  if (answers) {
    answer(model, at, answers, region, moves);
    return;
  }
  for (const [trigger, candidates] of triggers) {
    if (!at.top.shared.has(trigger)) answer(model, at, answersTo(model, candidates, at), region, moves);
    else if (!isDone.has(trigger)) {
      isDone.add(trigger);
      moves.push(...heard(model, at, trigger));
    }
  }
}

function answer(
  model: Model,
  at: Configuration,
  { all, isManifold }: Answers,
  region: number | undefined,
  moves: Move[],
): void {
  const begin = moves.length;
  for (const { to: name, label, taken, facts, conditions } of all) {
    const to = region === undefined ? entered(model, name, facts) : movedOne(at, region, name, facts);
    const move = moveTo(to, label, taken, conditions);
    // What nobody asks for any more is forgotten: different answers may lead to the same.
    if (isManifold && moves.slice(begin).some((other) => isSameMove(other, move))) continue;
    moves.push(move);
    if (moves.length - begin > MAX_MOVES) throw new Overflow();
  }
}

/** What one sender may cause with a trigger, for every kind of sender. */
function heard(model: Model, at: Configuration, trigger: string): readonly Move[] {
  const inner = at.inner.map((place, index) => [
    ...(place.triggers.get(trigger) ?? []),
    ...(at.top.regions[index]?.votes.get(trigger) ?? []),
  ]);
  const outer = at.top.triggers.get(trigger) ?? [];
  const all = [...inner.flat(), ...outer];
  const moves = new Map<string, Move>();
  for (const permitted of activeSets(model, trigger, all)) {
    const among = (list: readonly Candidate[]) => list.filter(({ rule }) => permitted.has(rule));
    chosen(model, at, inner.map(among), among(outer), (picks, around, facts) => {
      const move = moveFor(model, at, trigger, picks, around, facts);
      if (!move) return;
      const by = [...picks, around].map((each) => (each ? all.indexOf(each) : ''));
      moves.set(`${by.join()} ${move.to.facts.key}`, move);
      if (moves.size > MAX_MOVES) throw new Overflow();
    });
  }
  return [...moves.values()];
}

const MAX_MOVES = 4096;

type Picks = readonly (Candidate | undefined)[];

/** Every region takes the first rule that it can; where none can, the state around them does. */
function chosen(
  model: Model,
  at: Configuration,
  inner: readonly (readonly Candidate[])[],
  outer: readonly Candidate[],
  follow: (picks: Picks, around: Candidate | undefined, facts: Knowledge) => void,
): void {
  const region = (index: number, facts: Knowledge, picks: Picks): void => {
    const list = inner[index];
    if (list) firstRule(model, list, facts, at, (pick, so) => region(index + 1, so, [...picks, pick]));
    else if (picks.some((each) => each)) follow(picks, undefined, facts);
    else firstRule(model, outer, facts, at, (pick, so) => pick && follow(picks, pick, so));
  };
  region(0, NOTHING, []);
}

/** None where votes are all that changes: what follows from them follows from anything that may be said. */
function moveFor(
  model: Model,
  at: Configuration,
  trigger: string,
  picks: Picks,
  around: Candidate | undefined,
  facts: Knowledge,
): Move | undefined {
  const by = around ? [around] : picks.flatMap((each) => each ?? []);
  if (by.every(({ to }) => to === undefined)) return undefined;
  const so = by.reduce((before, { rule }) => model.knowing.after(before, rule), facts);
  const to = around
    ? entered(model, around.to ?? '', so)
    : moved(
        at,
        picks.map((each) => each?.to),
        so,
      );
  return moveTo(
    to,
    [trigger],
    by.flatMap(({ transition }) => transition ?? []),
  );
}

/** A time that is over counts once: where its condition does not hold then, the change stays until the state is left. */
function times(model: Model, at: Configuration, moves: Move[]): void {
  for (let index = 0; index <= at.inner.length; index += 1) {
    const place = index === 0 ? at.top : at.inner[index - 1];
    if (!place || (place.clocks.length === 0 && place.timed.length === 0)) continue;
    for (const { mark, label } of place.clocks)
      if (!at.marks.includes(mark)) moves.push(moveTo(marked(at, mark), [label], []));
    for (const { transition, mark, label } of place.timed) {
      if (at.marks.includes(mark)) continue;
      const taking = (facts: Knowledge) => {
        const so = model.knowing.after(facts, transition);
        const { to: name } = transition;
        const to = index === 0 ? entered(model, name, so) : movedOne(at, index - 1, name, so);
        moves.push(moveTo(to, [label], [transition]));
      };
      const text = transition.if;
      if (text === undefined) taking(NOTHING);
      else
        model.knowing.ask(text, NOTHING, at, taking, (so) =>
          moves.push(moveTo(marked(at, mark, so), [`${label} without ${text}`], [])),
        );
    }
  }
}

/** A new revision moves every region that says so; only where none does, the state around them. */
function revised(model: Model, at: Configuration): Move[] {
  const inner = at.inner.map((place) => place.revised);
  const taken = inner.flatMap((each) => each ?? []);
  const label = ['change.revise'];
  if (taken.length > 0) {
    const facts = taken.reduce(model.knowing.after, NOTHING);
    const to = inner.map((each) => each?.to);
    return [moveTo(moved(at, to, facts), label, taken)];
  }
  const { revised: outer } = at.top;
  if (!outer) return [];
  return [moveTo(entered(model, outer.to, model.knowing.after(NOTHING, outer)), label, [outer])];
}
