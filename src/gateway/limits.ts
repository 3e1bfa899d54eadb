/** The limits of the WebSocket protocol; `docs/protocol.md` lists them. */
import { FRAME_BYTES } from '../client/names.ts';

export interface StreamLimits {
  /** A larger frame closes the connection with 4509. */
  readonly frameBytes: number;
  readonly subscriptions: number;
  /** Commands a second, over time, and at once. */
  readonly commandsPerSecond: number;
  readonly commandBurst: number;
  /** Commands refused for their rate before the connection is closed with 4029. */
  readonly refusedCommands: number;
  /** Frames that cannot be read before the connection is closed with 4500. */
  readonly badFrames: number;
  /** Commands being worked on at once. */
  readonly pendingCommands: number;
  /** How long a connection may live without a token. */
  readonly connectMs: number;
  /** Above this, a socket gets no more events until it has drained. */
  readonly bufferedBytes: number;
}

export const STREAM_LIMITS: StreamLimits = {
  frameBytes: FRAME_BYTES,
  subscriptions: 100,
  commandsPerSecond: 100,
  commandBurst: 200,
  refusedCommands: 1_000,
  badFrames: 10,
  pendingCommands: 100,
  connectMs: 10_000,
  bufferedBytes: 64 * 1024,
};

/** Why a connection ends. 4000–4499: connect again. 4500–4999: don't, until what the code names was changed. */
export const CLOSE = {
  STOPPING: { code: 4000, reason: 'the server is stopping; reconnect' },
  TOKEN_EXPIRED: { code: 4001, reason: 'the token has expired; reconnect with a new one' },
  SLOW: { code: 4002, reason: 'messages were lost because you read too slowly; reconnect with "since"' },
  NOT_CONNECTED: { code: 4003, reason: 'no "connect" frame arrived in time; reconnect' },
  STREAM_RESET: { code: 4004, reason: 'the stream was renumbered; reconnect with "since" and "epoch"' },
  STREAM_UNREADABLE: { code: 4005, reason: 'the log could not be read; reconnect with "since"' },
  TOO_MANY_COMMANDS: { code: 4029, reason: 'too many commands; reconnect after a pause' },
  BAD_FRAMES: { code: 4500, reason: 'too many frames that are not of this protocol' },
  UNAUTHENTICATED: { code: 4501, reason: 'the token was not accepted' },
  TOKEN_REVOKED: { code: 4502, reason: 'the token was revoked; sign in again' },
  FORBIDDEN: { code: 4503, reason: 'the token does not allow this' },
  FRAME_TOO_LARGE: { code: 4509, reason: 'the frame is larger than 64 KiB' },
  BINARY: { code: 4515, reason: 'this protocol has no binary frames' },
} as const satisfies Record<string, { code: number; reason: string }>;

export interface CloseReason {
  readonly code: number;
  readonly reason: string;
}

/** A client that reads the reason comes back after so long, any other after a pause of its own. */
export function stoppingIn(ms: number): CloseReason {
  return { code: CLOSE.STOPPING.code, reason: `${CLOSE.STOPPING.reason} in ${ms} ms` };
}
