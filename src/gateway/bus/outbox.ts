/**
 * What is still to be said: of each stream the newest position only. One message is under way at a time, and there is a
 * pause between two, so that 20,000 commits a second become at most 200 messages. The first after a pause leaves with
 * the end of its tick, when all that one commit brought is there.
 */

const PAUSE_MS = 5;

export interface OutboxOptions {
  /** Says all of it. A failure leaves it to be said after `retry`. */
  readonly send: (reached: ReadonlyMap<string, number>) => Promise<void>;
  readonly pauseMs?: number;
}

export class Outbox {
  readonly #send: OutboxOptions['send'];
  readonly #pauseMs: number;
  #unsaid = new Map<string, number>();
  /** From the first position of a round to the end of the pause after it. */
  #isBusy = false;
  #isStuck = false;
  #sending: Promise<void> = Promise.resolve();

  constructor({ send, pauseMs = PAUSE_MS }: OutboxOptions) {
    this.#send = send;
    this.#pauseMs = pauseMs;
  }

  add(tenant: string, seq: number): void {
    if ((this.#unsaid.get(tenant) ?? 0) >= seq) return;
    this.#unsaid.set(tenant, seq);
    this.#start();
  }

  /** The connection is there again. */
  retry(): void {
    this.#isStuck = false;
    this.#start();
  }

  /** Says the rest, once. */
  async flush(): Promise<void> {
    await this.#sending;
    await this.#say();
  }

  /** Nothing more is said. */
  stop(): void {
    this.#isStuck = true;
    this.#unsaid.clear();
  }

  #start(): void {
    if (this.#isBusy || this.#isStuck || this.#unsaid.size === 0) return;
    this.#isBusy = true;
    setImmediate(() => {
      this.#sending = this.#say();
      void this.#sending.then(() => setTimeout(() => this.#rested(), this.#pauseMs));
    });
  }

  #rested(): void {
    this.#isBusy = false;
    this.#start();
  }

  async #say(): Promise<void> {
    const saying = this.#unsaid;
    if (saying.size === 0) return;
    this.#unsaid = new Map();
    try {
      await this.#send(saying);
    } catch {
      this.#isStuck = true;
      for (const [tenant, seq] of saying) {
        this.#unsaid.set(tenant, Math.max(seq, this.#unsaid.get(tenant) ?? 0));
      }
    }
  }
}
