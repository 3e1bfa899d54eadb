/** A row on its way to subscribers: serialised once, however many there are. */
import type { LogRow } from '../persistence/records.ts';
import { transitionDocument } from './http/wire.ts';

export interface Delivery {
  readonly seq: number;
  readonly change: string;
  /** Undefined where nobody needed to know. */
  readonly project: string | undefined;
  /** Whether readers have to acknowledge it. */
  readonly critical: boolean;
  readonly text: string;
}

/** Told of every row, in order. */
export interface Receiver {
  deliver(delivery: Delivery): void;
}

export function deliveryOf(row: LogRow, project: string | undefined): Delivery {
  return {
    seq: row.seq,
    change: row.change,
    project,
    critical: isCritical(row),
    text: JSON.stringify(transitionDocument(row)),
  };
}

/** What nobody may miss: a change that came to its end, and what the system did by itself, like an escalation. */
function isCritical({ kind, outcome, principalKind }: LogRow): boolean {
  return kind === 'transition' && (outcome !== null || principalKind === 'system');
}
