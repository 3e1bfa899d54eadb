/**
 * Does a condition fit its scope? Every name is known, every operator gets the types it takes, the result is true or
 * false, and the cost has a bound. What passes can be evaluated on every environment of the scope without a failure.
 */
import { costOf, listType, literalType, localsOf } from './cost.ts';
import { formProblems } from './form.ts';
import { nearest } from './nearest.ts';
import { offsetOf } from './places.ts';
import { print, printScalar } from './print.ts';
import { type Call, type Compare, type Condition, LIMITS, type Problem, type Read } from './tree.ts';
import {
  baseOf,
  type FunctionType,
  inWords,
  isList,
  isOneOf,
  type Locals,
  resolve,
  type Scope,
  type Type,
} from './types.ts';

export { costOf } from './cost.ts';

/** What the check carries along: where it is, and what it found. */
interface Run {
  readonly scope: Scope;
  readonly problems: Problem[];
}

/** Every defect, each with the offset of its node where the tree came from a text. Empty where the condition is good. */
export function checkCondition(tree: Condition, scope: Scope): readonly Problem[] {
  const malformed = formProblems(tree);
  if (malformed.length > 0) return malformed;
  const run: Run = { scope, problems: [] };
  const type = infer(tree, undefined, run);
  if (type && type !== 'bool')
    note(tree, `The condition gives ${inWords(type)}, not true or false; ${adviceFor(type)}.`, run);
  if (run.problems.length > 0) return run.problems;
  const cost = costOf(tree, scope);
  if (cost > LIMITS.steps)
    note(
      tree,
      `The condition may take ${cost} steps; it may take ${LIMITS.steps}. Ask less of each item, or put fewer lists inside each other.`,
      run,
    );
  return run.problems;
}

function note(node: Condition, message: string, { problems }: Run): undefined {
  const offset = offsetOf(node);
  problems.push(offset === undefined ? { message } : { message, offset });
  return undefined;
}

function adviceFor(type: Type): string {
  switch (baseOf(type)) {
    case 'int':
      return 'compare it, for example with ">= 1"';
    case 'string':
      return 'compare it, for example with "=="';
    case 'list':
      return 'test its items with "exists" or "all"';
    default:
      return 'name one of its values';
  }
}

/** The type of a node; undefined where it has a defect, which is then noted already. */
function infer(node: Condition, locals: Locals | undefined, run: Run): Type | undefined {
  switch (node.kind) {
    case 'literal':
      return literalType(node.value);
    case 'list':
      return listLiteral(node, run);
    case 'read':
      return read(node, locals, run);
    case 'not':
      expect(node.of, 'bool', '"!"', locals, run);
      return 'bool';
    case 'and':
    case 'or':
      for (const part of node.parts) expect(part, 'bool', node.kind === 'and' ? '"&&"' : '"||"', locals, run);
      return 'bool';
    case 'compare':
      if (node.op === '==' || node.op === '!=') equality(node, locals, run);
      else for (const side of [node.left, node.right]) expect(side, 'int', `"${node.op}"`, locals, run);
      return 'bool';
    case 'sum':
      for (const side of [node.left, node.right]) expect(side, 'int', `"${node.op}"`, locals, run);
      return 'int';
    case 'in':
      membership(node.item, node.list, locals, run);
      return 'bool';
    case 'text':
      for (const side of [node.of, node.part]) expect(side, 'string', `"${node.test}"`, locals, run);
      return 'bool';
    case 'size': {
      const type = infer(node.of, locals, run);
      if (type && !isList(type) && baseOf(type) !== 'string')
        note(node.of, `"size" counts a text or a list; ${name(node.of)} is ${inWords(type)}.`, run);
      return 'int';
    }
    case 'exists':
    case 'all':
    case 'filter': {
      const type = expect(node.list, 'list', `"${node.kind}"`, locals, run);
      if (Object.hasOwn(run.scope.variables, node.name))
        note(node, `"${node.name}" is a variable already; give the item another name.`, run);
      expect(node.body, 'bool', `"${node.kind}"`, localsOf(node, run.scope, locals), run);
      return node.kind === 'filter' ? type : 'bool';
    }
    case 'call':
      return call(node, locals, run);
  }
}

/** The node's type where it has the wanted base. */
function expect(
  node: Condition,
  wanted: 'bool' | 'int' | 'string' | 'list',
  user: string,
  locals: Locals | undefined,
  run: Run,
): Type | undefined {
  const type = infer(node, locals, run);
  if (!type || baseOf(type) === wanted) return type;
  const wish = wanted === 'list' ? 'a list' : inWords(wanted);
  return note(node, `${user} takes ${wish}; ${name(node)} is ${inWords(type)}.`, run);
}

/** How a node is called in a message. */
function name(node: Condition): string {
  const text = print(node);
  const short = text.length > 60 ? `${text.slice(0, 59)}…` : text;
  return node.kind === 'literal' && typeof node.value === 'string' ? short : `"${short}"`;
}

function listLiteral(node: Condition & { kind: 'list' }, run: Run): Type | undefined {
  const type = literalType(node.items[0]);
  if (type === undefined) return note(node, 'The list is empty, so nothing is in it; write "false".', run);
  if (node.items.some((item) => literalType(item) !== type))
    return note(node, `The list ${print(node)} mixes types; its items must all be ${inWords(type)}.`, run);
  return { list: type, max: node.items.length };
}

function read(node: Read, locals: Locals | undefined, run: Run): Type | undefined {
  const { path } = node;
  const resolution = resolve(path, run.scope, locals);
  if (resolution.found) return resolution.type;
  const { at, holder, known } = resolution;
  const before = path.slice(0, at);
  const wrong = path.slice(0, at + 1).join('.');
  if (holder && known.length === 0)
    return note(
      node,
      `There is no "${wrong}": "${before.join('.')}" is ${inWords(holder)}, without fields.`,
      run,
    );
  const whole = (name: string) => quoted([...before, name].join('.'));
  const near = nearest(path[at] ?? '', known).map(whole);
  if (near.length > 0) return note(node, `There is no "${wrong}"; did you mean ${either(near)}?`, run);
  const all = known.length === 0 ? 'nothing is declared' : `known here: ${few(known.map(whole), ', ')}`;
  return note(node, `There is no "${wrong}"; ${all}.`, run);
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function either(options: readonly string[]): string {
  if (options.length < 2) return options.join('');
  return `${options.slice(0, -1).join(', ')} or ${options.at(-1)}`;
}

const MAX_NAMED = 8;

/** The first names of many. */
function few(names: readonly string[], separator: string): string {
  if (names.length <= MAX_NAMED) return names.join(separator);
  return `${names.slice(0, MAX_NAMED).join(separator)} and ${names.length - MAX_NAMED} more`;
}

function equality(node: Compare, locals: Locals | undefined, run: Run): void {
  const left = infer(node.left, locals, run);
  const right = infer(node.right, locals, run);
  if (!left || !right) return;
  for (const [side, type] of [
    [node.left, left],
    [node.right, right],
  ] as const) {
    const advice = baseOf(type) === 'list' ? 'use "in", "exists" or "all"' : 'name one of its values';
    if (baseOf(type) === 'list' || baseOf(type) === 'record') {
      note(side, `"${node.op}" compares single values; ${name(side)} is ${inWords(type)}: ${advice}.`, run);
      return;
    }
  }
  if (baseOf(left) !== baseOf(right))
    note(
      node,
      `"${node.op}" compares values of one type; ${name(node.left)} is ${inWords(left)} and ${name(node.right)} is ${inWords(right)}.`,
      run,
    );
  else
    meet(
      { node: node.left, type: left, subject: name(node.left) },
      { node: node.right, type: right, subject: name(node.right) },
      run,
    );
}

interface Side {
  readonly node: Condition;
  readonly type: Type;
  /** How the value is called in a message. */
  readonly subject: string;
}

/** Two texts that are compared must have a value in common. */
function meet(left: Side, right: Side, run: Run): void {
  impossible(left, right.node, run);
  impossible(right, left.node, run);
  if (!isOneOf(left.type) || !isOneOf(right.type)) return;
  const { oneOf } = left.type;
  if (!right.type.oneOf.some((value) => oneOf.includes(value)))
    note(right.node, `${left.subject} and ${right.subject} have no value in common.`, run);
}

/** Notes every literal on one side that the variable on the other side can never be. */
function impossible({ type, subject }: Pick<Side, 'type' | 'subject'>, other: Condition, run: Run): void {
  if (!isOneOf(type)) return;
  const { oneOf } = type;
  const literals = other.kind === 'literal' ? [other.value] : other.kind === 'list' ? other.items : [];
  const allowed = oneOf.length > MAX_NAMED ? few(oneOf.map(quoted), ', ') : either(oneOf.map(quoted));
  for (const value of literals)
    if (typeof value === 'string' && !oneOf.includes(value))
      note(other, `${subject} is never ${printScalar(value)}; it can be ${allowed}.`, run);
}

function membership(item: Condition, list: Condition, locals: Locals | undefined, run: Run): void {
  const itemType = infer(item, locals, run);
  const type = expect(list, 'list', '"in"', locals, run);
  const element = listType(list, run.scope, locals)?.list;
  if (!itemType || !type || !element) return;
  const base = baseOf(itemType);
  if (base === 'list' || base === 'record' || base !== baseOf(element))
    note(
      item,
      `"in" looks for one item; ${name(item)} is ${inWords(itemType)}, an item is ${inWords(element)}.`,
      run,
    );
  else
    meet(
      { node: item, type: itemType, subject: name(item) },
      { node: list, type: element, subject: `An item of ${name(list)}` },
      run,
    );
}

function call(node: Call, locals: Locals | undefined, run: Run): Type | undefined {
  const { functions = {} } = run.scope;
  const declared = Object.hasOwn(functions, node.name) ? functions[node.name] : undefined;
  const types = node.args.map((arg) => infer(arg, locals, run));
  if (!declared) {
    const near = nearest(node.name, Object.keys(functions)).map(quoted);
    const advice = near.length > 0 ? `did you mean ${either(near)}?` : knownFunctions(Object.keys(functions));
    return note(node, `There is no function "${node.name}"; ${advice}`, run);
  }
  if (types.length === declared.args.length) checkArgs(node, types, declared, run);
  else note(node, `"${node.name}" takes ${declared.args.length} values, not ${types.length}.`, run);
  return declared.result;
}

function knownFunctions(names: readonly string[]): string {
  return names.length > 0 ? `known: ${few(names.map(quoted), ', ')}.` : 'this scope declares none.';
}

function checkArgs(node: Call, types: readonly (Type | undefined)[], declared: FunctionType, run: Run): void {
  for (const [index, type] of types.entries()) {
    const wanted = declared.args[index];
    const arg = node.args[index];
    if (!type || !wanted || !arg) continue;
    if (!fits(type, wanted))
      note(arg, `"${node.name}" takes ${inWords(wanted)} here; ${name(arg)} is ${inWords(type)}.`, run);
    else if (isOneOf(wanted))
      impossible({ type: wanted, subject: `Value ${index + 1} of "${node.name}"` }, arg, run);
  }
}

/** Same shape; allowed values are compared only where literals stand. */
function fits(type: Type, wanted: Type): boolean {
  if (isList(type) && isList(wanted)) return type.max <= wanted.max && fits(type.list, wanted.list);
  if (typeof type === 'object' && typeof wanted === 'object' && 'record' in type && 'record' in wanted)
    return Object.entries(wanted.record).every(([field, inner]) => {
      const own = Object.hasOwn(type.record, field) ? type.record[field] : undefined;
      return own !== undefined && fits(own, inner);
    });
  return baseOf(type) === baseOf(wanted);
}
