/**
 * How servers on one database wake each other: "the stream of this tenant has reached seq". A message is a hint and
 * nothing more. Whoever gets one reads the log; whoever misses one looks by itself a few seconds later.
 */

export interface BusListener {
  /** Another server says that this tenant's stream has reached `seq`. It may be late, repeated or wrong. */
  reached(tenant: string, seq: number): void;
  /** Another server says that the list of revoked tokens has reached `seq`. */
  revoked?(seq: number): void;
  /** The connection was away: anything may have been missed. */
  missed(): void;
}

export interface Bus {
  readonly kind: 'postgres' | 'redis';
  /** Never waits and never fails: what cannot be said now is said, in its newest form, when that is possible again.
   * The list of revoked tokens is said like a stream, as `REVOCATIONS` of `notice.ts`. */
  publish(tenant: string, seq: number): void;
  /** Returns what ends it. A bus does not tell a server what that server has said. */
  subscribe(listener: BusListener): () => void;
  /** Says what is still unsaid, where that is possible within a second, and lets go of every connection. */
  close(): Promise<void>;
}
