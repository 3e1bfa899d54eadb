/** Filters of changes as PostgreSQL has them, for the memory store. */
import { isDeepStrictEqual } from 'node:util';
import type { ChangeFilter, ChangeRecord, Json } from '../../src/persistence/records.ts';

export function matches(record: ChangeRecord, filter: ChangeFilter): boolean {
  const parts = ['project', 'key', 'author', 'definition'] as const;
  return (
    parts.every((part) => filter[part] === undefined || filter[part] === record[part]) &&
    (filter.outcome === undefined || filter.outcome === (record.outcome ?? 'open')) &&
    (filter.state === undefined || contains(record.state, filter.state))
  );
}

/** Containment as PostgreSQL's `@>` has it: objects by key, arrays as sets, an array contains its own scalars. */
function contains(whole: Json, part: Json, nested = false): boolean {
  if (Array.isArray(whole)) {
    if (Array.isArray(part))
      return part.every((wanted) => whole.some((item) => contains(item, wanted, true)));
    return !nested && (part === null || typeof part !== 'object') && whole.includes(part);
  }
  if (isObject(whole) && isObject(part)) {
    return Object.entries(part).every(
      ([key, wanted]) => key in whole && contains(whole[key] ?? null, wanted, true),
    );
  }
  return isDeepStrictEqual(whole, part);
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
