/** A row on its way to subscribers: serialised once, however many there are. */
export interface Delivery {
  readonly seq: number;
  readonly change: string;
  /** Undefined where nobody needed to know. */
  readonly project: string | undefined;
  readonly text: string;
}

/** Told of every row, in order. */
export interface Receiver {
  deliver(delivery: Delivery): void;
}
