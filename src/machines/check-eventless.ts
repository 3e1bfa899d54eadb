/**
 * What goes by itself in a configuration, one step of the machine each: conditions inside the regions first, then joins and
 * conditions around them. Where no region looks at another it makes no difference which goes first: one is settled after the
 * other. Otherwise all are asked before any of them moves, as the machine does it.
 */
import { firstOf, labelOf, leaving } from './check-asked.ts';
import {
  conditionsOn,
  entered,
  isOpen,
  isSameMove,
  type Move,
  moved,
  movedOne,
  moveTo,
  Overflow,
  rested,
} from './check-configuration.ts';
import { type Knowledge, NOTHING } from './check-knowledge.ts';
import type { Configuration, Model } from './check-model.ts';
import { isCalm, isPrivate, isSettled, memoryOf, privateMoves, settledBy } from './check-settled.ts';
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
  if (at.facts === NOTHING && isPrivate(model, at.top)) return privately(model, at);
  return asked(model, at, at.top.isCoupled ? together : oneByOne);
}

function resting(at: Configuration, moves: readonly Move[]): Eventless {
  if (isOpen(at)) return { moves, mustGo: false };
  return { moves: [...moves, moveTo(rested(at), [], [])], mustGo: true };
}

/** Where what has come out so far makes a difference to what is asked next. */
function asked(model: Model, at: Configuration, inside: Inside): Eventless {
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
    moves.push(moveTo(to, labelOf(taken), taken, conditionsOn(taken), settles));
  };
  inside(model, at, go, (facts) =>
    leaving(model, at, facts, {
      leave: (each, index, so) =>
        go(entered(model, each.to, model.knowing.after(so, each)), [each], `${index}`),
      stay: () => {
        canRest = true;
      },
    }),
  );
  return canRest ? resting(at, moves) : { moves, mustGo: true };
}

/** Asks the regions; what is around them is asked next where they may all stay. */
type Inside = (model: Model, at: Configuration, go: Go, stay: (facts: Knowledge) => void) => void;

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

/** Where regions ask privately and nothing is known: the answers inside a region are always the same. */
function privately(model: Model, at: Configuration): Eventless {
  const memory = memoryOf(model);
  const moves: Move[] = [];
  let ways = 0;
  for (let index = at.from; index < at.inner.length; index += 1) {
    const place = at.inner[index];
    if (!place || place.whens.length === 0) continue;
    const { takes, canStay, isManifold } = privateMoves(memory, model, place);
    for (const take of takes) {
      const settled = settledBy(memory, model, at, index, take);
      const to = settled ?? movedOne(at, index, take.each.to, take.facts, index);
      const move = moveTo(to, take.label, take.taken, take.conditions, settled !== undefined);
      if (!isManifold || !moves.some((other) => isSameMove(other, move))) moves.push(move);
      ways += 1;
      if (ways > MAX_WAYS) throw new Overflow();
    }
    if (!canStay) return { moves, mustGo: true };
  }
  if (isCalm(memory, model, at)) return resting(at, moves);
  const around = asked(model, at, standingStill);
  return { moves: [...moves, ...around.moves], mustGo: around.mustGo };
}

/** Asks no region. */
const standingStill: Inside = (_model, _at, _go, stay) => stay(NOTHING);

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
