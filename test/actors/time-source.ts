/** A source of time in the test's hand: time passes when it is told to, and the wall clock can be set. */
import type { TimeSource } from '../../src/actors/clock.ts';

export class ManualSource implements TimeSource {
  #wall: number;
  #elapsed = 0;
  #sleeper: { readonly until: number; readonly wake: () => void } | undefined;

  constructor(wall: number) {
    this.#wall = wall;
  }

  wall(): number {
    return this.#wall;
  }

  elapsed(): number {
    return this.#elapsed;
  }

  sleep(ms: number, wake: () => void): () => void {
    const sleeper = { until: this.#elapsed + ms, wake };
    this.#sleeper = sleeper;
    return () => {
      if (this.#sleeper === sleeper) this.#sleeper = undefined;
    };
  }

  /** Time passes; who sleeps is woken at its time. */
  pass(ms: number): void {
    const end = this.#elapsed + ms;
    while (this.#sleeper && this.#sleeper.until <= end) {
      const { until, wake } = this.#sleeper;
      this.#sleeper = undefined;
      this.#pass(until - this.#elapsed);
      wake();
    }
    this.#pass(end - this.#elapsed);
  }

  /** Somebody sets the clock: no time passes. */
  set(byMs: number): void {
    this.#wall += byMs;
  }

  #pass(ms: number): void {
    this.#elapsed += ms;
    this.#wall += ms;
  }
}
