/**
 * The last rows a feed delivered, in order and without gaps. A subscription that has nearly caught up takes the rest
 * from here, in one go: reading the log alone would never catch up with a stream that keeps moving.
 */
import type { Delivery } from './delivery.ts';

const MAX_ROWS = 512;
const MAX_CHARS = 1024 * 1024;

export class RecentRows {
  #rows: Delivery[] = [];
  /** Index of the oldest row still held; the array is cut when that is worth it. */
  #first = 0;
  #chars = 0;

  add(delivery: Delivery): void {
    this.#rows.push(delivery);
    this.#chars += delivery.text.length;
    while (this.#count() > MAX_ROWS || (this.#chars > MAX_CHARS && this.#count() > 1)) {
      this.#chars -= this.#rows[this.#first]?.text.length ?? 0;
      this.#first += 1;
    }
    if (this.#first >= MAX_ROWS) {
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
