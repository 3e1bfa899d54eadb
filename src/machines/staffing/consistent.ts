/** Whether a change can be as a way takes it to be: a risk cannot be "low" and "high" at once. */
import { evaluate } from '../conditions/evaluate.ts';
import { type Condition, childrenOf, type Scalar } from '../conditions/tree.ts';
import { readsOf } from '../conditions/variables.ts';
import type { Definition } from '../definition.ts';
import type { Literal } from './asks.ts';
import type { Way } from './way.ts';

/** False only where it is certain: conditions about several facts, and lists, are not compared. */
export function consistent(way: Way, definition: Definition): boolean {
  const about = new Map<string, Literal[]>();
  for (const demand of way.values()) {
    if (demand.kind !== 'fact' && demand.kind !== 'author') continue;
    const [path, ...others] = readsOf(demand.literal.tree);
    if (path === undefined || others.length > 0) continue;
    about.set(path, [...(about.get(path) ?? []), demand.literal]);
  }
  return [...about].every(([path, literals]) => literals.length < 2 || hasValue(path, literals, definition));
}

function hasValue(path: string, literals: readonly Literal[], { attributes = {} }: Definition): boolean {
  const [root, name = ''] = path.split('.');
  const attribute = root === 'attributes' && Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  if (attribute?.type === 'list') return true;
  const said = literals.flatMap(({ tree }) => scalarsIn(tree));
  const values: readonly Scalar[] = attribute?.oneOf ?? [
    ...said.flatMap((each): Scalar[] => (typeof each === 'number' ? [each - 1, each, each + 1] : [each])),
    true,
    false,
    '',
    '\u{1F}other',
  ];
  const holdsFor = (value: Scalar) =>
    literals.every(({ tree, holds }) => evaluate(tree, nested(path.split('.'), value)) === holds);
  // Sizes and tests of texts have values that nobody wrote down.
  return values.some(holdsFor) || literals.some(({ tree }) => !isPlain(tree));
}

function isPlain(tree: Condition): boolean {
  return ['read', 'compare', 'in'].includes(tree.kind) && childrenOf(tree).every(isLeaf);
}

function isLeaf({ kind }: Condition): boolean {
  return kind === 'read' || kind === 'literal' || kind === 'list';
}

function scalarsIn(node: Condition): Scalar[] {
  if (node.kind === 'literal') return [node.value];
  if (node.kind === 'list') return [...node.items];
  return childrenOf(node).flatMap(scalarsIn);
}

function nested(path: readonly string[], value: Scalar): Record<string, unknown> {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Record<string, unknown>;
}
