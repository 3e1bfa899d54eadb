/**
 * One read for all who ask the same while another is under way. Nobody gets an answer that is older than his question: who
 * comes while a read runs waits for the next, together with all others who came meanwhile.
 */

interface Reading<T> {
  readonly running: Promise<unknown>;
  next: Promise<T> | undefined;
}

export class SharedReads<T> {
  readonly #read: (key: string) => Promise<T>;
  readonly #readings = new Map<string, Reading<T>>();

  constructor(read: (key: string) => Promise<T>) {
    this.#read = read;
  }

  read(key: string): Promise<T> {
    const reading = this.#readings.get(key);
    if (reading === undefined) return this.#start(key);
    reading.next ??= reading.running.then(
      () => this.#start(key),
      () => this.#start(key),
    );
    return reading.next;
  }

  #start(key: string): Promise<T> {
    const running = this.#read(key);
    const reading: Reading<T> = { running, next: undefined };
    this.#readings.set(key, reading);
    const done = () => {
      if (this.#readings.get(key) === reading && reading.next === undefined) this.#readings.delete(key);
    };
    running.then(done, done);
    return running;
  }
}
