/** What can happen to a change that rests in a configuration: triggers, times that are over, new revisions. */
import type { Known } from './check-chance.ts';
import {
  type Configuration,
  entered,
  knownIn,
  type Move,
  marked,
  moved,
  movedOne,
  Overflow,
} from './check-configuration.ts';
import { type Knowledge, NOTHING } from './check-knowledge.ts';
import type { Candidate, Model } from './check-model.ts';
import type { Leaving } from './paths.ts';

/** Every move an event can cause here; votes and what changes nothing else cause none. */
export function happenings(model: Model, at: Configuration): Move[] {
  const known = knownIn(at);
  const moves: Move[] = [];
  for (const [trigger, all] of candidatesIn(at)) {
    const [only] = all;
    // A rule that stands alone and asks for no condition needs no comparison: somebody satisfies it.
    if (only && all.length === 1 && only.candidate.rule.if === undefined) {
      if (only.candidate.to !== undefined) moves.push(moveBy(model, at, only));
    } else moves.push(...heard(model, at, trigger, known));
  }
  moves.push(...times(model, at, known), ...revised(model, at));
  return moves;
}

/** A rule and the number of the region that hears it; none where the state around them does. */
interface Hearing {
  readonly candidate: Candidate;
  readonly region: number | undefined;
}

/** By trigger, everything that hears it here. */
function candidatesIn({ top, inner }: Configuration): Map<string, Hearing[]> {
  const found = new Map<string, Hearing[]>();
  const add = (heard: ReadonlyMap<string, readonly Candidate[]>, region: number | undefined) => {
    for (const [trigger, candidates] of heard)
      for (const candidate of candidates) {
        const known = found.get(trigger);
        if (known) known.push({ candidate, region });
        else found.set(trigger, [{ candidate, region }]);
      }
  };
  add(top.triggers, undefined);
  for (const [region, { triggers }] of inner.entries()) add(triggers, region);
  for (const [region, { votes }] of top.regions.entries()) add(votes, region);
  return found;
}

function moveBy(model: Model, at: Configuration, { candidate, region }: Hearing): Move {
  const { rule, transition, to = '' } = candidate;
  const so = model.knowing.after(NOTHING, rule);
  return {
    to: region === undefined ? entered(model, to, so) : movedOne(at, region, to, so),
    label: [rule.trigger],
    taken: transition ? [transition] : [],
  };
}

/** What one sender may cause with a trigger, for every kind of sender. */
function heard(model: Model, at: Configuration, trigger: string, known: Known): readonly Move[] {
  const inner = at.inner.map((place, index) => [
    ...(place.triggers.get(trigger) ?? []),
    ...(at.top.regions[index]?.votes.get(trigger) ?? []),
  ]);
  const outer = at.top.triggers.get(trigger) ?? [];
  const all = [...inner.flat(), ...outer];
  const moves = new Map<string, Move>();
  for (const permitted of activeSets(model, trigger, all)) {
    const among = (list: readonly Candidate[]) => list.filter(({ rule }) => permitted.has(rule));
    chosen(model, known, inner.map(among), among(outer), (picks, around, facts) => {
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
  { knowing }: Model,
  known: Known,
  inner: readonly (readonly Candidate[])[],
  outer: readonly Candidate[],
  follow: (picks: Picks, around: Candidate | undefined, facts: Knowledge) => void,
): void {
  const first = (
    list: readonly Candidate[],
    facts: Knowledge,
    found: (pick: Candidate | undefined, facts: Knowledge) => void,
    index = 0,
  ): void => {
    const each = list[index];
    const text = each?.rule.if;
    if (text === undefined) {
      found(each, facts);
      return;
    }
    const [yes, no] = [
      (so: Knowledge) => found(each, so),
      (so: Knowledge) => first(list, so, found, index + 1),
    ];
    knowing.ask(text, facts, known, yes, no);
  };
  const region = (index: number, facts: Knowledge, picks: Picks): void => {
    const list = inner[index];
    if (list) first(list, facts, (pick, so) => region(index + 1, so, [...picks, pick]));
    else if (picks.some((each) => each)) follow(picks, undefined, facts);
    else first(outer, facts, (pick, so) => pick && follow(picks, pick, so));
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
  return { to, label: [trigger], taken: by.flatMap(({ transition }) => transition ?? []) };
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

/** A time that is over counts once: where its condition does not hold then, the change stays until the state is left. */
function times(model: Model, at: Configuration, known: Known): Move[] {
  const moves: Move[] = [];
  const isOver = new Set(at.marks);
  for (const [index, place] of [at.top, ...at.inner].entries()) {
    if (place.clocks.length === 0 && place.timed.length === 0) continue;
    for (const { mark, label } of place.clocks)
      if (!isOver.has(mark)) moves.push({ to: marked(at, mark), label: [label], taken: [] });
    for (const { transition, mark, label } of place.timed) {
      if (isOver.has(mark)) continue;
      const taking = (facts: Knowledge) => {
        const so = model.knowing.after(facts, transition);
        const { to: name } = transition;
        const to = index === 0 ? entered(model, name, so) : movedOne(at, index - 1, name, so);
        moves.push({ to, label: [label], taken: [transition] });
      };
      const text = transition.if;
      if (text === undefined) taking(NOTHING);
      else
        model.knowing.ask(text, NOTHING, known, taking, (so) =>
          moves.push({ to: marked(at, mark, so), label: [`${label} without ${text}`], taken: [] }),
        );
    }
  }
  return moves;
}

/** A new revision moves every region that says so; only where none does, the state around them. */
function revised(model: Model, at: Configuration): Move[] {
  if (at.inner.every((place) => !place.revised) && !at.top.revised) return [];
  const inner = at.inner.map((place) => place.revised);
  const taken = inner.flatMap((each) => each ?? []);
  const label = ['change.revise'];
  if (taken.length > 0) {
    const facts = taken.reduce(model.knowing.after, NOTHING);
    const to = inner.map((each) => each?.to);
    return [{ to: moved(at, to, facts), label, taken }];
  }
  const { revised: outer } = at.top;
  if (!outer) return [];
  return [{ to: entered(model, outer.to, model.knowing.after(NOTHING, outer)), label, taken: [outer] }];
}
