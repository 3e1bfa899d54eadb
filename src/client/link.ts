/**
 * One socket from its opening to its end: commands get ids and their answers, pushes go to the subscription they name. A
 * link that has been silent for too long is given up: half-open connections look like quiet ones.
 */
import { ConnectionLost, ProblemError } from './failures.ts';
import type { Command, CommandOf, Push, ReplyBodyOf, ServerFrame } from './frames.ts';
import { SUBPROTOCOL } from './names.ts';
import type { SocketClass, SocketLike } from './socket.ts';

/** How a link ended; 1006 where nobody said. */
export interface Ended {
  readonly code: number;
  readonly reason: string;
}

/** A command without its id, which the link gives it. */
export type Asked<T extends Command['type']> = Omit<CommandOf<T>, 'id'>;

interface Waiting {
  readonly resolve: (body: never) => void;
  readonly reject: (error: Error) => void;
  readonly atOnce: ((body: never) => void) | undefined;
}

/** Silence after which the server is asked whether it is there, and how long it may take to say so. */
export interface Patience {
  readonly quietMs: number;
  readonly answerMs: number;
}

type SubscriptionPush = Exclude<Push, { type: 'connected' }>;

export class Link {
  readonly ended: Promise<Ended>;
  readonly #socket: SocketLike;
  readonly #patience: Patience;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<string, (push: SubscriptionPush) => void>();
  #next = 0;
  #isOver = false;
  #end: (ended: Ended) => void = () => {};
  #opened: () => void = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;

  private constructor(socket: SocketLike, patience: Patience) {
    this.#socket = socket;
    this.#patience = patience;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    socket.onopen = () => this.#opened();
    socket.onmessage = ({ data }: { readonly data: unknown }) => this.#take(data);
    socket.onclose = ({ code, reason }: Ended) => this.#over({ code, reason });
    // What went wrong is told by the close that follows.
    socket.onerror = () => {};
  }

  /** Throws `ConnectionLost` where no connection comes about. `made` gets the link before it is open. */
  static async open(
    url: string,
    socketClass: SocketClass,
    patience: Patience,
    made: (link: Link) => void,
  ): Promise<Link> {
    const link = new Link(new socketClass(url, [SUBPROTOCOL]), patience);
    made(link);
    const opened = new Promise<true>((resolve) => {
      link.#opened = () => resolve(true);
    });
    link.#watch(patience.answerMs, () => link.drop('it took too long to open'));
    const result = await Promise.race([opened, link.ended]);
    if (result !== true) throw new ConnectionLost(result.code, result.reason);
    link.#listen();
    return link;
  }

  /**
   * Sends a command; rejects with `ProblemError`, or `ConnectionLost` where the link ended meanwhile. `atOnce` gets the
   * reply before anything that comes behind it: some sockets give several messages before any promise goes on.
   */
  ask<T extends Command['type']>(
    command: Asked<T> & { readonly type: T },
    atOnce?: (body: ReplyBodyOf<T>) => void,
  ): Promise<ReplyBodyOf<T>> {
    return new Promise((resolve, reject) => {
      if (this.#isOver) {
        reject(new ConnectionLost(1006, ''));
        return;
      }
      this.#next += 1;
      const id = this.#next;
      this.#waiting.set(id, { resolve: resolve as (body: never) => void, reject, atOnce });
      this.#socket.send(JSON.stringify({ id, ...command }));
    });
  }

  /** From now on `listener` gets what is pushed to this subscription. */
  on(subscription: string, listener: (push: SubscriptionPush) => void): void {
    this.#listeners.set(subscription, listener);
  }

  off(subscription: string): void {
    this.#listeners.delete(subscription);
  }

  /** Ends it, from this side. */
  close(): void {
    this.#socket.close(1000, 'done');
    this.#over({ code: 1000, reason: 'closed by the client' });
  }

  /** Something was lost: the only cure is a new connection. */
  drop(why: string): void {
    if (this.#isOver) return;
    this.#over({ code: 1006, reason: why });
    this.#socket.close();
  }

  #take(data: unknown): void {
    if (this.#isOver || typeof data !== 'string') return;
    this.#listen();
    const frame = JSON.parse(data) as ServerFrame;
    if (frame.type === 'reply' || frame.type === 'error') this.#settle(frame);
    else if (frame.type !== 'connected') this.#listeners.get(frame.subscription)?.(frame);
  }

  #settle(frame: Extract<ServerFrame, { readonly type: 'reply' | 'error' }>): void {
    if (typeof frame.id !== 'number') return;
    const waiting = this.#waiting.get(frame.id);
    this.#waiting.delete(frame.id);
    if (frame.type === 'error') waiting?.reject(new ProblemError(frame.error));
    else {
      // The server is held to the schemas by its own tests; here its word is taken.
      waiting?.atOnce?.(frame as never);
      waiting?.resolve(frame as never);
    }
  }

  #listen(): void {
    this.#watch(this.#patience.quietMs, () => {
      this.#watch(this.#patience.answerMs, () => this.drop('the server does not answer any more'));
      this.ask({ type: 'ping' }).catch(() => {});
    });
  }

  #watch(ms: number, then: () => void): void {
    clearTimeout(this.#timer);
    if (!this.#isOver) this.#timer = setTimeout(then, ms);
  }

  #over(ended: Ended): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    for (const { reject } of this.#waiting.values()) reject(new ConnectionLost(ended.code, ended.reason));
    this.#waiting.clear();
    this.#listeners.clear();
    this.#end(ended);
  }
}
