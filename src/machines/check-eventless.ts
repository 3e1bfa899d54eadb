/**
 * What goes by itself in a configuration, one step of the machine each: conditions inside the regions first, then joins and
 * conditions around them. Where no region looks at another it makes no difference which goes first: one is settled after the
 * other. Otherwise all are asked before any of them moves, as the machine does it.
 */
import { firstOf, labelOf, leaving } from './check-asked.ts';
import {
  type Configuration,
  entered,
  isOpen,
  type Move,
  moved,
  movedOne,
  Overflow,
  rested,
} from './check-configuration.ts';
import { type Knowledge, NOTHING } from './check-knowledge.ts';
import type { Model } from './check-model.ts';
import { isPrivate, isSettled, privateMoves, settledBy } from './check-settled.ts';
import type { Conditional, Joined } from './definition.ts';

export interface Eventless {
  readonly moves: readonly Move[];
  /** True where the change cannot rest here, or does so only as the last of the moves. */
  readonly mustGo: boolean;
}

/** More ways than this in which the conditions of one configuration can come out are not followed. */
const MAX_WAYS = 4096;

export function eventless(model: Model, at: Configuration): Eventless {
  if (at.top.leaving.length === 0 && at.inner.every(({ whens }) => whens.length === 0))
    return resting(at, []);
  const moves: Move[] = [];
  const isKnown = new Set<string>();
  let canRest = false;
  let ways = 0;
  const go: Go = (to, taken, by, settles = false) => {
    ways += 1;
    if (ways > MAX_WAYS) throw new Overflow();
    // What goes, and what is known then, says where it goes.
    const key = `${by} ${settles} ${to.facts.key}`;
    if (isKnown.has(key)) return;
    isKnown.add(key);
    moves.push({ to, taken, label: labelOf(taken), settles });
  };
  const around = (facts: Knowledge) =>
    leaving(model, at, facts, {
      leave: (each, index, so) =>
        go(entered(model, each.to, model.knowing.after(so, each)), [each], `${index}`),
      stay: () => {
        canRest = true;
      },
    });
  if (at.top.isCoupled) together(model, at, go, around);
  else if (at.facts === NOTHING && isPrivate(model, at.top)) privately(model, at, moves, around);
  else oneByOne(model, at, go, around);
  return canRest ? resting(at, moves) : { moves, mustGo: true };
}

function resting(at: Configuration, moves: readonly Move[]): Eventless {
  if (isOpen(at)) return { moves, mustGo: false };
  return { moves: [...moves, { to: rested(at), taken: [], label: [] }], mustGo: true };
}

type Go = (
  to: Configuration,
  taken: readonly (Joined | Conditional)[],
  by: string,
  settles?: boolean,
) => void;

/** The first region that moves is settled before the next one is asked. */
function oneByOne(model: Model, at: Configuration, go: Go, stay: (facts: Knowledge) => void): void {
  const region = (index: number, facts: Knowledge): void => {
    const place = at.inner[index];
    if (!place) {
      stay(facts);
      return;
    }
    firstOf(model, place.whens, facts, at, {
      take: (each, way, so) => {
        const to = movedOne(at, index, each.to, so, index);
        const settles = isSettled(model, to, index);
        go(settles ? rested(to) : to, [each], `${index}.${way}`, settles);
      },
      none: (so) => region(index + 1, so),
    });
  };
  region(at.from, at.facts);
}

/** The same where regions ask privately and nothing is known: the answers inside a region are always the same. */
function privately(model: Model, at: Configuration, moves: Move[], stay: (facts: Knowledge) => void): void {
  let ways = 0;
  for (let index = at.from; index < at.inner.length; index += 1) {
    const place = at.inner[index];
    if (!place || place.whens.length === 0) continue;
    const { takes, canStay, isManifold } = privateMoves(model, place);
    for (const take of takes) {
      const settled = settledBy(model, at, index, take);
      const to = settled ?? movedOne(at, index, take.each.to, take.facts, index);
      const { taken, label } = take;
      const move = { to, taken, label, settles: settled !== undefined };
      if (!isManifold || !moves.some((other) => isSame(other, move))) moves.push(move);
      ways += 1;
      if (ways > MAX_WAYS) throw new Overflow();
    }
    if (!canStay) return;
  }
  stay(NOTHING);
}

function isSame(one: Move, other: Move): boolean {
  const { taken, settles, to } = other;
  return one.taken === taken && one.settles === settles && one.to.facts.key === to.facts.key;
}

/** In a round every region takes its first condition that holds. */
function together(model: Model, at: Configuration, go: Go, stay: (facts: Knowledge) => void): void {
  const region = (
    index: number,
    facts: Knowledge,
    taken: readonly (Conditional | undefined)[],
    by: string,
  ) => {
    const place = at.inner[index];
    if (place) {
      firstOf(model, place.whens, facts, at, {
        take: (each, way, so) => region(index + 1, so, [...taken, each], `${by}.${way}`),
        none: (so) => region(index + 1, so, [...taken, undefined], `${by}.`),
      });
      return;
    }
    const moving = taken.flatMap((each) => each ?? []);
    if (moving.length === 0) {
      stay(facts);
      return;
    }
    const to = taken.map((each) => each?.to);
    go(moved(at, to, moving.reduce(model.knowing.after, facts)), moving, by);
  };
  region(0, at.facts, [], '');
}
