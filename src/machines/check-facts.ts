/**
 * Which answers go together: for parts of conditions that compare one path with values, some value must make all of them
 * come out as assumed. A risk cannot be "low" and "high" at once; lists, and parts that read several things, may be anything.
 */
import { evaluate } from './conditions/evaluate.ts';
import { type Condition, childrenOf, type Scalar } from './conditions/tree.ts';
import { readsOf } from './conditions/variables.ts';
import { type Definition, PRINCIPAL_KINDS } from './definition.ts';

/** For each path that the parts compare with values: the values that tell the comparisons apart. */
function valuesIn(parts: readonly Condition[]): Map<string, readonly Scalar[]> {
  const values = new Map<string, Scalar[]>();
  for (const part of parts) {
    const [path, ...others] = readsOf(part);
    if (path === undefined || others.length > 0) continue;
    const near = literalsIn(part).flatMap((each): Scalar[] =>
      typeof each === 'number' ? [each - 1, each, each + 1] : [each],
    );
    values.set(path, [...(values.get(path) ?? []), ...near]);
  }
  return new Map(
    [...values].map(([path, known]) => [path, [...new Set([...known, true, false, '', '\u{1F}other', 0])]]),
  );
}

/** How `part` comes out where its only path has this value. */
function withValue(part: Condition, path: string, value: Scalar): boolean {
  return evaluate(part, nested(path.split('.'), value));
}

/** A path by itself, or compared with a value or a list of values. */
function isSimple(part: Condition): boolean {
  if (part.kind === 'read') return true;
  if (part.kind === 'compare')
    return [part.left, part.right].every(({ kind }) => kind === 'read' || kind === 'literal');
  return part.kind === 'in' && part.item.kind === 'read' && part.list.kind === 'list';
}

/** The values that a path can have, where they are few and declared. */
export type Domain = (path: string) => readonly Scalar[] | undefined;

export function domainOf({ attributes = {} }: Pick<Definition, 'attributes'>): Domain {
  return (path) => {
    if (path === 'authorKind') return PRINCIPAL_KINDS;
    const [head, name = ''] = path.split('.');
    if (head !== 'attributes' || !Object.hasOwn(attributes, name)) return undefined;
    return attributes[name]?.oneOf;
  };
}

/** Past so many parts about one path that are not simple, their combinations are not told apart any more. */
const MAX_FREE = 8;

/** Every way in which parts about one path can come out at once; undefined where there are too many. */
export function casesOf(parts: readonly Condition[], domain: Domain): (readonly boolean[])[] | undefined {
  const [path] = parts.flatMap(readsOf);
  const isAlone = (part: Condition) => isSimple(part) && readsOf(part).length === 1;
  const simple = parts.filter(isAlone);
  const free = parts.length - simple.length;
  if (free > MAX_FREE || path === undefined) return undefined;
  const found = new Map<string, readonly boolean[]>();
  for (const value of domain(path) ?? valuesIn(simple).get(path) ?? [true])
    for (let mask = 0; mask < 2 ** free; mask += 1) {
      let bit = 0;
      const answers = parts.map((part) => {
        if (isAlone(part)) return withValue(part, path, value);
        bit += 1;
        return (mask & (1 << (bit - 1))) !== 0;
      });
      found.set(answers.join(), answers);
    }
  return [...found.values()];
}

function literalsIn(node: Condition): Scalar[] {
  if (node.kind === 'literal') return [node.value];
  if (node.kind === 'list') return [...node.items];
  return childrenOf(node).flatMap(literalsIn);
}

function nested(path: readonly string[], value: Scalar): Record<string, unknown> {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Record<string, unknown>;
}
