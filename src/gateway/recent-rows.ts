/**
 * The last rows a feed delivered, in order and without gaps. A subscription that has nearly caught up takes the rest
 * from here, in one go: reading the log alone would never catch up with a stream that keeps moving.
 */
import type { Delivery } from './delivery.ts';

export const MAX_RECENT = 512;
const MAX_CHARS = 1024 * 1024;

export class RecentRows {
  #rows: Delivery[] = [];
  /** Index of the oldest row still held; the array is cut when that is worth it. */
  #first = 0;
  #chars = 0;

  /** Position of the oldest row held. */
  get oldest(): number | undefined {
    return this.#rows[this.#first]?.seq;
  }

  /** What came before the rows held, in order; of no use where rows were dropped meanwhile. */
  precede(earlier: readonly Delivery[]): void {
    const held = this.#rows.slice(this.#first);
    const [last, next] = [earlier.at(-1), held[0]];
    if (last === undefined || (next !== undefined && next.seq !== last.seq + 1)) return;
    this.#rows = [];
    this.#first = 0;
    this.#chars = 0;
    for (const delivery of earlier.concat(held)) this.add(delivery);
  }

  add(delivery: Delivery): void {
    this.#rows.push(delivery);
    this.#chars += delivery.text.length;
    while (this.#count() > MAX_RECENT || (this.#chars > MAX_CHARS && this.#count() > 1)) {
      this.#chars -= this.#rows[this.#first]?.text.length ?? 0;
      this.#first += 1;
    }
    if (this.#first >= MAX_RECENT) {
      this.#rows = this.#rows.slice(this.#first);
      this.#first = 0;
    }
  }

  /** All rows after `seq`, or undefined where the oldest of them is gone. */
  after(seq: number): readonly Delivery[] | undefined {
    const oldest = this.#rows[this.#first];
    if (oldest === undefined || oldest.seq > seq + 1) return undefined;
    return this.#rows.slice(this.#first + (seq + 1 - oldest.seq));
  }

  #count(): number {
    return this.#rows.length - this.#first;
  }
}
