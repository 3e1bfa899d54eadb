/**
 * The client of Countersign's live interface, for browsers and Node: `docs/client.md`. It keeps one connection for
 * everything; subscriptions outlive it, and commands wait for it.
 */
import { Connection, type Status, type TokenProvider } from './connection.ts';
import type { Done, Query } from './frames.ts';
import type { KeyedEvent, OutboxStorage, SentEvent } from './kept.ts';
import { LiveSet } from './live-set.ts';
import { STREAM_PATH } from './names.ts';
import { Outbox } from './outbox.ts';
import { Rows, type RowsOptions } from './rows.ts';
import { globalSocket, type SocketClass } from './socket.ts';
import type { Store } from './store.ts';

export type { Status, TokenProvider } from './connection.ts';
export { ConnectionLost, NotSent, ProblemError } from './failures.ts';
export type { Done, Item, Json, Problem, Query, Transition } from './frames.ts';
export {
  type KeyedEvent,
  type OutboxStorage,
  type SentEvent,
  storedOutbox,
  type TextStorage,
} from './kept.ts';
export type { LiveSet, SetView } from './live-set.ts';
export type { Row, Rows, RowsOptions } from './rows.ts';
export type { Store } from './store.ts';

export interface ClientOptions {
  /** Of the server: `https://countersign.example.com`. */
  readonly url: string;
  readonly token: TokenProvider;
  /** The global one unless given: before Node 22 that of the package `ws`. */
  readonly WebSocket?: unknown;
  /** Commands that may wait for a connection, 1,000 unless given. */
  readonly queueLimit?: number;
  /** Keeps commands without an answer beyond this process; they are kept in memory alone where it is left out. */
  readonly outbox?: {
    readonly storage: OutboxStorage;
    /** Told of each answer to a command that an earlier client left there. */
    readonly answered?: (event: KeyedEvent, answer: Done | Error) => void;
  };
  /** Longest pause before the first attempt to come back, and before any: 500 ms and 30 s. */
  readonly pauses?: { readonly firstMs: number; readonly mostMs: number };
  /** Silence before the server is asked whether it is there, and time to say so: 25 s and 10 s. */
  readonly patience?: { readonly quietMs: number; readonly answerMs: number };
  /** From 0 to 1; for tests. */
  readonly random?: () => number;
}

export interface Client {
  /** How the connection is. */
  readonly status: Store<Status> & AsyncIterable<Status>;
  /** Rows of `tenant`, `project:<name>` or `change:<id>`. */
  rows(stream: string, options?: RowsOptions): Rows;
  /** The changes that fit a query, as they are now. */
  query(query: Query): LiveSet;
  /** Open changes on which I may do something, and what. */
  work(query?: Query): LiveSet;
  /** Sends an event to a change, now or when there is a connection again; done once. */
  send(event: SentEvent): Promise<Done>;
  /** Commands without an answer yet. */
  readonly unanswered: number;
  /** The same, as a store. */
  readonly queue: Store<number>;
  /** Ends the pause before the next attempt to connect, as when the network is known to be back. */
  retry(): void;
  /** Ends everything: iterations end, commands without an answer are rejected. */
  close(): void;
}

export function connect(options: ClientOptions): Client {
  const { random = Math.random, queueLimit = 1_000 } = options;
  const connection = new Connection({
    url: streamUrl(options.url),
    token: options.token,
    socketClass: (options.WebSocket as SocketClass | undefined) ?? globalSocket(),
    pauses: options.pauses ?? { firstMs: 500, mostMs: 30_000 },
    patience: options.patience ?? { quietMs: 25_000, answerMs: 10_000 },
    random,
  });
  const outbox = new Outbox({ limit: queueLimit, random, ...options.outbox });
  connection.join(outbox);
  return {
    status: connection.status,
    rows: (stream, how = {}) => new Rows(connection, stream, how),
    query: (query) => new LiveSet(connection, 'query', query),
    work: (query = {}) => new LiveSet(connection, 'work', query),
    send: (event) => outbox.send(event),
    get unanswered() {
      return outbox.size;
    },
    queue: outbox.count,
    retry: () => connection.retry(),
    close: () => connection.close(),
  };
}

function streamUrl(url: string): string {
  const base = url.replace(/^http/, 'ws').replace(/\/+$/, '');
  return base + STREAM_PATH;
}
