/**
 * The bound of an evaluation, from the tree and the declared maxima alone: one step per node that is visited and per
 * item that is compared, more where a node takes longer than others. Nothing an environment holds can make an evaluation take more.
 */
import type { Condition, Quantifier } from './tree.ts';
import { isList, type Locals, resolve, type Scope, type Type } from './types.ts';

/** What takes longer than a step: counting the characters of a text, and preparing the search for one that is not written out. */
const SLOW = { size: 4, search: 12 } as const;

/** The most steps `evaluate` may take on an environment of this scope; without a scope's types a list counts as empty. */
export function costOf(tree: Condition, scope: Scope): number {
  return cost(tree, scope, undefined);
}

function cost(node: Condition, scope: Scope, locals: Locals | undefined): number {
  const of = (child: Condition) => cost(child, scope, locals);
  const most = (child: Condition) => listType(child, scope, locals)?.max ?? 0;
  const total = (nodes: readonly Condition[]) => nodes.reduce((sum, child) => sum + of(child), 1);
  switch (node.kind) {
    case 'literal':
    case 'list':
    case 'read':
      return 1;
    case 'not':
      return 1 + of(node.of);
    case 'size':
      return 1 + of(node.of) + (listType(node.of, scope, locals) ? 0 : SLOW.size);
    case 'and':
    case 'or':
      return total(node.parts);
    case 'compare':
    case 'sum':
      return 1 + of(node.left) + of(node.right);
    case 'text':
      return (
        1 +
        of(node.of) +
        of(node.part) +
        (node.test === 'contains' && node.part.kind !== 'literal' ? SLOW.search : 0)
      );
    case 'in':
      return 1 + of(node.item) + of(node.list) + most(node.list);
    case 'exists':
    case 'all':
    case 'filter':
      return 1 + of(node.list) + most(node.list) * cost(node.body, scope, localsOf(node, scope, locals));
    case 'call':
      // A function may look at every item it is given, once.
      return total(node.args) + node.args.reduce((sum, arg) => sum + most(arg), 0);
  }
}

/** The names inside the body of a quantifier. */
export function localsOf(node: Quantifier, scope: Scope, outer: Locals | undefined): Locals {
  return { name: node.name, type: listType(node.list, scope, outer)?.list, outer };
}

/** The type of a node that gives a list; undefined for all others. */
export function listType(
  node: Condition,
  scope: Scope,
  locals: Locals | undefined,
): { readonly list: Type | undefined; readonly max: number } | undefined {
  switch (node.kind) {
    case 'list':
      return { list: literalType(node.items[0]), max: node.items.length };
    case 'filter':
      return listType(node.list, scope, locals);
    case 'read': {
      const resolution = resolve(node.path, scope, locals);
      return resolution.found && isList(resolution.type) ? resolution.type : undefined;
    }
    case 'call': {
      const { functions = {} } = scope;
      const result = Object.hasOwn(functions, node.name) ? functions[node.name]?.result : undefined;
      return isList(result) ? result : undefined;
    }
    default:
      return undefined;
  }
}

/** The type of a literal; undefined for the item an empty list does not have. */
export function literalType(value: boolean | number | string | undefined): Type | undefined {
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'number':
      return 'int';
    case 'string':
      return 'string';
    default:
      return undefined;
  }
}
