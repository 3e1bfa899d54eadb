/** Servers as they say of themselves that they run. Times are milliseconds. */

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
  /** Those that have not left and were seen within so many ms, the oldest first, at most `limit`. */
  list(withinMs: number, limit: number): Promise<readonly SeenServer[]>;
}
