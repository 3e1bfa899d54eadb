/** Servers as they say of themselves that they run, and what they have stopped. Times are milliseconds. */
import type { ChangeRef } from './records.ts';

export interface ServerRecord {
  /** One process, from its start to its end. */
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly startedAt: number;
  readonly sockets: number;
  readonly subscriptions: number;
  readonly commandsWaiting: number;
}

export interface SeenServer extends ServerRecord {
  /** When it last said so, by the clock of the database. */
  readonly seenAt: number;
  /** How long ago that was, in ms. */
  readonly silentMs: number;
}

export interface ServerStore {
  /** The server runs; said again every few seconds. */
  seen(server: ServerRecord): Promise<void>;
  /** It stops, and is listed no more. */
  left(id: string): Promise<void>;
  /** Forgets servers that were not seen for a day, and what they had stopped; returns how many. */
  forget(): Promise<number>;
  /** Those that have not left and were seen within so many ms, the oldest first, at most `limit`. */
  list(withinMs: number, limit: number): Promise<readonly SeenServer[]>;
}

/** A change that a server has stopped, why, and when by that server's clock. */
export interface StoppedRecord extends ChangeRef {
  readonly why: string;
  readonly at: number;
}

export interface StoppedStore {
  /** All that this server, which has said that it runs, has stopped; returns those that were released elsewhere. */
  say(server: string, stopped: readonly StoppedRecord[]): Promise<readonly ChangeRef[]>;
  /** Those that servers other than `except` have stopped which were seen within so many ms, the oldest first. */
  list(tenant: string, except: string, withinMs: number, limit: number): Promise<readonly StoppedRecord[]>;
  /** Released: the servers that stopped it hear so when they speak next. */
  end(ref: ChangeRef): Promise<void>;
}
