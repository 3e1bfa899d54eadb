/**
 * The value of a condition. Total: for any tree within the limits and any environment it gives true or false, in at most
 * `costOf` steps, and never throws (as long as the given functions never do). It runs as a guard on every event, so it
 * allocates one frame per quantifier that runs, one array per call and per `filter` outside of `size`, and nothing else.
 *
 * A missing value (undefined or null) counts as the zero of its type: "", 0, false, an empty list. So does a value of a
 * type the place does not expect; a checked environment has none. Sums stop at ±(2^53 - 1).
 */
import { itemTestOf } from './item-test.ts';
import type { Comparison, Condition, Quantifier } from './tree.ts';
import type { FunctionType } from './types.ts';
import { includes, same, testText, textOf, valueFor } from './values.ts';

/** The variables by name; fields below them as plain objects and arrays. */
export type Env = Readonly<Record<string, unknown>>;

/** A declared function together with what it does: pure, total, quick. Arguments that are missing or of another type arrive as the zero of theirs. */
export interface ConditionFunction extends FunctionType {
  readonly run: (args: readonly unknown[]) => unknown;
}

export type Functions = Readonly<Record<string, ConditionFunction>>;

/** An item bound by a quantifier; the quantifier moves `value` from item to item. */
export interface Frame {
  readonly name: string;
  value: unknown;
  readonly outer: Frame | undefined;
}

const NO_FUNCTIONS: Functions = {};
const NOTHING: readonly unknown[] = [];

/** Whether the condition holds. `tree` must have passed `checkCondition` for a scope that describes `env`. */
export function evaluate(tree: Condition, env: Env, functions: Functions = NO_FUNCTIONS): boolean {
  return valueIn(tree, env, undefined, functions) === true;
}

/** The value of any node, with the items bound around it. */
export function valueIn(node: Condition, env: Env, frame: Frame | undefined, functions: Functions): unknown {
  switch (node.kind) {
    case 'literal':
      return node.value;
    case 'read':
      return read(node.path, env, frame);
    case 'compare':
      return compare(
        node.op,
        valueIn(node.left, env, frame, functions),
        valueIn(node.right, env, frame, functions),
      );
    case 'and':
      for (const part of node.parts) if (valueIn(part, env, frame, functions) !== true) return false;
      return true;
    case 'or':
      for (const part of node.parts) if (valueIn(part, env, frame, functions) === true) return true;
      return false;
    case 'not':
      return valueIn(node.of, env, frame, functions) !== true;
    case 'list':
      return node.items;
    case 'in':
      return includes(
        listOf(valueIn(node.list, env, frame, functions)),
        valueIn(node.item, env, frame, functions),
      );
    case 'text':
      return testText(
        node.test,
        textOf(valueIn(node.of, env, frame, functions)),
        textOf(valueIn(node.part, env, frame, functions)),
      );
    case 'exists':
      return firstWhere(node, true, env, frame, functions) >= 0;
    case 'all':
      return firstWhere(node, false, env, frame, functions) < 0;
    case 'size':
      return node.of.kind === 'filter'
        ? count(node.of, env, frame, functions)
        : sizeOf(valueIn(node.of, env, frame, functions));
    case 'sum': {
      const left = numberOf(valueIn(node.left, env, frame, functions));
      const right = numberOf(valueIn(node.right, env, frame, functions));
      return bounded(node.op === '+' ? left + right : left - right);
    }
    case 'filter':
      return filter(node, env, frame, functions);
    case 'call':
      return call(node.name, node.args, env, frame, functions);
  }
}

function read(path: readonly string[], env: Env, frame: Frame | undefined): unknown {
  const head = path[0] ?? '';
  let local = frame;
  while (local !== undefined && local.name !== head) local = local.outer;
  let value = local === undefined ? env[head] : local.value;
  for (let i = 1; i < path.length; i++) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Env)[path[i] ?? ''];
  }
  // A missing field called "constructor" must not find JavaScript's.
  return typeof value === 'function' ? undefined : value;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : NOTHING;
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function bounded(sum: number): number {
  return Math.min(Math.max(sum, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
}

function compare(op: Comparison, left: unknown, right: unknown): boolean {
  switch (op) {
    case '==':
      return same(left, right);
    case '!=':
      return !same(left, right);
    case '<':
      return numberOf(left) < numberOf(right);
    case '<=':
      return numberOf(left) <= numberOf(right);
    case '>':
      return numberOf(left) > numberOf(right);
    case '>=':
      return numberOf(left) >= numberOf(right);
  }
}

/** Items of a list, code points of a text (as CEL counts them). */
function sizeOf(value: unknown): number {
  if (typeof value !== 'string') return listOf(value).length;
  let size = value.length;
  for (let i = 1; i < value.length; i++)
    if ((value.charCodeAt(i) & 0xfc00) === 0xdc00 && (value.charCodeAt(i - 1) & 0xfc00) === 0xd800) size--;
  return size;
}

/** The index of the first item for which the body is true (`wanted`) or is not; -1 where there is none. */
export function firstWhere(
  node: Quantifier,
  wanted: boolean,
  env: Env,
  outer: Frame | undefined,
  functions: Functions,
): number {
  const list = listOf(valueIn(node.list, env, outer, functions));
  if (list.length === 0) return -1;
  const test = itemTestOf(node);
  if (test) {
    for (let i = 0; i < list.length; i++) if (test(list[i]) === wanted) return i;
    return -1;
  }
  const frame: Frame = { name: node.name, value: undefined, outer };
  for (let i = 0; i < list.length; i++) {
    frame.value = list[i];
    if ((valueIn(node.body, env, frame, functions) === true) === wanted) return i;
  }
  return -1;
}

function count(node: Quantifier, env: Env, outer: Frame | undefined, functions: Functions): number {
  const list = listOf(valueIn(node.list, env, outer, functions));
  let found = 0;
  const test = itemTestOf(node);
  if (test) {
    for (let i = 0; i < list.length; i++) if (test(list[i])) found++;
    return found;
  }
  const frame: Frame = { name: node.name, value: undefined, outer };
  for (let i = 0; i < list.length; i++) {
    frame.value = list[i];
    if (valueIn(node.body, env, frame, functions) === true) found++;
  }
  return found;
}

function filter(node: Quantifier, env: Env, outer: Frame | undefined, functions: Functions): unknown[] {
  const frame: Frame = { name: node.name, value: undefined, outer };
  return listOf(valueIn(node.list, env, outer, functions)).filter((item) => {
    frame.value = item;
    return valueIn(node.body, env, frame, functions) === true;
  });
}

/** A function that is not given counts as one that returns nothing. */
function call(
  name: string,
  args: readonly Condition[],
  env: Env,
  frame: Frame | undefined,
  functions: Functions,
): unknown {
  const found = Object.hasOwn(functions, name) ? functions[name] : undefined;
  return found?.run(
    found.args.map((type, index) => {
      const arg = args[index];
      return valueFor(type, arg && valueIn(arg, env, frame, functions));
    }),
  );
}
