/**
 * Conditions written in TypeScript: small functions that give the same trees as the text. A subject is a path
 * (`'attributes.risk'`) or a node; a value is a literal or a node. `typed.ts` is the same over declared variables.
 */
import {
  type Comparison,
  type Condition,
  childrenOf,
  type Junction,
  type Literal,
  type Scalar,
  type TextTest,
} from './tree.ts';

export type Subject = string | Condition;
export type Operand = Scalar | Condition;

/** A test of one item of a list. */
export type Test = (item: Condition) => Condition;

/** The value at a path, or the field of an item: `at('attributes.limit')`, `at(vote, 'by')`. */
export function at(subject: Subject, ...fields: readonly string[]): Condition {
  const node = subjectNode(subject);
  return node.kind === 'read' && fields.length > 0 ? { ...node, path: [...node.path, ...fields] } : node;
}

export function literal(value: Scalar): Literal {
  return { kind: 'literal', value };
}

function subjectNode(subject: Subject): Condition {
  return typeof subject === 'string' ? { kind: 'read', path: subject.split('.') } : subject;
}

function operandNode(operand: Operand): Condition {
  return typeof operand === 'object' ? operand : literal(operand);
}

function compare(left: Subject, op: Comparison, right: Operand): Condition {
  return { kind: 'compare', op, left: subjectNode(left), right: operandNode(right) };
}

export const is = (subject: Subject, value: Operand): Condition => compare(subject, '==', value);
export const isNot = (subject: Subject, value: Operand): Condition => compare(subject, '!=', value);
export const lessThan = (subject: Subject, value: Operand): Condition => compare(subject, '<', value);
export const atMost = (subject: Subject, value: Operand): Condition => compare(subject, '<=', value);
export const moreThan = (subject: Subject, value: Operand): Condition => compare(subject, '>', value);
export const atLeast = (subject: Subject, value: Operand): Condition => compare(subject, '>=', value);

/** A variable that is true or false by itself. */
export const holds = (subject: Subject): Condition => subjectNode(subject);

/** The subject is one of the values. */
export function isOneOf(subject: Subject, values: readonly Scalar[] | Condition): Condition {
  const list: Condition = 'kind' in values ? values : { kind: 'list', items: values };
  return { kind: 'in', item: subjectNode(subject), list };
}

/** The list has the item. */
export function includes(list: Subject, item: Operand): Condition {
  return { kind: 'in', item: operandNode(item), list: subjectNode(list) };
}

/** All of them hold; with none, always true. */
export const all = (...parts: readonly Condition[]): Condition => join('and', parts);

/** At least one of them holds; with none, always false. */
export const any = (...parts: readonly Condition[]): Condition => join('or', parts);

function join(kind: Junction['kind'], parts: readonly Condition[]): Condition {
  const flat = parts.flatMap((part) => (part.kind === kind ? part.parts : [part]));
  const [only] = flat;
  if (only && flat.length === 1) return only;
  return only ? { kind, parts: flat } : literal(kind === 'and');
}

export const not = (of: Condition): Condition => ({ kind: 'not', of });

/** `startsWith('auth/')` tests an item, `startsWith('attributes.branch', 'release/')` a variable. */
export const startsWith: TextTester = tester('startsWith');
export const endsWith: TextTester = tester('endsWith');
export const contains: TextTester = tester('contains');

export interface TextTester {
  (part: Operand): Test;
  (subject: Subject, part: Operand): Condition;
}

function tester(test: TextTest): TextTester {
  function make(part: Operand): Test;
  function make(subject: Subject, part: Operand): Condition;
  function make(first: Operand, second?: Operand): Test | Condition {
    const text = (of: Condition, part: Operand): Condition => ({
      kind: 'text',
      test,
      of,
      part: operandNode(part),
    });
    if (second === undefined) return (item) => text(item, first);
    return text(
      typeof first === 'object' || typeof first === 'string' ? subjectNode(first) : literal(first),
      second,
    );
  }
  return make;
}

/** At least one item passes. `name` is what the item is called in the text; by default `it`. */
export function some(list: Subject, test: Test, name?: string): Condition {
  return quantifier('exists', list, test, name);
}

/** Every item passes; true for an empty list. */
export function every(list: Subject, test: Test, name?: string): Condition {
  return quantifier('all', list, test, name);
}

/** How many items (that pass), or how many characters. */
export function count(subject: Subject, test?: Test, name?: string): Condition {
  return { kind: 'size', of: test ? quantifier('filter', subject, test, name) : subjectNode(subject) };
}

function quantifier(kind: 'exists' | 'all' | 'filter', list: Subject, test: Test, name?: string): Condition {
  const bodyFor = (item: string) => test({ kind: 'read', path: [item] });
  // Where the body binds the same name, its own quantifier would hide this item.
  let item = name ?? 'it';
  for (let next = 2; name === undefined && binds(bodyFor(item), item); next++) item = `it${next}`;
  return { kind, list: subjectNode(list), name: item, body: bodyFor(item) };
}

function binds(node: Condition, name: string): boolean {
  if ('name' in node && node.kind !== 'call' && node.name === name) return true;
  return childrenOf(node).some((child) => binds(child, name));
}

export const plus = (left: Subject, right: Operand): Condition => sum('+', left, right);
export const minus = (left: Subject, right: Operand): Condition => sum('-', left, right);

function sum(op: '+' | '-', left: Subject, right: Operand): Condition {
  return { kind: 'sum', op, left: subjectNode(left), right: operandNode(right) };
}

/** A function the scope declares. */
export function call(name: string, ...args: readonly Operand[]): Condition {
  return { kind: 'call', name, args: args.map(operandNode) };
}
