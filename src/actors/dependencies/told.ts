/** What one change is told of what it depends on: an event in its own log, once for each key. */
export interface Told {
  readonly tenant: string;
  readonly change: string;
  readonly because: string;
  readonly key: string;
  /** Judge it again though it is approved. */
  readonly reopen: boolean;
}
