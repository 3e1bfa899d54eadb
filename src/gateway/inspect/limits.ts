/** The limits of the inspector and why its connections end; `docs/inspector.md` lists both. */
import type { CloseReason } from '../limits.ts';

export interface InspectLimits {
  /** Rows told in a second, over time, and at once. */
  readonly rowsPerSecond: number;
  readonly rowBurst: number;
  /** Changes one connection inspects. */
  readonly changes: number;
  /** Changes that a connection to a query is told of before anything happens. */
  readonly firstChanges: number;
}

export const INSPECT_LIMITS: InspectLimits = {
  rowsPerSecond: 200,
  rowBurst: 400,
  changes: 500,
  firstChanges: 100,
};

/** Beside the codes of the stream. */
export const INSPECT_CLOSE = {
  DONE: { code: 1000, reason: 'the replay is over' },
  TOO_MANY_CHANGES: {
    code: 4006,
    reason: 'this connection has told of as many changes as it may; reconnect with "since"',
  },
  NOT_THERE: { code: 4504, reason: 'there is no such change or project for you in this tenant' },
  NOT_ASKED: { code: 4516, reason: 'the inspector only tells; it takes no messages' },
} as const satisfies Record<string, CloseReason>;
