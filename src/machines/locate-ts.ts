/** The object literal of a `workflow({…})` call in a TypeScript file, as a tree with places. The file is parsed, not run. */
import { type ParseError, parse } from '@babel/parser';
import { messageOf } from '../errors.ts';
import { type Place, type Read, START, type Tree, unreadable } from './locate.ts';

/** A node of the syntax tree, as far as it is looked at here. */
interface SyntaxNode {
  readonly type: string;
  readonly loc: { readonly start: { readonly line: number; readonly column: number } };
  readonly [key: string]: unknown;
}

/** Reads the first `workflow({…})` whose name is `name`; of any name where none is given. */
export function readTs(text: string, name?: string): Read {
  let program: unknown;
  try {
    program = parse(text, { sourceType: 'module', plugins: ['typescript'] }).program;
  } catch (error) {
    return unreadable('SYNTAX', withoutPlace(messageOf(error)), errorPlace(error));
  }
  const tree = literals(program)
    .map(toTree)
    .find((each) => name === undefined || nameOf(each) === name);
  return tree
    ? { ok: true, tree }
    : unreadable('NO_WORKFLOW', 'No workflow({…}) call with an object literal.', START);
}

/** Arguments of `workflow` calls, in the order of the text; an explicit stack keeps deep sources harmless. */
function literals(program: unknown): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  const stack: unknown[] = [program];
  while (stack.length > 0) {
    const node = stack.pop();
    if (Array.isArray(node)) {
      stack.push(...node.toReversed());
      continue;
    }
    if (!isNode(node)) continue;
    const argument = isWorkflowCall(node) ? unwrapped((node.arguments as unknown[])[0]) : undefined;
    if (argument?.type === 'ObjectExpression') found.push(argument);
    else stack.push(...Object.values(node).toReversed());
  }
  return found;
}

function isWorkflowCall(node: SyntaxNode): boolean {
  return node.type === 'CallExpression' && isNode(node.callee) && node.callee.name === 'workflow';
}

function toTree(node: SyntaxNode): Tree {
  const place = placeOf(node);
  if (node.type === 'ObjectExpression')
    return {
      kind: 'object',
      place,
      entries: (node.properties as SyntaxNode[]).flatMap((property) => {
        const value = unwrapped(property.value);
        const key = keyOf(property);
        return key !== undefined && value
          ? [{ key, place: placeOf(property.key as SyntaxNode), value: toTree(value) }]
          : [];
      }),
    };
  if (node.type === 'ArrayExpression')
    return {
      kind: 'list',
      place,
      items: (node.elements as unknown[]).flatMap((each) => {
        const item = unwrapped(each);
        return item ? [toTree(item)] : [];
      }),
    };
  return { kind: 'value', place, value: node.value };
}

function keyOf(property: SyntaxNode): string | undefined {
  if (property.type !== 'ObjectProperty' || property.computed || !isNode(property.key)) return undefined;
  const key = property.key.type === 'Identifier' ? property.key.name : property.key.value;
  return typeof key === 'string' ? key : undefined;
}

function nameOf(tree: Tree): unknown {
  const entry = tree.kind === 'object' ? tree.entries.find(({ key }) => key === 'name') : undefined;
  return entry?.value.kind === 'value' ? entry.value.value : undefined;
}

/** The expression inside `… as const`, `… satisfies T` and parentheses. */
function unwrapped(node: unknown): SyntaxNode | undefined {
  if (!isNode(node)) return undefined;
  const wraps = ['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression', 'ParenthesizedExpression'];
  return wraps.includes(node.type) ? unwrapped(node.expression) : node;
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'loc' in value;
}

function placeOf(node: SyntaxNode): Place {
  return { line: node.loc.start.line, column: node.loc.start.column + 1 };
}

function errorPlace(error: unknown): Place {
  const loc = (error as Partial<ParseError> & { loc?: { line: number; column: number } }).loc;
  return loc ? { line: loc.line, column: loc.column + 1 } : START;
}

function withoutPlace(message: string): string {
  return message.replace(/ \(\d+:\d+\)$/, '');
}
