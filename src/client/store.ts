/** A value that changes: `subscribe` and `getSnapshot` are what React's `useSyncExternalStore` takes; iterating gives the newest. */

export interface Store<T> {
  /** The same object until it changes. */
  getSnapshot(): T;
  /** Returns what ends it. */
  subscribe(listener: () => void): () => void;
}

export class Value<T> implements Store<T>, AsyncIterable<T> {
  #now: T;
  #isOver = false;
  readonly #listeners = new Set<() => void>();

  constructor(first: T) {
    this.#now = first;
  }

  // Fields, so that they can be handed on as they are.
  readonly getSnapshot = (): T => this.#now;

  readonly subscribe = (listener: () => void): (() => void) => {
    const own = () => listener();
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  };

  set(value: T): void {
    if (this.#isOver) return;
    this.#now = value;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Ends every iteration; what it was last can still be read. */
  end(): void {
    this.#isOver = true;
    for (const listener of [...this.#listeners]) listener();
  }

  /** What it is now and whenever it has changed; who is slow misses what was in between. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    let wake = () => {};
    let [seen, isNew] = [this.#now, true];
    const stop = this.subscribe(() => {
      isNew = isNew || this.#now !== seen;
      wake();
    });
    try {
      for (;;) {
        if (isNew) {
          isNew = false;
          seen = this.#now;
          yield seen;
        } else if (this.#isOver) return;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      stop();
    }
  }
}
