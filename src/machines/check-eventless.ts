/**
 * What goes by itself in a configuration, one step of the machine each: conditions inside the regions first, then joins and
 * conditions around them. Where no region looks at another it makes no difference which goes first: one is settled after the
 * other. Otherwise all are asked before any of them moves, as the machine does it.
 */
import {
  type Configuration,
  entered,
  isOpen,
  keyOf,
  knownIn,
  type Move,
  moved,
  Overflow,
  rested,
} from './check-configuration.ts';
import type { Knowledge } from './check-knowledge.ts';
import type { Model } from './check-model.ts';
import type { Conditional, Joined } from './definition.ts';
import { needed } from './joins.ts';

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
  const moves = new Map<string, Move>();
  let canRest = false;
  let ways = 0;
  const go = (to: Configuration, taken: readonly (Joined | Conditional)[], by: string) => {
    ways += 1;
    if (ways > MAX_WAYS) throw new Overflow();
    const key = `${by} ${keyOf(to)}`;
    if (!moves.has(key)) moves.set(key, { to, taken, label: labelOf(taken) });
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
  else oneByOne(model, at, go, around);
  const found = [...moves.values()];
  return canRest ? resting(at, found) : { moves: found, mustGo: true };
}

function resting(at: Configuration, moves: readonly Move[]): Eventless {
  if (isOpen(at)) return { moves, mustGo: false };
  return { moves: [...moves, { to: rested(at), taken: [], label: [] }], mustGo: true };
}

type Go = (to: Configuration, taken: readonly Conditional[], by: string) => void;

/** The first region that moves is settled before the next one is asked. */
function oneByOne(model: Model, at: Configuration, go: Go, stay: (facts: Knowledge) => void): void {
  const known = knownIn(at);
  const region = (index: number, facts: Knowledge): void => {
    const place = at.inner[index];
    if (!place) {
      stay(facts);
      return;
    }
    firstOf(model, place.whens, facts, known, {
      take: (each, way, so) => {
        const to = at.inner.map((_, other) => (other === index ? each.to : undefined));
        go(moved(at, to, so, index), [each], `${index}.${way}`);
      },
      none: (so) => region(index + 1, so),
    });
  };
  region(at.from, at.facts);
}

/** In a round every region takes its first condition that holds. */
function together(model: Model, at: Configuration, go: Go, stay: (facts: Knowledge) => void): void {
  const known = knownIn(at);
  const region = (
    index: number,
    facts: Knowledge,
    taken: readonly (Conditional | undefined)[],
    by: string,
  ) => {
    const place = at.inner[index];
    if (place) {
      firstOf(model, place.whens, facts, known, {
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

interface First {
  readonly take: (each: Conditional, index: number, facts: Knowledge) => void;
  readonly none: (facts: Knowledge) => void;
}

function firstOf(
  { knowing }: Model,
  whens: readonly Conditional[],
  facts: Knowledge,
  known: ReturnType<typeof knownIn>,
  { take, none }: First,
): void {
  const ask = (index: number, so: Knowledge): void => {
    const each = whens[index];
    if (!each) {
      none(so);
      return;
    }
    knowing.ask(
      each.when,
      so,
      known,
      (yes) => take(each, index, yes),
      (no) => ask(index + 1, no),
    );
  };
  ask(0, facts);
}

interface Around {
  readonly leave: (each: Joined | Conditional, index: number, facts: Knowledge) => void;
  readonly stay: (facts: Knowledge) => void;
}

/** The first join or condition around the regions that holds. */
function leaving(model: Model, at: Configuration, facts: Knowledge, { leave, stay }: Around): void {
  const known = knownIn(at);
  const ask = (index: number, so: Knowledge): void => {
    const each = at.top.leaving[index];
    const next = (no: Knowledge) => ask(index + 1, no);
    if (!each) stay(so);
    else if (each.on === 'when')
      model.knowing.ask(each.when, so, known, (yes) => leave(each, index, yes), next);
    else if (isJoined(each, at)) leave(each, index, so);
    else next(so);
  };
  ask(0, facts);
}

function isJoined({ join, ending }: Joined, { inner }: Configuration): boolean {
  const done = inner.filter(({ final }) => final !== undefined && (ending === undefined || final === ending));
  return done.length >= needed(join, inner.length);
}

function labelOf(taken: readonly (Joined | Conditional)[]): string[] {
  return taken.flatMap((each) => (each.on === 'join' ? [] : [`when ${each.when}`]));
}
