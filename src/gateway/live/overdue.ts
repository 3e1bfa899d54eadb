/**
 * Readers that leave critical rows unacknowledged for too long are reported to whoever operates the servers: as a figure, and
 * in the log by one server, once when it begins and once when it is over. Who they are is what `GET /v1/readers` tells.
 */
import { messageOf } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import type { ReaderStore } from '../../persistence/reader-records.ts';

/** Unless the operator says otherwise. */
export const OVERDUE_AFTER_S = 900;
const EVERY_MS = 15_000;

export interface OverdueOptions {
  readonly store: Pick<ReaderStore, 'markOverdue' | 'countOverdue'>;
  readonly log: Logger;
  readonly afterMs?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export class OverdueReaders {
  readonly #options: OverdueOptions;
  readonly #timer: NodeJS.Timeout;
  #count = 0;
  #looking: Promise<void> | undefined;

  constructor(options: OverdueOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.look(), EVERY_MS).unref();
  }

  /** How many there were when it was last looked, over all tenants. */
  get count(): number {
    return this.#count;
  }

  /** Never fails: what could not be read is looked for the next time. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const { store, log, afterMs = OVERDUE_AFTER_S * 1000, now = Date.now } = this.#options;
    try {
      const { begun, over } = await store.markOverdue(now() - afterMs);
      for (const { tenant, principal, name, stream } of begun)
        log.warn(
          { tenant, principal, reader: name, stream },
          `a reader has left critical rows unacknowledged for more than ${afterMs / 1000} s; GET /v1/readers tells how many`,
        );
      for (const { tenant, principal, name, stream } of over)
        log.info({ tenant, principal, reader: name, stream }, 'a reader that was overdue no longer is');
      this.#count = await store.countOverdue();
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'it cannot be read which readers are overdue');
    }
  }
}
