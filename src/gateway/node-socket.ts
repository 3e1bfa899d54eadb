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
  #isPonging = false;
  #pinged: Buffer | undefined;

  constructor(ws: WebSocket, net: NetSocket) {
    this.#ws = ws;
    this.#net = net;
    ws.on('pong', () => this.alive());
    ws.on('ping', (data) => {
      this.alive();
      this.#pong(Buffer.from(data));
    });
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

  /** One answer is under way, and after it that to the newest ping, as RFC 6455 (5.5.3) allows: no more is held. */
  #pong(data: Buffer): void {
    if (this.#isPonging) {
      this.#pinged = data;
      return;
    }
    this.#isPonging = true;
    this.#ws.pong(data, false, () => {
      this.#isPonging = false;
      const newest = this.#pinged;
      this.#pinged = undefined;
      if (newest !== undefined) this.#pong(newest);
    });
  }

  #beat(): void {
    if (this.#isAlive) this.#ws.ping();
    else this.#ws.terminate();
    this.#isAlive = false;
  }
}
