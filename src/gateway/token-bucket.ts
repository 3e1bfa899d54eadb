/** Times with fractions do not add up to the last digit. */
const ROUNDING = 1e-6;

/** So many at once, so many a second over time. There is one for each connection, so all it keeps is one time. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #size: number;
  /** When it is full again, if nothing is taken. */
  #fullAt: number;

  constructor(perSecond: number, size: number, now: number) {
    this.#perSecond = perSecond;
    this.#size = size;
    this.#fullAt = now;
  }

  /** Takes one where there is one. `now` in milliseconds, never going back. */
  take(now: number): boolean {
    const fullAt = Math.max(this.#fullAt, now);
    const perMs = this.#perSecond / 1000;
    if (this.#size - (fullAt - now) * perMs < 1 - ROUNDING) return false;
    this.#fullAt = fullAt + 1 / perMs;
    return true;
  }
}
