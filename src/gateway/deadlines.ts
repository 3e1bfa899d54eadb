/** Deadlines of thousands of connections: those that fall into the same tenth of a second share one timer. */

const SLOT_MS = 100;
/** Longest time a timer takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface Due {
  /** The deadline has come, or a part of the way to one that is weeks ahead. */
  due(): void;
}

interface Slot {
  readonly timer: NodeJS.Timeout;
  readonly waiting: Set<Due>;
}

export class Deadlines {
  readonly #slots = new Map<number, Slot>();

  /**
   * Calls `due` at `atMs`, milliseconds since the epoch, or up to 100 ms later; deadlines more than 24 days ahead come early.
   * Returns the slot, by which it is taken back.
   */
  add(due: Due, atMs: number): number {
    const now = Date.now();
    const number = Math.ceil(Math.min(Math.max(atMs, now), now + MAX_TIMER_MS - SLOT_MS) / SLOT_MS);
    const slot = this.#slots.get(number) ?? this.#open(number, now);
    slot.waiting.add(due);
    return number;
  }

  /** Does nothing where the deadline has come already. */
  remove(due: Due, number: number): void {
    const slot = this.#slots.get(number);
    if (slot === undefined || !slot.waiting.delete(due) || slot.waiting.size > 0) return;
    clearTimeout(slot.timer);
    this.#slots.delete(number);
  }

  #open(number: number, now: number): Slot {
    const waiting = new Set<Due>();
    const ring = () => {
      this.#slots.delete(number);
      for (const due of waiting) due.due();
    };
    const slot = { timer: setTimeout(ring, number * SLOT_MS - now), waiting };
    this.#slots.set(number, slot);
    return slot;
  }
}
