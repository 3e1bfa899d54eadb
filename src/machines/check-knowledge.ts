/**
 * What is known of the facts within one step. Nothing is known when an event comes: attributes, votes and senders may be
 * anything. But what has been asked once in a step has come out, and comes out the same until the change rests, unless votes
 * are cast or taken away in between. So conditions are asked, not judged: each answer is followed, with what it has shown.
 */
import { type Situation, sureness } from './check-chance.ts';
import { print } from './conditions/print.ts';
import type { Condition } from './conditions/tree.ts';
import type { ConditionText, Definition } from './definition.ts';
import { treeOf } from './facts.ts';
import { type Fact, type Facts, factsIn } from './nets/from-definition/facts.ts';

/** Of some facts, by their number, in which cases they may still be. Equal knowledge has equal keys. */
export interface Knowledge {
  readonly key: string;
  readonly parts: readonly KnownFact[];
}

interface KnownFact {
  readonly fact: number;
  /** The number of a set of cases. */
  readonly cases: number;
}

export const NOTHING: Knowledge = { key: '', parts: [] };

/** What a transition or a vote does to votes. */
export interface Votes {
  readonly void?: readonly string[];
  readonly ballot?: string;
  readonly trigger?: string;
}

type Follow = (knowledge: Knowledge) => void;

export interface Knowing {
  /** Follows every answer that a condition can have where the change is `at`. */
  readonly ask: (text: ConditionText, knowledge: Knowledge, at: Situation, yes: Follow, no: Follow) => void;
  /** Whether it makes a difference to a condition where the change is. */
  readonly looksAround: (text: ConditionText) => boolean;
  /** Numbers of the facts that a condition asks for. */
  readonly factsOf: (text: ConditionText) => readonly number[];
  /** What is known once votes were cast or taken away. */
  readonly after: (knowledge: Knowledge, votes: Votes) => Knowledge;
  /** Whether that leaves something open which votes decide. */
  readonly reopens: (votes: Votes) => boolean;
}

/** The condition texts in `wrong` may come out in any way. */
export function knowingOf(definition: Definition, wrong: ReadonlySet<ConditionText>): Knowing {
  const facts = factsIn(definition, wrong);
  const numbers = new Map(facts.all.map((fact, index) => [fact, index]));
  const tables = facts.all.map(tableOf);
  const voting = facts.all.flatMap((fact, index) => (fact.ballots.length > 0 ? [{ fact, index }] : []));
  const questions = new Map<ConditionText, Question>();
  const questionOf = (text: ConditionText) => {
    const known = questions.get(text) ?? parsed(text, facts, numbers);
    questions.set(text, known);
    return known;
  };
  return {
    ask: (text, knowledge, at, yes, no) => asking(questionOf(text), tables, knowledge, at, yes, no),
    looksAround: (text) => looksAround(questionOf(text)),
    factsOf: (text) => numbersIn(questionOf(text)),
    after: (knowledge, votes) => {
      const gone = goneWith(definition, votes);
      if (gone.length === 0 && votes.ballot === undefined) return knowledge;
      return voting.reduce((before, { fact, index }) => {
        const touch = touched(fact, votes, gone);
        if (!touch) return before;
        const only = touch === 'emptied' ? fact.emptied : undefined;
        return knowing(before, index, only === undefined ? 0 : (tables[index]?.only(only) ?? 0));
      }, knowledge);
    },
    reopens: (votes) => {
      const gone = goneWith(definition, votes);
      return voting.some(({ fact }) => {
        const touch = touched(fact, votes, gone);
        return touch === 'open' || (touch === 'emptied' && fact.emptied === undefined);
      });
    },
  };
}

/** Ballots without a vote afterwards. */
export function goneWith({ ballots = {} }: Definition, votes: Votes): readonly string[] {
  const { void: voided = [], ballot = '', trigger = '' } = votes;
  const cast = Object.hasOwn(ballots, ballot) ? ballots[ballot]?.cast : undefined;
  const isCleared = cast && Object.hasOwn(cast, trigger) && cast[trigger]?.value === 'clear';
  return isCleared ? [...voided, ballot] : voided;
}

/** What happens to a fact: its ballots have no votes any more, or other ones, or nothing does. */
export function touched(
  { ballots }: Fact,
  { ballot }: Votes,
  gone: readonly string[],
): 'emptied' | 'open' | undefined {
  if (ballots.length > 0 && ballots.every((each) => gone.includes(each))) return 'emptied';
  return ballots.some((each) => each === ballot || gone.includes(each)) ? 'open' : undefined;
}

/** Without what nobody asks for any more. */
export function keeping(knowledge: Knowledge, isAsked: (fact: number) => boolean): Knowledge {
  if (knowledge.parts.every(({ fact }) => isAsked(fact))) return knowledge;
  return made(knowledge.parts.filter(({ fact }) => isAsked(fact)));
}

function knowing(knowledge: Knowledge, fact: number, cases: number): Knowledge {
  const { parts } = knowledge;
  const before = parts.filter((each) => each.fact < fact);
  const after = parts.filter((each) => each.fact > fact);
  return made(cases === 0 ? [...before, ...after] : [...before, { fact, cases }, ...after]);
}

function made(parts: readonly KnownFact[]): Knowledge {
  if (parts.length === 0) return NOTHING;
  return { key: parts.map(({ fact, cases }) => `${fact}.${cases}`).join(), parts };
}

/** Sets of the cases of one fact, numbered as they are first needed; 0 is all of them. */
interface Table {
  readonly split: (cases: number, part: number) => Split;
  readonly only: (number: number) => number;
}

/** The sets that are left where a part holds and where it does not. */
interface Split {
  readonly yes: number | undefined;
  readonly no: number | undefined;
}

function tableOf({ cases, parts }: Fact): Table {
  const sets: (readonly number[])[] = [[...cases.keys()]];
  const numbers = new Map([[sets[0]?.join() ?? '', 0]]);
  const splits: Split[] = [];
  const numberOf = (set: readonly number[]) => {
    const key = set.join();
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, sets.length);
    return sets.push(set) - 1;
  };
  const made = (set: number, part: number): Split => {
    const holding = (answer: boolean) => (sets[set] ?? []).filter((each) => cases[each]?.[part] === answer);
    const [yes, no] = [holding(true), holding(false)];
    return {
      yes: yes.length > 0 ? numberOf(yes) : undefined,
      no: no.length > 0 ? numberOf(no) : undefined,
    };
  };
  return {
    only: (number) => numberOf([number]),
    split: (set, part) => {
      const at = set * parts.length + part;
      splits[at] ??= made(set, part);
      return splits[at];
    },
  };
}

/** A condition in which every part is either about a fact, or as sure as where the change is. */
type Question =
  | { readonly kind: 'not'; readonly of: Question }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Question[] }
  | { readonly kind: 'fact'; readonly fact: number; readonly part: number }
  | Sure;

interface Sure {
  readonly kind: 'sure';
  readonly holds: (at: Situation) => boolean;
}

function parsed(text: ConditionText, facts: Facts, numbers: ReadonlyMap<Fact, number>): Question {
  const about = (part: string): Question | undefined => {
    const asked = facts.of(part);
    return asked && { kind: 'fact', fact: numbers.get(asked.fact) ?? 0, part: asked.index };
  };
  const question = (tree: Condition): Question => {
    if (tree.kind === 'not') return { kind: 'not', of: question(tree.of) };
    if (tree.kind === 'and' || tree.kind === 'or') return joined(tree.kind, tree.parts.map(question));
    return about(print(tree)) ?? { kind: 'sure', holds: sureness(tree) };
  };
  return about(text) ?? question(treeOf(text));
}

/** Where all parts are sure, so is the whole. */
function joined(kind: 'and' | 'or', parts: readonly Question[]): Question {
  const sure = parts.filter((each) => each.kind === 'sure');
  if (sure.length < parts.length) return { kind, parts };
  const decisive = kind === 'or';
  const holds = (at: Situation) => {
    for (const each of sure) if (each.holds(at) === decisive) return decisive;
    return !decisive;
  };
  return { kind: 'sure', holds };
}

function looksAround(question: Question): boolean {
  if (question.kind === 'not') return looksAround(question.of);
  if (question.kind === 'fact') return false;
  return question.kind === 'sure' || question.parts.some(looksAround);
}

function asking(
  question: Question,
  tables: readonly Table[],
  knowledge: Knowledge,
  at: Situation,
  yes: Follow,
  no: Follow,
): void {
  switch (question.kind) {
    case 'not':
      asking(question.of, tables, knowledge, at, no, yes);
      return;
    case 'sure':
      if (question.holds(at)) yes(knowledge);
      else no(knowledge);
      return;
    case 'fact': {
      const { fact, part } = question;
      const before = knowledge.parts.find((each) => each.fact === fact)?.cases ?? 0;
      const after = tables[fact]?.split(before, part);
      for (const [cases, follow] of [
        [after?.yes, yes],
        [after?.no, no],
      ] as const)
        if (cases !== undefined) follow(cases === before ? knowledge : knowing(knowledge, fact, cases));
      return;
    }
    default: {
      const { kind, parts } = question;
      const from = (index: number, so: Knowledge): void => {
        const part = parts[index];
        if (!part) (kind === 'and' ? yes : no)(so);
        else if (kind === 'and') asking(part, tables, so, at, (next) => from(index + 1, next), no);
        else asking(part, tables, so, at, yes, (next) => from(index + 1, next));
      };
      from(0, knowledge);
    }
  }
}

function numbersIn(question: Question): readonly number[] {
  if (question.kind === 'fact') return [question.fact];
  if (question.kind === 'sure') return [];
  return question.kind === 'not' ? numbersIn(question.of) : question.parts.flatMap(numbersIn);
}
