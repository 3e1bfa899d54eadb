/**
 * What a condition asks for, as alternatives: votes that people must give, regions that must be somewhere, who must send it,
 * and facts of the change that nobody chooses. What time brings (threads, dependencies, elapsed timers) asks for nobody.
 */
import { print } from '../conditions/print.ts';
import type { Compare, Condition } from '../conditions/tree.ts';
import { readsOf } from '../conditions/variables.ts';

/** A part of a condition, and whether it is to hold. */
export interface Literal {
  readonly text: string;
  readonly tree: Condition;
  readonly holds: boolean;
}

export type BallotAsk =
  | { readonly ballot: string; readonly want: 'passed' | 'vetoed' }
  | { readonly ballot: string; readonly want: 'approvals'; readonly count: number };

/** One alternative: all of it has to be so. */
export interface Ask {
  readonly ballots: readonly BallotAsk[];
  readonly regions: readonly { readonly region: string; readonly state: string }[];
  /** About the change: attributes, revisions. */
  readonly facts: readonly Literal[];
  /** About who wrote it. */
  readonly author: readonly Literal[];
  /** About who sends it. */
  readonly sender: readonly Literal[];
  /** Ballots that must not have passed yet. */
  readonly before: readonly string[];
  /** It asks for something that is not understood here: taken to hold. */
  readonly isGuess: boolean;
}

export const NO_LITERALS: readonly Literal[] = [];

export const NOTHING: Ask = {
  ballots: [],
  regions: [],
  facts: [],
  author: [],
  sender: [],
  before: [],
  isGuess: false,
};

/** Past so many alternatives the condition is not taken apart. */
const MAX_ASKS = 64;

/** The alternatives under which the condition comes out so; none where it never does. */
export function asksOf(tree: Condition, holds = true): readonly Ask[] {
  switch (tree.kind) {
    case 'not':
      return asksOf(tree.of, !holds);
    case 'literal':
      return (tree.value === true) === holds ? [NOTHING] : [];
    case 'and':
    case 'or':
      return (tree.kind === 'and') === holds
        ? allOf(tree.parts.map((part) => asksOf(part, holds)))
        : bounded(tree.parts.flatMap((part) => asksOf(part, holds)));
    default:
      return atom(tree, holds);
  }
}

/** Every way to have one alternative of each. */
export function allOf(parts: readonly (readonly Ask[])[]): readonly Ask[] {
  let all: readonly Ask[] = [NOTHING];
  for (const part of parts)
    all = bounded(all.flatMap((one) => part.map((each) => both(one, each)).filter(isPossible)));
  return all;
}

/** What has passed has not waited. */
function isPossible({ ballots, before }: Ask): boolean {
  return !ballots.some(({ ballot, want }) => want === 'passed' && before.includes(ballot));
}

function both(a: Ask, b: Ask): Ask {
  return {
    ballots: [...a.ballots, ...b.ballots],
    regions: [...a.regions, ...b.regions],
    facts: [...a.facts, ...b.facts],
    author: [...a.author, ...b.author],
    sender: [...a.sender, ...b.sender],
    before: [...a.before, ...b.before],
    isGuess: a.isGuess || b.isGuess,
  };
}

function bounded(asks: readonly Ask[]): readonly Ask[] {
  return asks.length <= MAX_ASKS ? asks : [{ ...NOTHING, isGuess: true }];
}

const GUESS: readonly Ask[] = [{ ...NOTHING, isGuess: true }];
const FREE: readonly Ask[] = [NOTHING];

function atom(tree: Condition, holds: boolean): readonly Ask[] {
  const reads = readsOf(tree);
  const all = (...starts: string[]) => reads.every((path) => starts.some((start) => isUnder(path, start)));
  const some = (start: string) => reads.some((path) => isUnder(path, start));
  const literal = { text: print(tree), tree, holds };
  if (some('ballots')) return ballotAtom(tree, holds);
  if (some('regions')) return regionAtom(tree, holds);
  if (all('author', 'authorKind')) return [{ ...NOTHING, author: [literal] }];
  if (all('sender', 'author', 'authorKind')) return [{ ...NOTHING, sender: [literal] }];
  if (some('sender')) return GUESS;
  if (all('attributes', 'revision', 'author', 'authorKind')) return [{ ...NOTHING, facts: [literal] }];
  return FREE;
}

function isUnder(path: string, start: string): boolean {
  return path === start || path.startsWith(`${start}.`);
}

function regionAtom(tree: Condition, holds: boolean): readonly Ask[] {
  const said = tree.kind === 'compare' ? compared(tree) : undefined;
  if (said?.path[0] !== 'regions' || typeof said.value !== 'string') return GUESS;
  const mustBe = (said.op === '==') === holds;
  const region = said.path[1] ?? '';
  return mustBe ? [{ ...NOTHING, regions: [{ region, state: said.value }] }] : FREE;
}

function ballotAtom(tree: Condition, holds: boolean): readonly Ask[] {
  if (tree.kind === 'read') {
    const [, ballot = '', field] = tree.path;
    if (!holds) return field === 'passed' ? [{ ...NOTHING, before: [ballot] }] : FREE;
    const want = field === 'passed' ? 'passed' : 'vetoed';
    return field === 'passed' || field === 'vetoed' ? [{ ...NOTHING, ballots: [{ ballot, want }] }] : GUESS;
  }
  const said = tree.kind === 'compare' ? compared(tree) : undefined;
  if (said?.path[0] !== 'ballots') return GUESS;
  const [, ballot = '', field] = said.path;
  if (field === 'approvals' && typeof said.value === 'number') {
    const count = atLeast(said.op, said.value, holds);
    return count <= 0 ? FREE : [{ ...NOTHING, ballots: [{ ballot, want: 'approvals', count }] }];
  }
  if (field === 'status') {
    const is = (said.op === '==') === holds;
    const passes = is ? said.value === 'satisfied' : said.value === 'unsatisfied';
    if (passes) return [{ ...NOTHING, ballots: [{ ballot, want: 'passed' }] }];
    return is && said.value !== 'unsatisfied' ? GUESS : FREE;
  }
  return field === 'rejections' && typeof said.value === 'number' && atLeast(said.op, said.value, holds) <= 0
    ? FREE
    : GUESS;
}

/** How many there must be so that the comparison comes out so; 0 where none suffice. */
function atLeast(op: Compare['op'], value: number, holds: boolean): number {
  const least = (each: Compare['op']): number => {
    switch (each) {
      case '>=':
      case '==':
        return value;
      case '>':
        return value + 1;
      case '!=':
        return value === 0 ? 1 : 0;
      default:
        return 0;
    }
  };
  return least(holds ? op : NEGATED[op]);
}

const NEGATED = { '==': '!=', '!=': '==', '<': '>=', '>=': '<', '>': '<=', '<=': '>' } as const;
const TURNED = { '==': '==', '!=': '!=', '<': '>', '>': '<', '<=': '>=', '>=': '<=' } as const;

function compared({ op, left, right }: Compare) {
  if (left.kind === 'read' && right.kind === 'literal') return { op, path: left.path, value: right.value };
  if (left.kind === 'literal' && right.kind === 'read')
    return { op: TURNED[op], path: right.path, value: left.value };
  return undefined;
}
