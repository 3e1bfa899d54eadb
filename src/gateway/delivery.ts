/** A row on its way to subscribers: serialised once, however many there are. */
import type { LogRow } from '../persistence/records.ts';
import { transitionDocument } from './http/wire.ts';
import { eventFrame } from './protocol.ts';

export class Delivery {
  readonly seq: number;
  readonly change: string;
  /** Undefined where nobody needed to know. */
  readonly project: string | undefined;
  /** Whether readers have to acknowledge it. */
  readonly critical: boolean;
  readonly text: string;
  #made: { readonly subscription: string; readonly prev: number; readonly frame: Buffer } | undefined;

  constructor(row: LogRow, project: string | undefined) {
    this.seq = row.seq;
    this.change = row.change;
    this.project = project;
    this.critical = isCritical(row);
    this.text = JSON.stringify(transitionDocument(row));
  }

  /**
   * The frame that tells `subscription` of it, in UTF-8. Connections count their subscriptions alike and those of a stream
   * get the same rows, so the one made last usually serves the next as well.
   */
  frame(subscription: string, prev: number): Buffer {
    if (this.#made?.subscription === subscription && this.#made.prev === prev) return this.#made.frame;
    const frame = Buffer.from(eventFrame(subscription, this, prev));
    this.#made = { subscription, prev, frame };
    return frame;
  }
}

/** Told of every row, in order. */
export interface Receiver {
  deliver(delivery: Delivery): void;
}

/** What nobody may miss: a change that came to its end, and what the system did by itself, like an escalation. */
function isCritical({ kind, outcome, principalKind }: LogRow): boolean {
  return kind === 'transition' && (outcome !== null || principalKind === 'system');
}
