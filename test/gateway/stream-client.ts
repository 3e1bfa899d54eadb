/** A client written only from `docs/protocol.md`, on a stock WebSocket. */
import { once } from 'node:events';
import { type ClientOptions, WebSocket } from 'ws';
import type { Gateway } from '../../src/gateway/server.ts';
import { token } from './harness.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look into frames of every kind
export type Frame = any;

export interface DialOptions {
  readonly protocols?: readonly string[];
  readonly options?: ClientOptions;
}

export class StreamClient {
  readonly ws: WebSocket;
  readonly frames: Frame[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  #next = 0;
  #waiting: { matches: (frame: Frame) => boolean; resolve: (frame: Frame) => void }[] = [];

  private constructor(ws: WebSocket) {
    this.ws = ws;
    this.closed = once(ws, 'close').then(([code, reason]) => ({ code, reason: String(reason) }));
    ws.on('error', () => {});
    ws.on('message', (data) => this.#take(JSON.parse(String(data))));
  }

  static async dial(
    gateway: Gateway,
    { protocols = ['countersign.v1.json'], options = {} }: DialOptions = {},
  ): Promise<StreamClient> {
    const ws = new WebSocket(`${gateway.url.replace('http', 'ws')}/v1/stream`, [...protocols], options);
    const client = new StreamClient(ws);
    await once(ws, 'open');
    return client;
  }

  /** Dials and connects as "rob". */
  static async connected(gateway: Gateway, presented?: string): Promise<StreamClient> {
    const client = await StreamClient.dial(gateway);
    await client.ask({ type: 'connect', token: presented ?? (await token()) });
    return client;
  }

  /** Sends a command and waits for its reply or error. */
  ask(command: Record<string, unknown>): Promise<Frame> {
    this.#next += 1;
    const id = `c${this.#next}`;
    this.ws.send(JSON.stringify({ id, ...command }));
    return this.next((frame) => frame.id === id);
  }

  /** The next frame that matches, from those not yet looked at. */
  next(matches: (frame: Frame) => boolean = () => true): Promise<Frame> {
    const index = this.frames.findIndex(matches);
    if (index >= 0) return Promise.resolve(this.frames.splice(index, 1)[0]);
    return new Promise((resolve) => this.#waiting.push({ matches, resolve }));
  }

  events(): Frame[] {
    return this.frames.filter((frame) => frame.type === 'event');
  }

  cut(): void {
    this.ws.terminate();
  }

  #take(frame: Frame): void {
    const index = this.#waiting.findIndex(({ matches }) => matches(frame));
    if (index < 0) this.frames.push(frame);
    else this.#waiting.splice(index, 1)[0]?.resolve(frame);
  }
}
