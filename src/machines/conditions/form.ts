/**
 * Is a tree one that the text form can say? Text always gives such trees; a builder's tree may hold a fraction, a path
 * with a hole in it, or too many layers. What passes here prints to a text that parses to the same tree.
 */
import { offsetOf } from './places.ts';
import { print } from './print.ts';
import { isRefusedCall } from './refusals.ts';
import { type Condition, childrenOf, LIMITS, type Problem, type Scalar } from './tree.ts';

/** Words of CEL that cannot be names anywhere, and those that cannot start a path. */
const KEYWORDS = new Set(['true', 'false', 'null', 'in', '__proto__']);
const RESERVED = new Set(
  'as break const continue else for function if import let loop package namespace return var void while prototype'.split(
    ' ',
  ),
);
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const MAX_SEGMENTS = 16;

/** Whether an author may use this word as the name of a variable, an item or a function. */
export function isName(word: string): boolean {
  return isField(word) && !RESERVED.has(word);
}

/** Whether an author may use this word as a field behind a dot. */
export function isField(word: string): boolean {
  return NAME.test(word) && !KEYWORDS.has(word);
}

/** Defects of form, empty where the tree can be printed and parsed again. */
export function formProblems(tree: Condition): readonly Problem[] {
  if (isDeeperThan(tree, LIMITS.depth)) return [tooDeep(offsetOf(tree))];
  const problems: Problem[] = [];
  visit(tree, problems);
  if (problems.length > 0) return problems;
  const { length } = print(tree);
  return length > LIMITS.text ? [tooLong(length)] : [];
}

export function tooDeep(offset?: number): Problem {
  const message = `The condition is nested more than ${LIMITS.depth} levels deep; split it into several conditions.`;
  return offset === undefined ? { message } : { message, offset };
}

export function tooLong(length: number): Problem {
  return {
    message: `The condition has ${length} characters; it may have ${LIMITS.text}. Split it into several conditions.`,
    offset: 0,
  };
}

/** Stops at the limit, so that no tree is too deep for it. */
function isDeeperThan(node: Condition, limit: number): boolean {
  if (limit === 0) return true;
  return childrenOf(node).some((child) => isDeeperThan(child, limit - 1));
}

function visit(node: Condition, problems: Problem[]): void {
  const message = defectOf(node);
  if (message !== undefined) {
    const offset = offsetOf(node);
    problems.push(offset === undefined ? { message } : { message, offset });
  }
  for (const child of childrenOf(node)) visit(child, problems);
}

function defectOf(node: Condition): string | undefined {
  switch (node.kind) {
    case 'literal':
      return defectOfScalar(node.value);
    case 'list':
      return node.items.map(defectOfScalar).find((defect) => defect !== undefined);
    case 'read':
      return defectOfPath(node.path);
    case 'and':
    case 'or':
      if (node.parts.length < 2) return `"${node.kind}" joins two or more conditions; this one has fewer.`;
      return node.parts.some(({ kind }) => kind === node.kind)
        ? `"${node.kind}" holds another "${node.kind}"; put their parts into one.`
        : undefined;
    case 'exists':
    case 'all':
    case 'filter':
      return isName(node.name) ? undefined : notAName(node.name);
    case 'call':
      if (node.name === 'size' || isRefusedCall(node.name))
        return `"${node.name}" cannot be the name of a function; choose another.`;
      return isName(node.name) ? undefined : notAName(node.name);
    default:
      return undefined;
  }
}

function defectOfScalar(value: Scalar): string | undefined {
  if (typeof value === 'number' && (!Number.isSafeInteger(value) || Object.is(value, -0)))
    return `${Object.is(value, -0) ? '-0' : value} is not a whole number between -(2^53 - 1) and 2^53 - 1.`;
  if (typeof value === 'string' && !value.isWellFormed())
    return `The text ${JSON.stringify(value)} holds half a character (a lone surrogate); remove it.`;
  return undefined;
}

function defectOfPath(path: readonly string[]): string | undefined {
  const [head = '', ...rest] = path;
  if (path.length > MAX_SEGMENTS) return `"${path.join('.')}" has more than ${MAX_SEGMENTS} parts.`;
  if (!isName(head)) return notAName(head);
  const wrong = rest.find((segment) => !isField(segment));
  return wrong === undefined ? undefined : notAName(wrong);
}

function notAName(word: string): string {
  return KEYWORDS.has(word) || RESERVED.has(word)
    ? `"${word}" is a word CEL keeps for itself; choose another name.`
    : `"${word}" is not a name; names are letters, digits and "_" and start with no digit.`;
}
