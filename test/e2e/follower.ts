/** A client that follows a tenant's stream from server to server, written only from `docs/protocol.md`. */
import { WebSocket } from 'ws';

export class Follower {
  /** The rows it was sent, by `seq`, in the order in which they came. */
  readonly seqs: number[] = [];
  readonly events: string[] = [];
  readonly closes: { readonly code: number; readonly reason: string }[] = [];
  readonly #urls: readonly string[];
  readonly #token: string;
  #since: number | undefined;
  #epoch: string | undefined;
  #at: number;
  #socket: WebSocket | undefined;
  #isLive = false;
  #isDone = false;
  #changed: () => void = () => {};

  /** Follows at the first of `urls`; when it loses one it goes on to the next. */
  constructor(urls: readonly string[], token: string, first = 0) {
    this.#urls = urls;
    this.#token = token;
    this.#at = first;
    this.#dial();
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  live(): Promise<void> {
    return this.until(() => this.#isLive);
  }

  close(): void {
    this.#isDone = true;
    this.#socket?.terminate();
  }

  #dial(): void {
    const url = this.#urls[this.#at % this.#urls.length] ?? '';
    const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/stream`, 'countersign.v1.json');
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('open', () => {
      socket.send(JSON.stringify({ id: 1, type: 'connect', token: this.#token }));
      const position = { since: this.#since, epoch: this.#epoch };
      socket.send(JSON.stringify({ id: 2, type: 'subscribe', stream: 'tenant', ...position }));
    });
    socket.on('message', (data) => this.#take(JSON.parse(String(data))));
    socket.on('close', (code, reason) => {
      this.closes.push({ code, reason: String(reason) });
      this.#isLive = false;
      this.#at += 1;
      this.#changed();
      const told = Number(/ in (\d+) ms$/.exec(String(reason))?.[1] ?? 50 * Math.random());
      if (!this.#isDone) setTimeout(() => this.#dial(), told);
    });
  }

  // biome-ignore lint/suspicious/noExplicitAny: frames of every kind
  #take(frame: any): void {
    if (frame.type === 'error') throw new Error(JSON.stringify(frame.error));
    if (frame.id === 2) {
      if (!frame.recovered) throw new Error(`position ${this.#since} was not recovered`);
      ({ since: this.#since, epoch: this.#epoch } = frame);
      this.#isLive = true;
    }
    if (frame.type === 'event') {
      if (frame.prev !== this.#since) throw new Error(`after ${this.#since} came one after ${frame.prev}`);
      this.#since = frame.seq;
      this.seqs.push(frame.seq);
      this.events.push(frame.transition.event);
    }
    if (frame.type === 'advance') this.#since = frame.seq;
    this.#changed();
  }
}
