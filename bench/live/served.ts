/** A server of the bench, as the process around it asks it. */
export interface Served {
  readonly port: number;
  changes(count: number): Promise<readonly string[]>;
  /** So many events at once. */
  commit(count: number): Promise<void>;
  position(): Promise<number>;
}
