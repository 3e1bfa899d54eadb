/** Comparing values of any type without a failure: what is missing or of another type counts as the zero of its type. */
import type { Text } from './tree.ts';
import { baseOf, type Type, zeroOf } from './types.ts';

/** The value where it is of the type at its outermost, the zero of the type where it is not. */
export function valueFor(type: Type, value: unknown): unknown {
  return isOf(type, value) ? value : zeroOf(type);
}

function isOf(type: Type, value: unknown): boolean {
  switch (baseOf(type)) {
    case 'bool':
      return typeof value === 'boolean';
    case 'int':
      return typeof value === 'number';
    case 'string':
      return typeof value === 'string';
    case 'list':
      return Array.isArray(value);
    case 'record':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
  }
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function same(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (left === undefined || left === null) return isZero(right);
  return (right === undefined || right === null) && isZero(left);
}

function isZero(value: unknown): boolean {
  return value === undefined || value === null || value === '' || value === 0 || value === false;
}

export function includes(list: readonly unknown[], item: unknown): boolean {
  for (let i = 0; i < list.length; i++) if (same(list[i], item)) return true;
  return false;
}

export function testText(test: Text['test'], of: string, part: string): boolean {
  switch (test) {
    case 'startsWith':
      return of.startsWith(part);
    case 'endsWith':
      return of.endsWith(part);
    case 'contains':
      return of.includes(part);
  }
}
