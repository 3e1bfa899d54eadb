/** An outage is two lines in the log, however many retries lie between them. */
import { messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';

export class Outage {
  readonly #log: Logger;
  readonly #onReturn: Array<() => void> = [];
  #since: number | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  down(error: unknown): void {
    if (this.#since !== undefined) return;
    this.#since = performance.now();
    this.#log.warn(
      { err: error },
      `the alarm clock lost its backend: ${messageOf(error)}; timers may fire late`,
    );
  }

  up(): void {
    if (this.#since === undefined) return;
    const outage_ms = Math.round(performance.now() - this.#since);
    this.#since = undefined;
    this.#log.info({ outage_ms }, 'the alarm clock has its backend again');
    for (const react of this.#onReturn) react();
  }

  /** A backend that was away may have forgotten what it was told. */
  onReturn(react: () => void): void {
    this.#onReturn.push(react);
  }
}
