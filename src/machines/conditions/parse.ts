/**
 * Text to tree. The grammar is CEL's (https://github.com/google/cel-spec); a parser for all of CEL reads it, and this
 * file keeps the part whose cost is bounded and refuses the rest with a sentence. Nothing is evaluated here.
 */
import { type ASTNode, ParseError, parse as parseCel } from '@marcbachmann/cel-js';
import { formProblems, tooDeep, tooLong } from './form.ts';
import { rememberOffset } from './places.ts';
import {
  REFUSED_CHAIN,
  REFUSED_FIELD,
  REFUSED_LIST,
  REFUSED_OPERATORS,
  refusalOfCall,
  refusalOfLiteral,
  refusalOfMethod,
} from './refusals.ts';
import { syntaxProblem } from './syntax.ts';
import { type Condition, LIMITS, type Problem, type Scalar } from './tree.ts';

export type Parsed =
  | { readonly ok: true; readonly tree: Condition }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** What the conversion carries along: the text, and the problems found so far. */
interface Run {
  readonly text: string;
  readonly problems: Problem[];
}

/** The tree of a text, or every construct in it that conditions do not have. Never throws. */
export function parseCondition(text: string): Parsed {
  if (text.length > LIMITS.text) return { ok: false, problems: [tooLong(text.length)] };
  if (text.trim() === '')
    return {
      ok: false,
      problems: [{ message: 'The condition is empty; write "true" if it always holds.', offset: 0 }],
    };
  const run: Run = { text, problems: [] };
  let ast: ASTNode;
  try {
    ast = parseCel(text).ast;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { ok: false, problems: [syntaxProblem(error, text)] };
  }
  const tree = convert(ast, 1, run);
  if (!tree || run.problems.length > 0) return { ok: false, problems: run.problems };
  const problems = formProblems(tree);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, tree };
}

/** Undefined where a problem was noted. */
function convert(ast: ASTNode, depth: number, run: Run): Condition | undefined {
  if (depth > LIMITS.depth) {
    // One is enough: the siblings of something too deep are too deep as well.
    if (!run.problems.some(({ message }) => message === tooDeep().message))
      run.problems.push(tooDeep(ast.start));
    return undefined;
  }
  const node = convertBare(ast, depth, run);
  return node && rememberOffset(node, ast.start);
}

function refuse(message: string, ast: ASTNode, run: Run): undefined {
  run.problems.push({ message, offset: ast.start });
  return undefined;
}

function convertBare(ast: ASTNode, depth: number, run: Run): Condition | undefined {
  switch (ast.op) {
    case 'value': {
      const value = scalarOf(ast, run);
      return value === undefined ? undefined : { kind: 'literal', value };
    }
    case 'list':
      return list(ast.args, run);
    case 'id':
      return { kind: 'read', path: [ast.args] };
    case '.':
      return path(ast, run);
    case '!_': {
      const of = convert(ast.args, depth + 1, run);
      return of && { kind: 'not', of };
    }
    case '-_': {
      const value = scalarOf(ast, run);
      return value === undefined ? undefined : { kind: 'literal', value };
    }
    case '&&':
    case '||':
      return junction(ast, depth, run);
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case 'in':
    case '+':
    case '-':
      return binary(ast.op, ast.args, depth, run);
    case 'call':
      return call(ast, ast.args[0], ast.args[1], depth, run);
    case 'rcall':
      return method(ast, ast.args, depth, run);
    default:
      for (const child of ast.op === 'map' ? [] : ast.args)
        if (typeof child !== 'string') convert(child, depth + 1, run);
      return refuse(REFUSED_OPERATORS[ast.op] ?? `"${ast.op}" is not part of conditions.`, ast, run);
  }
}

/** A literal, or the negative of one. */
function scalarOf(ast: ASTNode, run: Run): Scalar | undefined {
  const negative = ast.op === '-_';
  const value = negative ? ast.args : ast;
  if (value.op !== 'value' || (negative && typeof value.args !== 'bigint' && typeof value.args !== 'number'))
    return refuse(negative ? (REFUSED_OPERATORS['-_'] ?? '') : REFUSED_LIST, ast, run);
  if (typeof value.args === 'boolean' || typeof value.args === 'string') return value.args;
  if (typeof value.args !== 'bigint') return refuse(refusalOfLiteral(value.args), value, run);
  const number = Number(negative ? -value.args : value.args);
  return Number.isSafeInteger(number) ? number : refuse(refusalOfLiteral(value.args), value, run);
}

function list(asts: readonly ASTNode[], run: Run): Condition | undefined {
  const items: Scalar[] = [];
  for (const ast of asts) {
    const literal = ast.op === 'value' || ast.op === '-_';
    const item = literal ? scalarOf(ast, run) : refuse(REFUSED_LIST, ast, run);
    if (item !== undefined) items.push(item);
  }
  return items.length < asts.length ? undefined : { kind: 'list', items };
}

function path(ast: ASTNode, run: Run): Condition | undefined {
  const segments: string[] = [];
  let at = ast;
  for (; at.op === '.'; at = at.args[0]) segments.unshift(at.args[1]);
  if (at.op !== 'id') return refuse(REFUSED_FIELD, ast, run);
  return { kind: 'read', path: [at.args, ...segments] };
}

/** Collects the parts of nested `&&` (of nested `||`) in a loop: a long row of them is not deep. */
function junction(ast: ASTNode, depth: number, run: Run): Condition | undefined {
  const found: ASTNode[] = [];
  const open: ASTNode[] = [ast];
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.op === ast.op && (next.op === '&&' || next.op === '||')) open.push(next.args[1], next.args[0]);
    else found.push(next);
  }
  const parts = found.map((part) => convert(part, depth + 1, run)).filter((part) => part !== undefined);
  if (parts.length < found.length) return undefined;
  return { kind: ast.op === '&&' ? 'and' : 'or', parts };
}

type BinaryOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | '+' | '-';
const RELATIONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', 'in']);

function binary(
  op: BinaryOperator,
  [leftAst, rightAst]: readonly [ASTNode, ASTNode],
  depth: number,
  run: Run,
): Condition | undefined {
  if (RELATIONS.has(op))
    for (const side of [leftAst, rightAst])
      if (RELATIONS.has(side.op) && !isInParentheses(side, run.text)) refuse(REFUSED_CHAIN, side, run);
  const left = convert(leftAst, depth + 1, run);
  const right = convert(rightAst, depth + 1, run);
  if (!left || !right) return undefined;
  if (op === 'in') return { kind: 'in', item: left, list: right };
  if (op === '+' || op === '-') return { kind: 'sum', op, left, right };
  return { kind: 'compare', op, left, right };
}

/** The tree forgets parentheses, so the text is asked. */
function isInParentheses({ start, end }: ASTNode, text: string): boolean {
  return text.slice(0, start).trimEnd().endsWith('(') && text.slice(end).trimStart().startsWith(')');
}

function call(ast: ASTNode, name: string, argAsts: readonly ASTNode[], depth: number, run: Run) {
  const refusal = refusalOfCall(name);
  if (refusal) return refuse(refusal, ast, run);
  if (name === 'size') return size(ast, argAsts, depth, run);
  const args = argAsts.map((arg) => convert(arg, depth + 1, run)).filter((arg) => arg !== undefined);
  return args.length < argAsts.length ? undefined : ({ kind: 'call', name, args } as const);
}

function size(ast: ASTNode, args: readonly ASTNode[], depth: number, run: Run): Condition | undefined {
  const [only, ...more] = args;
  if (!only || more.length > 0) return refuse('"size" takes one text or list, as in size(x).', ast, run);
  const of = convert(only, depth + 1, run);
  return of && { kind: 'size', of };
}

function method(
  ast: ASTNode,
  [name, receiver, args]: readonly [string, ASTNode, readonly ASTNode[]],
  depth: number,
  run: Run,
): Condition | undefined {
  const [first, second, ...more] = args;
  switch (name) {
    case 'size':
      return size(ast, [receiver, ...args], depth, run);
    case 'startsWith':
    case 'endsWith':
    case 'contains': {
      if (!first || second) return refuse(`"${name}" takes one text, as in x.${name}("y").`, ast, run);
      const of = convert(receiver, depth + 1, run);
      const part = convert(first, depth + 1, run);
      return of && part && { kind: 'text', test: name, of, part };
    }
    case 'exists':
    case 'all':
    case 'filter': {
      if (first?.op !== 'id' || !second || more.length > 0)
        return refuse(`"${name}" takes a name and a condition, as in files.${name}(f, f == "x").`, ast, run);
      const list = convert(receiver, depth + 1, run);
      const body = convert(second, depth + 1, run);
      return list && body && { kind: name, list, name: first.args, body };
    }
    default:
      return refuse(refusalOfMethod(name), ast, run);
  }
}
