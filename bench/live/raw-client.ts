/**
 * A WebSocket client that costs next to nothing, so that thousands fit into a process without being what is measured: it
 * speaks the handshake, sends small frames and skips through what arrives.
 */
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

export interface RawOptions {
  readonly port: number;
  readonly localAddress: string;
  /** With its query. */
  readonly path: string;
  readonly protocols: string;
  /** `payload` is a part of the chunk that arrived: look, don't keep. */
  readonly onFrame: (payload: Buffer) => void;
  readonly onClose: () => void;
  readonly onConnected?: () => void;
}

/** What has arrived for one client is read before anything is read for the next: one buffer does for all. */
const READ = Buffer.allocUnsafe(64 * 1024);

export class RawClient {
  readonly #options: RawOptions;
  readonly socket: Socket;
  /** The frame that the end of a chunk has cut. */
  #head: Buffer = Buffer.alloc(0);
  #isOpen = false;

  constructor(options: RawOptions) {
    this.#options = options;
    this.socket = connect({
      host: '127.0.0.1',
      port: options.port,
      localAddress: options.localAddress,
      onread: {
        buffer: READ,
        callback: (length) => {
          this.#take(READ.subarray(0, length));
          return true;
        },
      },
    });
    this.socket.setNoDelay(true);
    this.socket.on('error', () => {});
    this.socket.on('close', options.onClose);
    if (options.onConnected) this.socket.on('connect', options.onConnected);
    this.socket.write(
      `GET ${options.path} HTTP/1.1\r\nhost: bench\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${randomBytes(16).toString('base64')}\r\nsec-websocket-protocol: ${options.protocols}\r\n\r\n`,
    );
  }

  send(text: string): void {
    const payload = Buffer.from(text);
    const long = payload.length > 125;
    const frame = Buffer.alloc((long ? 8 : 6) + payload.length);
    frame[0] = 0x81;
    frame[1] = 0x80 | (long ? 126 : payload.length);
    if (long) frame.writeUInt16BE(payload.length, 2);
    // Masked with zeros: what the standard asks for, and nothing to compute.
    payload.copy(frame, long ? 8 : 6);
    this.socket.write(frame);
  }

  #take(chunk: Buffer): void {
    let data: Buffer = this.#head.length > 0 ? Buffer.concat([this.#head, chunk]) : chunk;
    this.#head = data.subarray(data.length);
    if (!this.#isOpen) {
      const end = data.indexOf('\r\n\r\n');
      if (end < 0) {
        this.#head = Buffer.from(data);
        return;
      }
      if (data[9] !== 0x31) throw new Error(data.toString('latin1', 0, 200));
      this.#isOpen = true;
      data = data.subarray(end + 4);
    }
    let at = 0;
    while (at < data.length) {
      const short = (data[at + 1] ?? 127) & 127;
      const head = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (at + head > data.length) {
        this.#head = Buffer.from(data.subarray(at));
        return;
      }
      const length =
        short === 126 ? data.readUInt16BE(at + 2) : short === 127 ? data.readUInt32BE(at + 6) : short;
      const end = at + head + length;
      if (end > data.length) {
        this.#head = Buffer.from(data.subarray(at));
        return;
      }
      const isPing = ((data[at] ?? 0) & 15) === 9;
      if (isPing) this.socket.write(Buffer.from([0x8a, 0x80, 0, 0, 0, 0]));
      else this.#options.onFrame(data.subarray(at + head, end));
      at = end;
    }
  }
}
