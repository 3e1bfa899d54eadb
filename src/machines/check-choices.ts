/**
 * What may come out of several conditions at once. One by one each may be either; together they may not: "low" and "high"
 * exclude each other, and what holds in the first holds in the second. Tried with every consistent way in which the parts
 * that are not known can come out; where these are too many, the conditions are judged one by one.
 */
import { type Assume, type Chance, chanceOf, type Known, openParts } from './check-chance.ts';
import { casesOf, type Domain } from './check-facts.ts';
import { print } from './conditions/print.ts';
import type { Condition } from './conditions/tree.ts';
import { readsOf } from './conditions/variables.ts';

/** How every part comes out, by its text. */
export type Assignment = ReadonlyMap<string, boolean>;

const MAX_ASSIGNMENTS = 128;

/** Every consistent way in which the parts can come out; undefined where there are too many. */
export function assignmentsOf(
  parts: ReadonlyMap<string, Condition>,
  domain: Domain,
): readonly Assignment[] | undefined {
  const groups = new Map<string, [string, Condition][]>();
  for (const [text, part] of parts) {
    const [path = '', ...others] = readsOf(part);
    const key = others.length === 0 ? path : `of ${text}`;
    groups.set(key, [...(groups.get(key) ?? []), [text, part]]);
  }
  let all: (readonly [string, boolean])[][] = [[]];
  for (const group of groups.values()) {
    const cases = casesOf(
      group.map(([, part]) => part),
      domain,
    );
    if (!cases || all.length * cases.length > MAX_ASSIGNMENTS) return undefined;
    all = all.flatMap((before) =>
      cases.map((answers) => [
        ...before,
        ...group.map(([text], index) => [text, answers[index] === true] as const),
      ]),
    );
  }
  return all.map((each) => new Map(each));
}

export function assuming(assignment: Assignment): Assume {
  return (part) => assignment.get(print(part));
}

/** For every way in which the conditions can come out together: which of them hold. */
export function outcomesOf(
  trees: readonly Condition[],
  known: Known,
  domain: Domain,
): readonly (readonly boolean[])[] | undefined {
  const parts = new Map<string, Condition>();
  for (const tree of trees) if (chanceOf(tree, known) === undefined) openParts(tree, parts);
  const assignments = assignmentsOf(parts, domain);
  const found = new Map<string, readonly boolean[]>();
  for (const each of assignments ?? []) {
    const holds = trees.map((tree) => chanceOf(tree, known, assuming(each)) === true);
    found.set(holds.join(), holds);
  }
  return assignments && [...found.values()];
}

/** Whether a condition holds, where it may not be either after all: `a || !a` always does. */
export function certainly(tree: Condition, known: Known, domain: Domain): Chance {
  const chance = chanceOf(tree, known);
  if (chance !== undefined || tree.kind === 'read' || tree.kind === 'compare') return chance;
  const outcomes = outcomesOf([tree], known, domain);
  if (outcomes?.length !== 1) return undefined;
  return outcomes[0]?.[0];
}
