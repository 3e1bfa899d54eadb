/**
 * Commands on their way: sent in their order, kept while there is no connection, sent again with the same idempotency key
 * where a connection took the answer with it. So each is done once, and each promise gets the one answer there is.
 */
import type { Participant } from './connection.ts';
import { NotSent, ProblemError } from './failures.ts';
import type { Done } from './frames.ts';
import type { KeyedEvent, OutboxStorage, SentEvent } from './kept.ts';
import type { Link } from './link.ts';
import { FRAME_BYTES } from './names.ts';
import { Value } from './store.ts';

interface Letter {
  readonly event: KeyedEvent;
  readonly resolve: (done: Done) => void;
  readonly reject: (error: Error) => void;
  tries: number;
}

export interface OutboxOptions {
  /** Commands that may wait; one more is refused at once. */
  readonly limit: number;
  readonly random: () => number;
  /** Where commands are kept until they have their answer. */
  readonly storage?: OutboxStorage | undefined;
  /** Told of each answer to a command that an earlier client left. */
  readonly answered?: ((event: KeyedEvent, answer: Done | Error) => void) | undefined;
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
  /** How many have no answer yet. */
  readonly count = new Value(0);
  #link: Link | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over: string | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
    const left = options.storage?.load() ?? [];
    this.#waiting = left.map((event) => ({ event, ...this.#tellOf(event), tries: 0 }));
    this.count.set(this.size);
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
        if (bytesOf(keyed) > FRAME_BYTES)
          reject(
            new NotSent(
              `The command was not sent: it has more than ${FRAME_BYTES.toLocaleString('en')} bytes.`,
            ),
          );
        else if (this.#isKept(keyed, reject)) this.#add({ event: keyed, resolve, reject, tries: 0 });
      }
    });
  }

  #add(letter: Letter): void {
    this.#waiting.push(letter);
    this.count.set(this.size);
    this.#flush();
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
    const after = this.#options.storage
      ? ' It is kept, and sent by the next client that opens the storage.'
      : '';
    for (const { reject } of this.#waiting.splice(0))
      reject(new NotSent(`Nobody knows whether the command was done: ${why}.${after}`));
    this.count.set(0);
    this.count.end();
  }

  /** Nobody waits for a promise of an earlier life. */
  #tellOf(event: KeyedEvent): Pick<Letter, 'resolve' | 'reject'> {
    const tell = (answer: Done | Error) => {
      if (!(answer instanceof NotSent)) this.#options.answered?.(event, answer);
    };
    return { resolve: tell, reject: tell };
  }

  #isKept(event: KeyedEvent, reject: Letter['reject']): boolean {
    try {
      this.#options.storage?.keep(event);
      return true;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      reject(new NotSent(`The command was not sent: it could not be kept (${why}).`));
      return false;
    }
  }

  #settled(letter: Letter): void {
    this.#options.storage?.drop(letter.event);
    this.count.set(this.size);
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
      this.#settled(letter);
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
      this.#settled(letter);
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

/** As it goes, with the longest id. */
function bytesOf(event: KeyedEvent): number {
  const frame = { id: Number.MAX_SAFE_INTEGER, type: 'event', ...event };
  return new TextEncoder().encode(JSON.stringify(frame)).length;
}

function newKey(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
