/**
 * Work in its order, while the socket has room, telling so much in a second. What waits counts as buffered, so that whoever reads
 * the log stops reading, and reads on when it has gone: nothing is lost, and no queue grows.
 */
import { TokenBucket } from '../token-bucket.ts';

export interface PumpOptions {
  readonly perSecond: number;
  readonly burst: number;
  /** Whether the socket takes more. */
  readonly hasRoom: () => boolean;
  /** Everything that waited has been done. */
  readonly onEmpty: () => void;
  readonly onFailure: (error: unknown) => void;
}

interface Job {
  readonly size: number;
  readonly work: () => Promise<void>;
  readonly done: () => void;
}

export class Pump {
  readonly #options: PumpOptions;
  readonly #bucket: TokenBucket;
  readonly #waitMs: number;
  #jobs: Job[] = [];
  #held = 0;
  #isRunning = false;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;
  #onGo: (() => void) | undefined;

  constructor(options: PumpOptions) {
    this.#options = options;
    this.#bucket = new TokenBucket(options.perSecond, options.burst, performance.now());
    this.#waitMs = Math.ceil(1000 / options.perSecond);
  }

  /** Characters of what waits. */
  get held(): number {
    return this.#held;
  }

  /** Resolves when the work was done, or will never be because the pump was closed. */
  add(size: number, work: () => Promise<void>): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return new Promise((done) => {
      this.#jobs.push({ size, work, done });
      this.#held += size;
      void this.#run();
    });
  }

  /** For work that has much to tell: resolves when the socket takes more. */
  async room(): Promise<void> {
    while (!this.#isClosed && !this.#options.hasRoom()) await this.#go();
  }

  /** For work that has something to tell: resolves when it may. */
  async turn(): Promise<void> {
    while (!this.#isClosed && !this.#bucket.take(performance.now())) {
      const woken = this.#go();
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#onGo?.();
      }, this.#waitMs);
      await woken;
    }
  }

  /** The socket has room again. */
  drained(): void {
    if (this.#timer === undefined) this.#onGo?.();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#onGo?.();
    for (const { done } of this.#jobs) done();
    this.#jobs = [];
    this.#held = 0;
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (!this.#isClosed) {
      await this.room();
      const job = this.#isClosed ? undefined : this.#jobs.shift();
      if (job === undefined) break;
      await job.work().catch((error) => this.#options.onFailure(error));
      if (!this.#isClosed) this.#held -= job.size;
      job.done();
      if (this.#jobs.length === 0) break;
    }
    this.#isRunning = false;
    if (!this.#isClosed) this.#options.onEmpty();
  }

  async #go(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#onGo = resolve;
    });
    this.#onGo = undefined;
  }
}
