/** Cursors: opaque to clients, so that what they hold may change. */
import { CountersignError } from '../../errors.ts';

export function encodeCursor(position: string | number): string {
  return Buffer.from(JSON.stringify([position])).toString('base64url');
}

/** The position a cursor of ours holds; throws INVALID_INPUT for anything else. */
export function decodeCursor<T>(cursor: string, isPosition: (value: unknown) => value is T): T {
  const value = read(cursor);
  if (isPosition(value)) return value;
  throw new CountersignError('INVALID_INPUT', 'The cursor is not one this server gave out.', {
    issues: [{ path: 'query.cursor', message: 'is not a cursor of this resource' }],
  });
}

function read(cursor: string): unknown {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(parsed) ? parsed[0] : undefined;
  } catch {
    return undefined;
  }
}

/** Cuts a page of `limit` out of up to `limit + 1` items, and says where the next one starts. */
export function cutPage<T>(items: readonly T[], limit: number, positionOf: (item: T) => string | number) {
  const shown = items.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = items.length > limit && last !== undefined;
  return { shown, nextCursor: hasMore ? encodeCursor(positionOf(last)) : null };
}
