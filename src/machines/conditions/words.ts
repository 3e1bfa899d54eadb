/** How values and variables are called when a decision is explained to people. */
import { valueIn } from './evaluate.ts';
import { print } from './print.ts';
import type { Situation } from './situation.ts';
import type { Condition, TextTest } from './tree.ts';

const MAX_VALUE = 60;
const MAX_ITEMS = 3;

export function clip(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1).toWellFormed()}…` : text;
}

/** `attributes.risk` → risk, `votes.code.passed` → code passed, `authorKind` → author kind: the group a variable stands in says nothing new. */
export function labelOf(path: readonly string[]): string {
  const telling = path.length > 1 ? path.slice(1) : path;
  const words = telling.join(' ').replaceAll('_', ' ');
  return words.replace(
    /([a-z])([A-Z])(?=[a-z])/g,
    (_, end: string, start: string) => `${end} ${start.toLowerCase()}`,
  );
}

/** A value, clipped, on one line. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return 'not set';
  if (value === '') return 'empty';
  if (typeof value === 'string') return clip(value.replace(/[\p{Cc}\u2028\u2029]+/gu, ' '), MAX_VALUE);
  if (!Array.isArray(value))
    return clip(typeof value === 'object' ? JSON.stringify(value) : String(value), MAX_VALUE);
  if (value.length === 0) return 'empty';
  const items = value.slice(0, MAX_ITEMS).map(shown).join(', ');
  return value.length > MAX_ITEMS ? `${items} and ${value.length - MAX_ITEMS} more` : items;
}

/** What a sentence about this node is about. */
export function subjectOf(node: Condition, situation: Situation): string {
  switch (node.kind) {
    case 'literal':
      return shown(node.value);
    case 'read': {
      const [head = '', ...fields] = node.path;
      const item = situation.items.get(head);
      if (item === undefined) return labelOf(node.path);
      return fields.length > 0 ? `${labelOf(['', ...fields])} of ${item}` : item;
    }
    case 'size': {
      if (node.of.kind === 'filter')
        return clip(
          `number of ${subjectOf(node.of.list, situation)} where ${print(node.of.body)}`,
          MAX_VALUE * 2,
        );
      const value = valueIn(node.of, situation.env, situation.frame, situation.functions);
      return `${typeof value === 'string' ? 'length' : 'number'} of ${subjectOf(node.of, situation)}`;
    }
    default:
      return clip(print(node), MAX_VALUE);
  }
}

const HOLDS: Readonly<Record<TextTest, string>> = {
  startsWith: 'starts with',
  endsWith: 'ends with',
  contains: 'contains',
};

const FAILS: Readonly<Record<TextTest, string>> = {
  startsWith: 'does not start with',
  endsWith: 'does not end with',
  contains: 'does not contain',
};

export function textTestInWords(test: TextTest, holds: boolean): string {
  return holds ? HOLDS[test] : FAILS[test];
}

const ORDER: Readonly<Record<string, string>> = {
  '<': 'less than',
  '<=': 'at most',
  '>': 'more than',
  '>=': 'at least',
};

export function orderInWords(op: string): string {
  return ORDER[op] ?? op;
}
