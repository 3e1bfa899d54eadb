/** A set of changes as it is now: the result of a query, or what waits for me. A store, and an async iterable of its views. */
import type { Connection, Participant } from './connection.ts';
import { ProblemError } from './failures.ts';
import type { Item, Problem, Push, Query } from './frames.ts';
import type { Link } from './link.ts';
import { type Store, Value } from './store.ts';

export interface SetView {
  /** `stale`: the connection is away; the items are what they were. `ended`: nothing will change any more. */
  readonly is: 'loading' | 'live' | 'stale' | 'ended';
  /** Newest first. */
  readonly items: readonly Item[];
  /** False where there are more than the server shows. */
  readonly complete: boolean;
  /** Why the server does not have it. */
  readonly problem?: Problem;
}

export class LiveSet implements Store<SetView>, AsyncIterable<SetView>, Participant {
  readonly #connection: Connection;
  readonly #stream: 'work' | 'query';
  readonly #query: Query;
  readonly #view = new Value<SetView>({ is: 'loading', items: [], complete: true });
  readonly #items = new Map<string, Item>();
  /** What has come of a snapshot that is not all here. */
  #arriving: Item[] = [];
  #position = 0;
  #link: Link | undefined;
  #subscription: string | undefined;
  #isClosed = false;

  constructor(connection: Connection, stream: 'work' | 'query', query: Query) {
    this.#connection = connection;
    this.#stream = stream;
    this.#query = query;
    connection.join(this);
  }

  readonly getSnapshot = (): SetView => this.#view.getSnapshot();

  readonly subscribe = (listener: () => void): (() => void) => this.#view.subscribe(listener);

  [Symbol.asyncIterator](): AsyncGenerator<SetView, void, void> {
    return this.#view[Symbol.asyncIterator]();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#link && this.#subscription !== undefined) unsubscribe(this.#link, this.#subscription);
    this.#connection.leave(this);
    this.end();
  }

  attach(link: Link): void {
    this.#link = link;
    void this.#begin(link);
  }

  detach(): void {
    this.#link = undefined;
    this.#subscription = undefined;
    if (this.getSnapshot().is === 'live') this.#view.set({ ...this.getSnapshot(), is: 'stale' });
  }

  end(): void {
    this.#view.set({ ...this.getSnapshot(), is: 'ended' });
    this.#view.end();
  }

  async #begin(link: Link): Promise<void> {
    try {
      const command = { type: 'subscribe', stream: this.#stream, query: this.#query } as const;
      await link.ask(command, ({ subscription }) => {
        if (this.#isClosed) {
          unsubscribe(link, subscription);
          return;
        }
        this.#subscription = subscription;
        link.on(subscription, (push) => this.#take(link, push));
      });
    } catch (error) {
      if (!(error instanceof ProblemError)) return;
      if (error.problem.retryable) link.drop(error.message);
      else this.#refused(error.problem);
    }
  }

  /** For good: no later connection asks again. */
  #refused(problem: Problem): void {
    this.#connection.leave(this);
    this.#view.set({ ...this.getSnapshot(), problem });
    this.end();
  }

  #take(link: Link, push: Exclude<Push, { type: 'connected' }>): void {
    if (push.type === 'advance') this.#position = push.seq;
    if (push.type === 'snapshot') this.#takeSnapshot(push);
    if (push.type !== 'changed') return;
    if (push.prev !== this.#position) {
      link.drop('something is missing from a set');
      return;
    }
    this.#position = push.seq;
    for (const item of push.items) this.#items.set(item.id, item);
    for (const id of push.gone) this.#items.delete(id);
    this.#show(this.getSnapshot().complete);
  }

  #takeSnapshot({ seq, first, last, complete, items }: Extract<Push, { type: 'snapshot' }>): void {
    this.#arriving = first ? [...items] : [...this.#arriving, ...items];
    if (!last) return;
    this.#items.clear();
    for (const item of this.#arriving) this.#items.set(item.id, item);
    this.#arriving = [];
    this.#position = seq;
    this.#show(complete);
  }

  #show(complete: boolean): void {
    const items = [...this.#items.values()].sort(byNewest);
    this.#view.set({ is: 'live', items, complete });
  }
}

function unsubscribe(link: Link, subscription: string): void {
  link.off(subscription);
  link.ask({ type: 'unsubscribe', subscription }).catch(() => {});
}

function byNewest(a: Item, b: Item): number {
  if (a.created_at !== b.created_at) return a.created_at < b.created_at ? 1 : -1;
  return a.id < b.id ? 1 : -1;
}
