/** What operators may know of the actors of this process, and do to one that was stopped. */
import type { ChangeRef } from '../persistence/records.ts';

/** Why and when (ms) an actor was stopped. */
export interface Stop {
  readonly why: string;
  readonly at: number;
}

export interface StoppedChange extends Stop, ChangeRef {}

export interface AtWork {
  /** Commands that nobody has taken yet, of all tenants. */
  readonly waiting: number;
  /** Changes of a tenant, or of all, that broke an invariant here, and hear nothing since. */
  stopped(tenant?: string): readonly StoppedChange[];
  /** The next command loads it anew from the store; false where it was not stopped here. */
  restart(ref: ChangeRef): boolean;
}
