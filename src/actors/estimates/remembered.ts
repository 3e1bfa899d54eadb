/** Answers that may be a minute old: kept as promises, so that many who ask at once make the store work once. */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../ports.ts';

export const REMEMBERED_MS = 60_000;

/** Failures are not remembered. `make` is told when it was asked, ms. */
export function remembered<T>(
  clock: Clock,
  max: number,
): (key: string, make: (now: number) => Promise<T>) => Promise<T> {
  const known = new LRUCache<string, { readonly at: number; readonly value: Promise<T> }>({ max });
  return (key, make) => {
    const now = clock.now();
    const before = known.get(key);
    if (before && now >= before.at && now - before.at < REMEMBERED_MS) return before.value;
    const kept = { at: now, value: make(now) };
    known.set(key, kept);
    kept.value.catch(() => {
      if (known.peek(key) === kept) known.delete(key);
    });
    return kept.value;
  };
}
