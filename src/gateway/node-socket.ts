/** A `ws` socket behind the transport's interface, with the heartbeat that uWebSockets.js has built in. */
import type { Socket as NetSocket } from 'node:net';
import type { WebSocket } from 'ws';
import {
  type Frame,
  MAX_BACKPRESSURE_BYTES,
  type SendResult,
  SOCKET_IDLE_S,
  type Socket,
} from './transport.ts';

/** A client that does not answer our closing frame loses the connection after this. */
const CLOSE_TIMEOUT_MS = 2_000;

export class NodeSocket implements Socket {
  readonly #ws: WebSocket;
  readonly #net: NetSocket;
  readonly #heartbeat: NodeJS.Timeout;
  #isAlive = true;

  constructor(ws: WebSocket, net: NetSocket) {
    this.#ws = ws;
    this.#net = net;
    ws.on('pong', () => this.alive());
    ws.on('ping', () => this.alive());
    this.#heartbeat = setInterval(() => this.#beat(), (SOCKET_IDLE_S * 1000) / 2);
  }

  send(frame: Frame): SendResult {
    if (this.#ws.readyState !== this.#ws.OPEN) return 'dropped';
    if (this.buffered() + frame.length > MAX_BACKPRESSURE_BYTES) return 'dropped';
    this.#ws.send(frame, { binary: false });
    return this.#net.writableNeedDrain ? 'buffered' : 'sent';
  }

  buffered(): number {
    return this.#ws.bufferedAmount;
  }

  close(code: number, reason: string): void {
    this.#ws.close(code, reason);
    setTimeout(() => this.#ws.terminate(), CLOSE_TIMEOUT_MS).unref();
  }

  /** Something came from the other side. */
  alive(): void {
    this.#isAlive = true;
  }

  forget(): void {
    clearInterval(this.#heartbeat);
  }

  #beat(): void {
    if (this.#isAlive) this.#ws.ping();
    else this.#ws.terminate();
    this.#isAlive = false;
  }
}
