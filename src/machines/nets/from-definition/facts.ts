/**
 * What conditions ask and the net cannot know: attributes, votes, revisions, who sends. Such a part may hold or not, freely,
 * but it holds the same way wherever it is asked within one step, and what is asked of one attribute goes together: a risk
 * that is "low" is not "high". So parts about one path are one *fact*, with one *case* for each way they can come out at once.
 */
import { openParts } from '../../check-chance.ts';
import { conditionsOf } from '../../check-condition-list.ts';
import { casesOf, domainOf } from '../../check-facts.ts';
import { evaluate } from '../../conditions/evaluate.ts';
import type { Condition } from '../../conditions/tree.ts';
import { readsOf } from '../../conditions/variables.ts';
import type { Definition } from '../../definition.ts';
import { treeOf } from '../../facts.ts';

/** One thing that may be one way or another. */
export interface Fact {
  readonly name: string;
  /** Texts of the parts it decides. */
  readonly parts: readonly string[];
  /** For each case, how every part comes out. */
  readonly cases: readonly (readonly boolean[])[];
  /** Ballots it reads: their votes may change within a step. */
  readonly ballots: readonly string[];
  /** The number of the case when these ballots have no votes, where that is certain. */
  readonly emptied?: number | undefined;
}

export interface Asked {
  readonly fact: Fact;
  readonly index: number;
}

export interface Facts {
  readonly all: readonly Fact[];
  /** By the text of the part. */
  readonly of: (part: string) => Asked | undefined;
}

/** The facts of a definition; the condition texts in `wrong` are each a fact by themselves. */
export function factsIn(definition: Definition, wrong: ReadonlySet<string> = new Set()): Facts {
  const parts = new Map<string, Condition>();
  const guards = conditionsOf(definition).filter(({ kind }) => kind !== 'ballot');
  for (const { text } of guards) if (!wrong.has(text)) openParts(treeOf(text), parts);
  const groups = new Map<string, [string, Condition][]>();
  for (const [text, part] of parts) {
    const key = groupOf(part) ?? `of ${text}`;
    groups.set(key, [...(groups.get(key) ?? []), [text, part]]);
  }
  const all = [...groups.values()].flatMap((group) => factsOf(group, definition));
  for (const { text } of guards)
    if (wrong.has(text) && !all.some(({ name }) => name === text))
      all.push({ name: text, parts: [text], cases: [[true], [false]], ballots: [] });
  const asked = new Map(
    all.flatMap((fact) => fact.parts.map((text, index) => [text, { fact, index }] as const)),
  );
  return { all, of: (part) => asked.get(part) };
}

type Group = readonly (readonly [string, Condition])[];

function factsOf(group: Group, definition: Definition): Fact[] {
  const cases = casesOf(
    group.map(([, part]) => part),
    domainOf(definition),
  );
  // Too much to tell apart: each part may come out in any way.
  if (!cases && group.length > 1) return group.flatMap((each) => factsOf([each], definition));
  const ballots = group.flatMap(([, part]) => readsOf(part)).flatMap(ballotOf);
  return [
    {
      name: group.map(([text]) => text).join(' | '),
      parts: group.map(([text]) => text),
      cases: cases ?? [[true], [false]],
      ballots: [...new Set(ballots)],
      emptied: emptiedCase(group, cases ?? [], definition),
    },
  ];
}

function ballotOf(path: string): string[] {
  const [head, name] = path.split('.');
  return head === 'ballots' && name !== undefined ? [name] : [];
}

/** What is asked of one path goes together; parts that read several things stand alone. */
function groupOf(part: Condition): string | undefined {
  const [path, ...others] = readsOf(part);
  return others.length === 0 ? path : undefined;
}

const EMPTY = { approvals: 0, rejections: 0, vetoed: false, status: 'unsatisfied', passed: false };

/** A ballot that is always asked and always needs a vote is not passed when its votes are gone. */
function emptiedCase(
  group: Group,
  cases: readonly (readonly boolean[])[],
  { ballots = {} }: Definition,
): number | undefined {
  const read = group.flatMap(([, part]) => readsOf(part));
  const names = [...new Set(read.flatMap(ballotOf))];
  const isCertain = names.every((name) => {
    const ballot = Object.hasOwn(ballots, name) ? ballots[name] : undefined;
    if (!ballot || ballot.if !== undefined || ballot.override !== undefined) return false;
    return ballot.needs.some(
      (need) => need.if === undefined && !(need.kind === 'each' && need.of === 'owners'),
    );
  });
  if (!isCertain || !read.every((path) => path.startsWith('ballots.'))) return undefined;
  const env = { ballots: Object.fromEntries(names.map((name) => [name, EMPTY])) };
  const answers = group.map(([, part]) => evaluate(part, env)).join();
  const found = cases.findIndex((each) => each.join() === answers);
  return found < 0 ? undefined : found;
}
