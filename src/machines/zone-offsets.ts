/**
 * Time zones as pieces of constant offset, from the time zone database that the JavaScript engine ships, read through
 * Temporal. Pieces are remembered, because finding one costs far more than using it.
 */
import { LRUCache } from 'lru-cache';
import { Temporal } from 'temporal-polyfill';

/** Wall clocks show `t + offsetMs` for every moment `t` with `fromMs <= t < untilMs` (epoch milliseconds). */
export interface OffsetPiece {
  /** -Infinity where no change is known before it. */
  readonly fromMs: number;
  /** Infinity where no change is known to come. */
  readonly untilMs: number;
  readonly offsetMs: number;
}

/** There are about 600 zones; ten years of the liveliest have some 40 pieces. */
const MAX_ZONES = 200;
const MAX_PIECES = 64;
const pieces = new LRUCache<string, OffsetPiece[]>({ max: MAX_ZONES });

/** The piece that holds a moment; the zone is one that `isTimeZone` accepts. */
export function offsetPiece(timeZone: string, ms: number): OffsetPiece {
  const known = pieces.get(timeZone) ?? [];
  const hit = known.find(({ fromMs, untilMs }) => fromMs <= ms && ms < untilMs);
  if (hit) return hit;
  const piece = findPiece(timeZone, ms);
  pieces.set(timeZone, [piece, ...known.slice(0, MAX_PIECES - 1)]);
  return piece;
}

function findPiece(timeZone: string, ms: number): OffsetPiece {
  const at = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone);
  const justAfter = at.add({ milliseconds: 1 });
  return {
    fromMs: justAfter.getTimeZoneTransition('previous')?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
    untilMs: at.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    offsetMs: at.offsetNanoseconds / 1e6,
  };
}

/** Whether the text names a zone of the IANA database that this engine knows; offsets such as "+02:00" are none. */
export function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/.test(text)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text);
    return true;
  } catch {
    return false;
  }
}
