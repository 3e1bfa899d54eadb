/** Lines of output as it comes. Of very long ones, which can only be content, no more than the beginning is kept. */

const KEEP = 64 * 1024;

export class LineSplitter {
  readonly #take: (line: Buffer) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(take: (line: Buffer) => void) {
    this.#take = take;
  }

  /** Hands on every line that has its end; git ends every line. */
  push(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      const part = chunk.subarray(from, at);
      const line = this.#rest.length > 0 ? Buffer.concat([this.#rest, part]) : part;
      this.#rest = Buffer.alloc(0);
      from = at + 1;
      this.#take(line);
    }
    if (from < chunk.length && this.#rest.length < KEEP)
      this.#rest = Buffer.concat([this.#rest, chunk.subarray(from, from + KEEP - this.#rest.length)]);
  }
}
