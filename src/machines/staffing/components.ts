/**
 * Ballots that look at each other, because nobody may vote in both: what is asked of them together, and what one person can do
 * in them at once. It is the same for all who are alike, and is found out once.
 */
import { type Rules, type Voice, voicesFor } from './capability.ts';
import type { Choice } from './cover.ts';
import { type Known, type Row, rowsOf } from './rows.ts';
import type { Class, Member } from './staff.ts';
import { ballotsIn, type Way } from './way.ts';

export interface Solver {
  readonly rules: Rules;
  readonly known: Known;
  /** Whether conditions look at who the author is. */
  readonly readsAuthor: boolean;
  /** What was found out before, of classes that are alike. */
  readonly voices: Map<string, readonly Voice[]>;
  readonly components: WeakMap<Way, readonly Component[]>;
}

export interface Component {
  readonly ballots: readonly string[];
  readonly rows: readonly Row[];
  /** What a unit of the class can do; undefined where that is too much to be listed. */
  readonly partsFor: (of: Class, author: Member | null) => readonly Part[] | undefined;
}

/** A voice in each of some ballots that are not apart, and what they add to the rows. */
export interface Part {
  readonly voices: readonly { readonly ballot: string; readonly voice: Voice }[];
  readonly choice: Choice;
}

/** Past so many things that one person could do at once nothing is decided. */
const MAX_PARTS = 2_000;

export function componentsOf(solver: Solver, way: Way): readonly Component[] {
  const known = solver.components.get(way);
  if (known) return known;
  const found = grouped(way).map((ballots) => componentOf(solver, ballots, way));
  solver.components.set(way, found);
  return found;
}

function grouped(way: Way): string[][] {
  const groups = ballotsIn(way).map((name) => [name]);
  for (const each of way.values()) {
    if (each.kind !== 'apart') continue;
    const [one, other] = each.pair.map((name) => groups.find((group) => group.includes(name)));
    if (!one || !other || one === other) continue;
    one.push(...other);
    groups.splice(groups.indexOf(other), 1);
  }
  return groups;
}

function componentOf(solver: Solver, ballots: readonly string[], way: Way): Component {
  const { definition } = solver.rules;
  const rows = [...way.values()].flatMap((each) => {
    const ballot = each.kind === 'votes' ? definition.ballots?.[each.ballot] : undefined;
    if (each.kind !== 'votes' || !ballot || !ballots.includes(each.ballot)) return [];
    return rowsOf(each.ballot, ballot, each.count, solver.known);
  });
  const barring = new Map(
    ballots.map((one) => [
      one,
      new Set(ballots.filter((other) => way.has(`apart ${[one, other].sort().join(' ')}`))),
    ]),
  );
  const kept = new Map<string, readonly Part[] | undefined>();
  return {
    ballots,
    rows,
    partsFor: (of, author) => {
      const key = likenessOf(solver, of, author);
      if (!kept.has(key)) {
        const voices = new Map(ballots.map((name) => [name, voicesOf(solver, name, of, author)]));
        kept.set(key, partsOf(voices, barring, rows, of));
      }
      return kept.get(key);
    },
  };
}

/** Approvals that a unit of the class can give in a ballot. */
export function voicesOf(solver: Solver, ballot: string, of: Class, author: Member | null): readonly Voice[] {
  const key = `${ballot} ${likenessOf(solver, of, author)}`;
  const known = solver.voices.get(key) ?? voicesFor(solver.rules, ballot, of, author);
  solver.voices.set(key, known);
  return known;
}

/** The same text for classes that can do the same: of those who are tied to the change, some members may be and some not. */
function likenessOf({ readsAuthor }: Solver, { key, isTied, units }: Class, author: Member | null): string {
  const ties = isTied ? (units[0]?.members.map((each) => (each.isTied ? 1 : 0)).join('') ?? '') : '';
  return readsAuthor ? `${key} ${ties} ${author?.kind} ${author?.id}` : `${key} ${ties}`;
}

/** Everything one unit can do at once, but for what is less than something else; undefined where that is too much. */
function partsOf(
  voices: ReadonlyMap<string, readonly Voice[]>,
  barring: ReadonlyMap<string, ReadonlySet<string>>,
  rows: readonly Row[],
  of: Class,
): Part[] | undefined {
  let all: Part['voices'][] = [[]];
  for (const [ballot, options] of voices) {
    const barred = barring.get(ballot);
    if (options.length === 0) continue;
    all = all.flatMap((before) => {
      if (before.some((each) => barred?.has(each.ballot))) return [before];
      return [...(barred?.size ? [before] : []), ...options.map((voice) => [...before, { ballot, voice }])];
    });
    if (all.length > MAX_PARTS) return undefined;
  }
  const parts = all
    .filter((each) => each.length > 0)
    .map(
      (each): Part => ({
        voices: each,
        choice: rows.map((row) =>
          each.reduce((sum, { ballot, voice }) => sum + (ballot === row.ballot ? row.adds(voice, of) : 0), 0),
        ),
      }),
    )
    .filter(({ choice }) => choice.some((amount) => amount > 0));
  return mostUseful(parts);
}

function mostUseful(parts: readonly Part[]): Part[] {
  const found: Part[] = [];
  for (const part of parts) {
    const isLess = (one: Part, other: Part) =>
      one.choice.every((amount, row) => amount <= (other.choice[row] ?? 0));
    if (found.some((known) => isLess(part, known))) continue;
    const better = found.filter((known) => !isLess(known, part));
    found.splice(0, found.length, ...better, part);
  }
  return found;
}
