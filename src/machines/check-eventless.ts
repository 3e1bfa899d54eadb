/** What goes by itself in a configuration: conditions inside the regions first, then joins and conditions around them. */
import type { Assume, Chance } from './check-chance.ts';
import { type Configuration, entered, knownIn, type Move, moved, Overflow } from './check-configuration.ts';
import type { Model } from './check-model.ts';
import type { Conditional, Joined } from './definition.ts';
import { needed } from './joins.ts';

export interface Eventless {
  readonly moves: readonly Move[];
  /** True where something goes for certain, so that the change cannot rest here. */
  readonly mustGo: boolean;
}

/** What can go by itself here, one step of the machine each; `assume` decides what may be either. */
export function eventless(model: Model, at: Configuration, assume?: Assume): Eventless {
  const known = knownIn(at);
  const judge = (text: string) => model.judge(text, known, assume);
  const together = (texts: readonly string[]) => (assume ? undefined : model.together(texts, known));
  const inner = at.inner.map(({ whens }) => going(whens, ({ when }) => judge(when), together));
  const moves = combinations(inner, at.top.isCoupled).map((taken): Move => {
    const to = taken.map((each) => each?.to);
    return { to: moved(at, to), ...labelled(taken.flatMap((each) => each ?? [])) };
  });
  if (inner.some(({ isCertain }) => isCertain)) return { moves, mustGo: true };
  const outer = going(
    at.top.leaving,
    (each) => (each.on === 'join' ? isJoined(each, at) : judge(each.when)),
    together,
  );
  const leaving = outer.options.map((each): Move => ({ to: entered(model, each.to), ...labelled([each]) }));
  return { moves: [...moves, ...leaving], mustGo: outer.isCertain };
}

interface Going<T> {
  /** What may go, in the author's order, up to the first that goes for certain. */
  readonly options: readonly T[];
  readonly isCertain: boolean;
}

type Together = (texts: readonly string[]) => readonly (readonly boolean[])[] | undefined;

function going<T extends Joined | Conditional>(
  all: readonly T[],
  chance: (each: T) => Chance,
  together: Together,
): Going<T> {
  const options: T[] = [];
  for (const each of all) {
    const how = chance(each);
    if (how === false) continue;
    options.push(each);
    if (how === true) return goingTogether(options, true, together);
  }
  return goingTogether(options, false, together);
}

/** Of several that may go: those that come first in some way in which their conditions can come out. */
function goingTogether<T extends Joined | Conditional>(
  options: readonly T[],
  isCertain: boolean,
  together: Together,
): Going<T> {
  const open = isCertain ? options.slice(0, -1) : options;
  const texts = open.flatMap((each) => (each.on === 'when' ? [each.when] : []));
  const outcomes = options.length > 1 && texts.length === open.length ? together(texts) : undefined;
  if (!outcomes) return { options, isCertain };
  const first = new Set(outcomes.map((holds) => holds.indexOf(true)));
  const last = isCertain && first.has(-1) ? options.slice(-1) : [];
  const before = open.filter((_, index) => first.has(index));
  return { options: [...before, ...last], isCertain: isCertain || !first.has(-1) };
}

type Taken = readonly (Conditional | undefined)[];

/** What goes in the regions at once, never nothing at all. */
function combinations(inner: readonly Going<Conditional>[], isCoupled: boolean): Taken[] {
  if (inner.every(({ options }) => options.length === 0)) return [];
  return isCoupled ? everyCombination(inner) : oneByOne(inner);
}

const MAX_COMBINATIONS = 4096;

function everyCombination(inner: readonly Going<Conditional>[]): Taken[] {
  let all: Taken[] = [[]];
  for (const { options, isCertain } of inner) {
    const choices = isCertain ? options : [undefined, ...options];
    all = all.flatMap((before) => choices.map((each) => [...before, each]));
    if (all.length > MAX_COMBINATIONS) throw new Overflow();
  }
  return all.filter((taken) => taken.some((each) => each !== undefined));
}

/** Where no region looks at another, what may go in several goes in any order: the change comes to rest in the same places. */
function oneByOne(inner: readonly Going<Conditional>[]): Taken[] {
  const forced = inner.map(({ options, isCertain }) => (isCertain ? options.at(-1) : undefined));
  const single = inner.flatMap(({ options, isCertain }, index) =>
    (isCertain ? options.slice(0, -1) : options).map((each) => forced.with(index, each)),
  );
  return forced.some((each) => each !== undefined) ? [forced, ...single] : single;
}

function isJoined({ join, ending }: Joined, { inner }: Configuration): boolean {
  const done = inner.filter(({ final }) => final !== undefined && (ending === undefined || final === ending));
  return done.length >= needed(join, inner.length);
}

function labelled(taken: readonly (Joined | Conditional)[]): Pick<Move, 'label' | 'taken'> {
  return {
    taken,
    label: taken.flatMap((each) => (each.on === 'join' ? [] : [`when ${each.when}`])),
  };
}
