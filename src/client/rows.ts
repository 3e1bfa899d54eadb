/**
 * Rows of the log as an async iterable: every row that is its own once and in order, over however many connections. Who
 * iterates slowly is not buffered for without end: past a limit the subscription rests, and goes on from its position.
 */
import type { Connection, Participant } from './connection.ts';
import { NotSent, ProblemError } from './failures.ts';
import type { Item, Push, Subscribed, Transition } from './frames.ts';
import type { Link } from './link.ts';

export type Row =
  | {
      readonly type: 'event';
      readonly seq: number;
      /** To be acknowledged, where the subscription names a reader. */
      readonly critical: boolean;
      readonly transition: Transition;
    }
  /** Rows were missed for good, as after a restored backup: this is how things are at `seq`. */
  | {
      readonly type: 'snapshot';
      readonly seq: number;
      readonly items: readonly Item[];
      readonly complete: boolean;
    };

export interface RowsOptions {
  /** Where to go on; from now on, or from what the reader has acknowledged, where it is left out. */
  readonly since?: number;
  /** Of the numbering that `since` is a position in. */
  readonly epoch?: string;
  /** The name under which the server remembers what was acknowledged. */
  readonly reader?: string;
  /** Told whenever the server has begun to send, at first and after each cut. */
  readonly began?: (position: { readonly since: number; readonly epoch: string }) => void;
}

/** Rows held for who iterates; with more the subscription rests. */
const MAX_HELD = 1_000;

export class Rows implements AsyncIterable<Row>, Participant {
  readonly #connection: Connection;
  readonly #stream: string;
  readonly #reader: string | undefined;
  readonly #began: RowsOptions['began'];
  readonly #held: Row[] = [];
  /** All rows up to here are held or were given out. */
  #position: number | undefined;
  #epoch: string | undefined;
  #link: Link | undefined;
  #subscription: string | undefined;
  #isResting = false;
  #partial: Item[] = [];
  /** The numbering that counts once the whole snapshot is here: till then the old position is what there is. */
  #newEpoch: string | undefined;
  #acknowledged = 0;
  #toAcknowledge = 0;
  #failure: Error | undefined;
  #isOver = false;
  #wake: () => void = () => {};

  constructor(connection: Connection, stream: string, { since, epoch, reader, began }: RowsOptions) {
    this.#connection = connection;
    this.#stream = stream;
    this.#position = since;
    this.#epoch = epoch;
    this.#reader = reader;
    this.#began = began;
    connection.join(this);
  }

  /** With `position` what is needed to go on in another process; undefined until the server has said it. */
  get epoch(): string | undefined {
    return this.#epoch;
  }

  /** Of the last row that arrived, which may still wait to be given out. */
  get position(): number | undefined {
    return this.#position;
  }

  /** Everything up to `seq` has been dealt with; kept until the server knows. */
  acknowledge(seq: number): void {
    this.#toAcknowledge = Math.max(this.#toAcknowledge, seq);
    this.#sendAcknowledgement();
  }

  /** Ends the iteration. `forget`: the server need not remember the reader any more. */
  close({ forget = false }: { readonly forget?: boolean } = {}): void {
    this.#unsubscribe(forget);
    this.#connection.leave(this);
    this.end('closed');
    this.#held.length = 0;
  }

  attach(link: Link): void {
    this.#link = link;
    if (!this.#isResting) void this.#subscribe(link);
  }

  detach(): void {
    this.#link = undefined;
    this.#subscription = undefined;
  }

  end(_why: string): void {
    this.#isOver = true;
    this.#wake();
  }

  /** Ends when it or the client is closed; throws `ProblemError` where the server does not have such a stream. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Row, void, void> {
    try {
      for (;;) {
        const row = this.#held.shift();
        if (row) yield row;
        else if (this.#failure) throw this.#failure;
        else if (this.#isOver) return;
        else await this.#more();
      }
    } finally {
      this.close();
    }
  }

  async #more(): Promise<void> {
    if (this.#isResting) {
      this.#isResting = false;
      if (this.#link) void this.#subscribe(this.#link);
    }
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  async #subscribe(link: Link): Promise<void> {
    try {
      const command = {
        type: 'subscribe',
        stream: this.#stream,
        ...(this.#position !== undefined && { since: this.#position }),
        ...(this.#epoch !== undefined && { epoch: this.#epoch }),
        ...(this.#reader !== undefined && { reader: this.#reader }),
      } as const;
      await link.ask(command, (reply) => this.#subscribed(link, reply));
    } catch (error) {
      this.#failed(link, error);
    }
  }

  #subscribed(link: Link, { subscription, since, epoch, recovered }: Subscribed): void {
    this.#subscription = subscription;
    if (this.#isOver) {
      this.#unsubscribe(false);
      return;
    }
    this.#newEpoch = recovered ? undefined : epoch;
    if (recovered) [this.#position, this.#epoch] = [since, epoch];
    else [this.#acknowledged, this.#toAcknowledge] = [0, 0];
    link.on(subscription, (push) => this.#take(link, push));
    this.#sendAcknowledgement();
    this.#began?.({ since, epoch });
  }

  #failed(link: Link, error: unknown): void {
    if (!(error instanceof ProblemError)) return;
    if (error.problem.retryable) link.drop(error.message);
    else {
      this.#failure = error;
      this.#connection.leave(this);
    }
    this.#wake();
  }

  #take(link: Link, push: Exclude<Push, { type: 'connected' }>): void {
    if (push.type === 'changed' || this.#isResting) return;
    if (push.type === 'snapshot') this.#takeSnapshot(push);
    else if (push.type === 'advance') this.#position = Math.max(this.#position ?? 0, push.seq);
    else if (push.prev !== this.#position) link.drop('a row is missing');
    else {
      this.#position = push.seq;
      const { seq, critical = false, transition } = push;
      this.#hold({ type: 'event', seq, critical, transition });
    }
  }

  #takeSnapshot({ seq, first, last, complete, items }: Extract<Push, { type: 'snapshot' }>): void {
    this.#partial = first ? [...items] : [...this.#partial, ...items];
    if (!last) return;
    [this.#position, this.#epoch] = [seq, this.#newEpoch];
    this.#hold({ type: 'snapshot', seq, items: this.#partial, complete });
    this.#partial = [];
  }

  #hold(row: Row): void {
    this.#held.push(row);
    this.#wake();
    if (this.#held.length < MAX_HELD) return;
    this.#isResting = true;
    this.#unsubscribe(false);
  }

  #unsubscribe(forget: boolean): void {
    const [link, subscription] = [this.#link, this.#subscription];
    if (!link || subscription === undefined) return;
    this.#subscription = undefined;
    link.off(subscription);
    link.ask({ type: 'unsubscribe', subscription, ...(forget && { forget }) }).catch(() => {});
  }

  #sendAcknowledgement(): void {
    const [link, subscription, seq] = [this.#link, this.#subscription, this.#toAcknowledge];
    if (!link || subscription === undefined || seq <= this.#acknowledged) return;
    if (this.#reader === undefined) throw new NotSent('Only a subscription with a "reader" acknowledges.');
    link.ask({ type: 'ack', subscription, seq }).then(
      ({ acknowledged }) => {
        this.#acknowledged = Math.max(this.#acknowledged, acknowledged);
      },
      (error) => this.#failed(link, error),
    );
  }
}
