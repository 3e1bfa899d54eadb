/**
 * How the parts of conditions can come out at once: what compares one attribute goes together ("low" and "high" exclude each
 * other), and what reads several things may be anything. Where there are too many ways, nothing is said.
 */
import type { Assume } from './check-chance.ts';
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
