/**
 * Commands on their way: sent in their order, kept while there is no connection, sent again with the same idempotency key
 * where a connection took the answer with it. So each is done once, and each promise gets the one answer there is.
 */
import type { Participant } from './connection.ts';
import { NotSent, ProblemError } from './failures.ts';
import type { CommandOf, Done } from './frames.ts';
import type { Link } from './link.ts';

/** An event for a change; `idempotency_key` is made where none is given. */
export type SentEvent = Omit<CommandOf<'event'>, 'id' | 'type'>;

interface Letter {
  readonly event: SentEvent;
  readonly resolve: (done: Done) => void;
  readonly reject: (error: Error) => void;
  tries: number;
}

export interface OutboxOptions {
  /** Commands that may wait; one more is refused at once. */
  readonly limit: number;
  readonly random: () => number;
}

/** On their way at once: well below what the server allows. */
const IN_FLIGHT = 20;
/** A busy server is asked again so many times. */
const MAX_TRIES = 8;
const BUSY_MS = 250;

export class Outbox implements Participant {
  readonly #options: OutboxOptions;
  #waiting: Letter[] = [];
  readonly #flying = new Set<Letter>();
  #link: Link | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over: string | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Commands without an answer yet. */
  get size(): number {
    return this.#waiting.length + this.#flying.size;
  }

  /** Rejects with `ProblemError` for a refusal or error, `NotSent` where the queue is full or the client closed. */
  send(event: SentEvent): Promise<Done> {
    return new Promise((resolve, reject) => {
      if (this.#over !== undefined) reject(new NotSent(`The command was not sent: ${this.#over}.`));
      else if (this.size >= this.#options.limit)
        reject(new NotSent(`The command was not sent: ${this.size} others wait already.`));
      else {
        const keyed = { ...event, idempotency_key: event.idempotency_key ?? newKey() };
        this.#waiting.push({ event: keyed, resolve, reject, tries: 0 });
        this.#flush();
      }
    });
  }

  attach(link: Link): void {
    this.#link = link;
    this.#flush();
  }

  detach(): void {
    this.#link = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [...this.#flying, ...this.#waiting];
    this.#flying.clear();
  }

  end(why: string): void {
    this.#over = why;
    this.detach();
    for (const { reject } of this.#waiting.splice(0))
      reject(new NotSent(`Nobody knows whether the command was done: ${why}.`));
  }

  #flush(): void {
    while (this.#link && this.#timer === undefined && this.#flying.size < IN_FLIGHT) {
      const letter = this.#waiting.shift();
      if (!letter) return;
      this.#flying.add(letter);
      void this.#post(letter, this.#link);
    }
  }

  async #post(letter: Letter, link: Link): Promise<void> {
    try {
      const { transition, replayed } = await link.ask({ type: 'event', ...letter.event });
      this.#flying.delete(letter);
      letter.resolve({ transition, replayed });
    } catch (error) {
      // Where the link was lost the letter waits already, or will: its `detach` puts it back in its place.
      if (error instanceof ProblemError) this.#answered(letter, error);
    }
    this.#flush();
  }

  #answered(letter: Letter, error: ProblemError): void {
    // A link that ended has given the letter back: another one carries it now.
    if (!this.#flying.delete(letter)) return;
    letter.tries += 1;
    if (!error.problem.retryable || letter.tries >= MAX_TRIES) {
      letter.reject(error);
      return;
    }
    this.#waiting.unshift(letter);
    const most = BUSY_MS * 2 ** letter.tries;
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        this.#flush();
      },
      most * (0.5 + this.#options.random() / 2),
    );
  }
}

function newKey(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
