/** What a client needs of a WebSocket: browsers, Node from 22 on and the package `ws` all have it. */

export interface SocketLike {
  send(text: string): void;
  close(code?: number, reason?: string): void;
  /** Assigned, never read. */
  onopen: unknown;
  onmessage: unknown;
  onclose: unknown;
  onerror: unknown;
}

export type SocketClass = new (url: string, protocols: string[]) => SocketLike;

export function globalSocket(): SocketClass {
  const { WebSocket: found } = globalThis as { readonly WebSocket?: SocketClass };
  if (found) return found;
  throw new TypeError(
    'There is no global WebSocket here: pass the class as "WebSocket", for example that of "ws".',
  );
}
