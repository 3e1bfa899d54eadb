/**
 * The canonical text of a condition: parentheses only where they are needed, double quotes, one space around operators.
 * Comparisons inside comparisons always get parentheses, since CEL and the parser we use order them differently.
 */
import type { Condition, Scalar } from './tree.ts';

/** How tightly each kind binds; a node that binds less than its place asks for gets parentheses. */
const OR = 1;
const AND = 2;
const COMPARE = 3;
const SUM = 4;
const UNARY = 5;
const POSTFIX = 6;

/** Parses to an equal tree, for every tree of good form (`form.ts`). */
export function print(node: Condition): string {
  return printAt(node, 0);
}

/** A literal as an author would write it. */
export function printScalar(value: Scalar): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function printAt(node: Condition, least: number): string {
  const text = printBare(node);
  return bindingOf(node) < least ? `(${text})` : text;
}

function printBare(node: Condition): string {
  switch (node.kind) {
    case 'literal':
      return printScalar(node.value);
    case 'list':
      return `[${node.items.map(printScalar).join(', ')}]`;
    case 'read':
      return node.path.join('.');
    case 'not':
      return `!${printAt(node.of, UNARY)}`;
    case 'and':
      return node.parts.map((part) => printAt(part, COMPARE)).join(' && ');
    case 'or':
      return node.parts.map((part) => printAt(part, AND)).join(' || ');
    case 'compare':
      return `${printAt(node.left, SUM)} ${node.op} ${printAt(node.right, SUM)}`;
    case 'in':
      return `${printAt(node.item, SUM)} in ${printAt(node.list, SUM)}`;
    case 'sum':
      return `${printAt(node.left, SUM)} ${node.op} ${printAt(node.right, UNARY)}`;
    case 'text':
      return `${printAt(node.of, POSTFIX)}.${node.test}(${print(node.part)})`;
    case 'size':
      return `size(${print(node.of)})`;
    case 'exists':
    case 'all':
    case 'filter':
      return `${printAt(node.list, POSTFIX)}.${node.kind}(${node.name}, ${print(node.body)})`;
    case 'call':
      return `${node.name}(${node.args.map(print).join(', ')})`;
  }
}

function bindingOf(node: Condition): number {
  switch (node.kind) {
    case 'or':
      return OR;
    case 'and':
      return AND;
    case 'compare':
    case 'in':
      return COMPARE;
    case 'sum':
      return SUM;
    case 'not':
      return UNARY;
    case 'literal':
      return typeof node.value === 'number' ? UNARY : POSTFIX;
    default:
      return POSTFIX;
  }
}
