/**
 * Why a condition came out as it did, in people's words and as few as decide it: of an `&&` that failed only the parts
 * that failed, of an `||` that held only the first part that held, of an `exists` only the first item that fits. The
 * values come from the same evaluator that decided.
 */
import { type Env, evaluate, type Functions, firstWhere, listOf, valueIn } from './evaluate.ts';
import { print } from './print.ts';
import { atItem, type Situation } from './situation.ts';
import type { Call, Compare, Comparison, Condition, Membership, Quantifier, Text } from './tree.ts';
import { clip, orderInWords, shown, subjectOf, textTestInWords } from './words.ts';

const MAX_FACTS = 8;
const MAX_LENGTH = 200;

/** The facts that decided, at least one and at most nine, each at most 200 characters. */
export function explain(tree: Condition, env: Env, functions: Functions = {}): readonly string[] {
  const situation: Situation = { env, functions, frame: undefined, items: new Map() };
  const all = facts(tree, evaluate(tree, env, functions), situation);
  const distinct = [...new Set(all)].map((fact) => clip(fact, MAX_LENGTH));
  if (distinct.length <= MAX_FACTS) return distinct;
  return [...distinct.slice(0, MAX_FACTS), `and ${distinct.length - MAX_FACTS} more reasons`];
}

/** `holds` is what the node was evaluated to. */
function facts(node: Condition, holds: boolean, situation: Situation): readonly string[] {
  switch (node.kind) {
    case 'literal':
      return [holds ? 'always true' : 'always false'];
    case 'not':
      return facts(node.of, !holds, situation);
    case 'and':
    case 'or': {
      const deciding =
        (node.kind === 'and') === holds ? node.parts : decidingParts(node.parts, holds, situation);
      return deciding.flatMap((part) => facts(part, holds, situation));
    }
    case 'compare':
      return [comparison(node, holds, situation)];
    case 'in':
      return [membership(node, holds, situation)];
    case 'text':
      return [text(node, holds, situation)];
    case 'exists':
      return holds ? witness(node, situation) : [none(node, situation)];
    case 'all':
      return holds ? [each(node, situation)] : exception(node, situation);
    case 'call':
      return [call(node, holds, situation)];
    default:
      return [`${subjectOf(node, situation)} is ${shown(value(node, situation))}`];
  }
}

function value(node: Condition, { env, frame, functions }: Situation): unknown {
  return valueIn(node, env, frame, functions);
}

/** All parts that made an `&&` false; the first one that made an `||` true. */
function decidingParts(
  parts: readonly Condition[],
  holds: boolean,
  situation: Situation,
): readonly Condition[] {
  const decides = (part: Condition) => (value(part, situation) === true) === holds;
  return holds ? parts.filter(decides).slice(0, 1) : parts.filter(decides);
}

const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

function comparison(node: Compare, holds: boolean, situation: Situation): string {
  // People say what the variable is, on whichever side the literal stands.
  const isMirrored = node.left.kind === 'literal' && node.right.kind !== 'literal';
  const [left, right] = isMirrored ? [node.right, node.left] : [node.left, node.right];
  const op = isMirrored ? MIRRORED[node.op] : node.op;
  const start = `${subjectOf(left, situation)} is ${shown(value(left, situation))}`;
  const isLiteral = right.kind === 'literal';
  const other = shown(value(right, situation));
  const target = isLiteral ? other : `${subjectOf(right, situation)} (${other})`;
  if (op !== '==' && op !== '!=') return `${start}, ${holds ? '' : 'not '}${orderInWords(op)} ${target}`;
  if ((op === '==') !== holds) return `${start}, not ${target}`;
  return isLiteral ? start : `${start}, like ${subjectOf(right, situation)}`;
}

function membership({ item, list }: Membership, holds: boolean, situation: Situation): string {
  const found = shown(value(item, situation));
  const all = shown(value(list, situation));
  const where = subjectOf(list, situation);
  if (item.kind === 'literal')
    return holds ? `${where} contains ${found}` : `${where} does not contain ${found} (${all})`;
  const range = list.kind === 'list' ? all : `${where} (${all})`;
  return `${subjectOf(item, situation)} is ${found}, ${holds ? '' : 'not '}one of ${range}`;
}

function text({ test, of, part }: Text, holds: boolean, situation: Situation): string {
  const verb = textTestInWords(test, holds);
  const wanted =
    part.kind === 'literal'
      ? shown(part.value)
      : `${subjectOf(part, situation)} (${shown(value(part, situation))})`;
  const actual = shown(value(of, situation));
  const subject = subjectOf(of, situation);
  return holds ? `${subject} ${verb} ${wanted} (${actual})` : `${subject} is ${actual}, ${verb} ${wanted}`;
}

/** The folder (or file) a quantifier asks for, where it asks whether files lie in one. */
function touched({ list, name, body }: Quantifier, situation: Situation): string | undefined {
  const isFiles = list.kind === 'read' && ['files', 'paths'].includes(list.path.at(-1) ?? '');
  if (!isFiles || body.kind !== 'text' || body.test !== 'startsWith') return undefined;
  if (body.of.kind !== 'read' || body.of.path.length !== 1 || body.of.path[0] !== name) return undefined;
  return body.part.kind === 'literal' ? shown(value(body.part, situation)) : undefined;
}

/** The first item for which the body holds. */
function witness(node: Quantifier, situation: Situation): readonly string[] {
  const { env, frame, functions } = situation;
  const item = listOf(value(node.list, situation))[firstWhere(node, true, env, frame, functions)];
  const folder = touched(node, situation);
  if (folder !== undefined) return [`touches ${folder} (${shown(item)})`];
  const called = `one of ${subjectOf(node.list, situation)}`;
  return facts(node.body, true, atItem(situation, node.name, item, called));
}

/** The first item for which the body does not hold. */
function exception(node: Quantifier, situation: Situation): readonly string[] {
  const { env, frame, functions } = situation;
  const item = listOf(value(node.list, situation))[firstWhere(node, false, env, frame, functions)];
  const called = `one of ${subjectOf(node.list, situation)}`;
  return facts(node.body, false, atItem(situation, node.name, item, called));
}

function none(node: Quantifier, situation: Situation): string {
  const list = subjectOf(node.list, situation);
  if (listOf(value(node.list, situation)).length === 0) return `${list} is empty`;
  const folder = touched(node, situation);
  return folder === undefined ? `none of ${list} ${predicate(node)}` : `touches nothing in ${folder}`;
}

function each(node: Quantifier, situation: Situation): string {
  const list = subjectOf(node.list, situation);
  const isEmpty = listOf(value(node.list, situation)).length === 0;
  return isEmpty ? `${list} is empty` : `each of ${list} ${predicate(node)}`;
}

/** What is said of every item alike: in words where it is simple, else as it is written. */
function predicate({ name, body }: Quantifier): string {
  const isItem = (node: Condition) => node.kind === 'read' && node.path.length === 1 && node.path[0] === name;
  if (body.kind === 'text' && isItem(body.of) && body.part.kind === 'literal')
    return `${textTestInWords(body.test, true)} ${shown(body.part.value)}`;
  if (body.kind === 'compare' && isItem(body.left) && body.right.kind === 'literal') {
    const target = shown(body.right.value);
    if (body.op === '==') return `is ${target}`;
    return body.op === '!=' ? `is not ${target}` : `is ${orderInWords(body.op)} ${target}`;
  }
  return `fits ${print(body)}`;
}

function call(node: Call, holds: boolean, situation: Situation): string {
  const args = node.args.map((arg) => shown(value(arg, situation)));
  return `${node.name}(${args.join(', ')}) is ${holds}`;
}
