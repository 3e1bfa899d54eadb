/**
 * What carries bytes: uWebSockets.js where it has a binary for this platform, plain Node otherwise. Both feed the same
 * two handlers, and one contract suite holds them to the same behaviour.
 */

/** 1 MiB: the largest body that reaches a handler. */
export const MAX_BODY_BYTES = 1024 * 1024;
/** A body that takes longer than this to arrive loses its connection. */
export const BODY_TIMEOUT_MS = 30_000;
export const MAX_HEADERS = 100;
export const MAX_HEADER_BYTES = 16 * 1024;
/** Larger frames cut the connection below the protocol; the protocol's own limit is lower and gets an answer. */
export const MAX_FRAME_BYTES = 256 * 1024;
/** A frame in more fragments, or packets, may cut the connection: what is kept of each is larger than what it brings. */
export const MAX_FRAME_PIECES = 4096;
/** What the transport holds for one socket before it drops messages; a session stops far below. */
export const MAX_BACKPRESSURE_BYTES = 4 * 1024 * 1024;
/** A socket that answers neither messages nor pings for this long is closed. */
export const SOCKET_IDLE_S = 60;

export type TransportName = 'uws' | 'node';

/** The other end of the connection. */
export interface Peer {
  /** IP address as text. */
  readonly address: string;
}

export type FetchHandler = (request: Request, peer: Peer) => Response | Promise<Response>;

/** `dropped`: the message is lost and the stream has a hole; the connection must be closed. */
export type SendResult = 'sent' | 'buffered' | 'dropped';

/** A text frame; its UTF-8 where it goes to many. */
export type Frame = string | Buffer;

export interface Socket {
  send(frame: Frame): SendResult;
  /** Bytes accepted but not yet taken by the network. */
  buffered(): number;
  close(code: number, reason: string): void;
}

export interface SocketListener {
  message(text: string): void;
  binary(): void;
  /** What was buffered has left. */
  drain(): void;
  closed(): void;
}

/** A request to become a socket. Header names are lower case. */
export interface UpgradeRequest {
  /** The one of the listen options it came to. */
  readonly path: string;
  /** What stands behind the "?", as it was sent. */
  readonly query: string;
  readonly header: (name: string) => string | null;
  readonly peer: Peer;
}

export type UpgradeAnswer =
  | { readonly accept: true; readonly protocol: string; readonly open: (socket: Socket) => SocketListener }
  | { readonly accept: false; readonly response: Response };

export interface TransportHandlers {
  readonly fetch: FetchHandler;
  /** Decides at once, before the first await. */
  readonly upgrade: (request: UpgradeRequest) => UpgradeAnswer;
  /** The answer to a body past the limit, given before the body has arrived. */
  readonly tooLarge: () => Response;
}

export interface ListenOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Path of the WebSocket endpoint. */
  readonly socketPath: string;
  /** Other paths that upgrade. */
  readonly otherSocketPaths?: readonly string[];
  readonly bodyTimeoutMs: number;
  /** Other processes of this server listen on the same port, which is named. */
  readonly shared?: boolean;
  /** A second port, of this process alone. */
  readonly ownPort?: number | undefined;
}

export interface Transport {
  readonly name: TransportName;
  readonly port: number;
  /** Accepts no more connections; those that exist go on. */
  stopListening(): void;
  /** Resolves when no request is being answered, or after `timeoutMs`. */
  idle(timeoutMs: number): Promise<void>;
  /** Cuts whatever is left. */
  close(): Promise<void>;
}

export type Listen = (handlers: TransportHandlers, options: ListenOptions) => Promise<Transport>;
