/** Readers as they are kept: who has acknowledged the log up to where. Times are milliseconds. */

export interface ReaderRef {
  readonly tenant: string;
  readonly principal: string;
  /** One principal may read in several places. */
  readonly name: string;
  /** `tenant`, `project:<name>` or `change:<id>`. */
  readonly stream: string;
}

export interface ReaderRecord extends ReaderRef {
  readonly acknowledged: number;
  readonly acknowledgedAt: number;
  /** Critical rows it has not acknowledged; counting ends at 1,000. */
  readonly unacknowledged: number;
  /** The oldest of them: where it stands and when it was recorded. */
  readonly oldest: { readonly seq: number; readonly recordedAt: number } | null;
}

export interface ReaderStore {
  /** Up to where the reader has acknowledged; a new one begins at `position`. Throws TOO_BUSY past 100 of a principal. */
  open(reader: ReaderRef, position: number): Promise<number>;
  /** Never goes back; returns up to where it is acknowledged now. */
  acknowledge(reader: ReaderRef, seq: number): Promise<number>;
  forget(reader: ReaderRef): Promise<void>;
  /** Those who have left a critical row that was recorded before `before` (ms) unacknowledged, the oldest first. */
  overdue(tenant: string, before: number, limit: number): Promise<readonly ReaderRecord[]>;
  /**
   * Of all tenants: remembers who is overdue, as `overdue` has it, and tells of whom that is new and of whom it is over. Of
   * servers that ask at once, one is told.
   */
  markOverdue(before: number): Promise<Marked>;
  /** How many are marked, of all tenants. */
  countOverdue(): Promise<number>;
}

export interface Marked {
  readonly begun: readonly ReaderRef[];
  readonly over: readonly ReaderRef[];
}

/** Readers one principal may have. */
export const MAX_READERS = 100;
