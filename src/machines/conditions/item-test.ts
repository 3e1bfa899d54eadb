/**
 * Bodies of quantifiers that only compare the item with literals, as one function: `f.startsWith("auth/") || f == "go.mod"`
 * over thousands of files is what conditions mostly spend their time on, and walking the tree for each takes four times as
 * long. The meaning is that of `evaluate.ts`; the tests hold both against a third evaluator.
 */
import type { Condition, Quantifier } from './tree.ts';
import { includes, same, testText, textOf } from './values.ts';

export type ItemTest = (item: unknown) => boolean;

const tests = new WeakMap<Quantifier, ItemTest | null>();

/** Undefined where the body looks at anything but its item. */
export function itemTestOf(node: Quantifier): ItemTest | undefined {
  const known = tests.get(node);
  if (known !== undefined) return known ?? undefined;
  const made = testOf(node.body, node.name);
  tests.set(node, made ?? null);
  return made;
}

function testOf(body: Condition, name: string): ItemTest | undefined {
  switch (body.kind) {
    case 'not': {
      const inner = testOf(body.of, name);
      return inner && ((item) => !inner(item));
    }
    case 'and':
    case 'or': {
      const parts = body.parts.flatMap((part) => testOf(part, name) ?? []);
      if (parts.length < body.parts.length) return undefined;
      return body.kind === 'or'
        ? (item) => parts.some((part) => part(item))
        : (item) => parts.every((part) => part(item));
    }
    case 'text': {
      const { test, of, part } = body;
      if (!isItem(of, name) || part.kind !== 'literal' || typeof part.value !== 'string') return undefined;
      const { value } = part;
      return (item) => testText(test, textOf(item), value);
    }
    case 'compare': {
      const [item, literal] = body.left.kind === 'read' ? [body.left, body.right] : [body.right, body.left];
      if (!isItem(item, name) || literal.kind !== 'literal') return undefined;
      const { value } = literal;
      if (body.op === '==') return (each) => same(each, value);
      return body.op === '!=' ? (each) => !same(each, value) : undefined;
    }
    case 'in': {
      const { item, list } = body;
      if (!isItem(item, name) || list.kind !== 'list') return undefined;
      return (each) => includes(list.items, each);
    }
    default:
      return undefined;
  }
}

function isItem(node: Condition, name: string): boolean {
  return node.kind === 'read' && node.path.length === 1 && node.path[0] === name;
}
