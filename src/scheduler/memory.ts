/**
 * What this process armed a short while ago, so that a thousand timers of one slot cost one job.
 * It forgets soon: the backend may have lost an alarm, and then the next sweep must arm it again.
 */
import { LRUCache } from 'lru-cache';

export class ArmedSlots {
  readonly #slots: LRUCache<number, true>;

  constructor(lifeMs: number, max = 50_000) {
    this.#slots = new LRUCache({ max, ttl: lifeMs });
  }

  /** Those that must be armed, each once. A slot that has begun may already be ringing: it always counts as missing. */
  missing(slots: readonly number[], now: number): number[] {
    return [...new Set(slots)].filter((slot) => slot <= now || !this.#slots.has(slot));
  }

  remember(slots: readonly number[]): void {
    for (const slot of slots) this.#slots.set(slot, true);
  }

  clear(): void {
    this.#slots.clear();
  }
}
