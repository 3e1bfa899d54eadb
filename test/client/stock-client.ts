/** A client of some sixty lines on a stock WebSocket, written from `docs/protocol.md` and nothing else. */
import { WebSocket } from 'ws';

export class StockClient {
  /** Every row it was sent. */
  readonly seen: number[] = [];
  /** Anything the documentation does not allow. */
  readonly defects: string[] = [];
  #since: number;
  #epoch: string | undefined;
  #socket: WebSocket | undefined;
  #pause = 5;
  #isOver = false;

  constructor(serverUrl: string, freshToken: () => Promise<string>, stream: string, since: number) {
    this.#since = since;
    void this.#run(`${serverUrl.replace('http', 'ws')}/v1/stream`, freshToken, stream);
  }

  close(): void {
    this.#isOver = true;
    this.#socket?.terminate();
  }

  async #run(url: string, freshToken: () => Promise<string>, stream: string): Promise<void> {
    const token = await freshToken();
    const socket = new WebSocket(url, 'countersign.v1.json');
    this.#socket = socket;
    const send = (frame: object) => socket.send(JSON.stringify(frame));
    socket.on('error', () => {});
    socket.on('open', () => {
      send({ id: 1, type: 'connect', token });
      send({ id: 2, type: 'subscribe', stream, since: this.#since, epoch: this.#epoch });
    });
    socket.on('message', (data) => this.#take(JSON.parse(String(data))));
    socket.on('close', (code) => {
      if (code >= 4500) this.defects.push(`closed with ${code}`);
      if (this.#isOver || code >= 4500) return;
      this.#pause = Math.min(this.#pause * 2, 50);
      setTimeout(() => void this.#run(url, freshToken, stream), this.#pause * Math.random());
    });
  }

  // biome-ignore lint/suspicious/noExplicitAny: frames as they come
  #take(frame: any): void {
    if (frame.type === 'error') this.defects.push(frame.error.detail);
    else if (frame.id === 2) {
      if (!frame.recovered || frame.since !== this.#since) this.defects.push('not recovered');
      this.#epoch = frame.epoch;
      this.#pause = 5;
    } else if (frame.type === 'event') {
      if (frame.prev !== this.#since) this.defects.push(`prev ${frame.prev} after ${this.#since}`);
      this.seen.push(frame.seq);
      this.#since = frame.seq;
    } else if (frame.type === 'advance') this.#since = frame.seq;
  }
}
