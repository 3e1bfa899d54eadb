/** A TCP proxy that is a bad network: bytes come in slices, late, and connections are cut; the same for the same seed. */

import type { AddressInfo } from 'node:net';
import { createServer, connect as dial, type Server, type Socket } from 'node:net';

export interface Chaos {
  /** Longest piece that is passed on at once, in bytes. */
  readonly sliceBytes?: number;
  /** Longest time a piece waits. */
  readonly delayMs?: number;
  /** All connections are cut this often. */
  readonly cutEveryMs?: number;
  readonly seed?: number;
}

export interface ChaosProxy {
  /** `http://127.0.0.1:1234` */
  readonly url: string;
  /** Connections there have been. */
  readonly connections: () => number;
  readonly cuts: () => number;
  cut(): void;
  /** From now on everybody is refused, until `admit`. */
  refuse(): void;
  admit(): void;
  /** Takes what is sent, passes nothing on, and says nothing: half-open. */
  freeze(): void;
  close(): Promise<void>;
}

/** Mulberry32. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export async function chaosProxy(port: number, chaos: Chaos = {}): Promise<ChaosProxy> {
  const { sliceBytes = 65_536, delayMs = 0, cutEveryMs, seed = 1 } = chaos;
  const random = randomFrom(seed);
  const sockets = new Set<Socket>();
  let [connections, cuts, isRefusing, isFrozen] = [0, 0, false, false];

  const pipe = (from: Socket, to: Socket) => {
    let queue = Promise.resolve();
    from.on('data', (data: Buffer) => {
      if (isFrozen) return;
      for (let at = 0; at < data.length; ) {
        const piece = data.subarray(at, at + 1 + Math.floor(random() * sliceBytes));
        at += piece.length;
        const wait = delayMs * random();
        queue = queue.then(async () => {
          if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, wait));
          if (!to.destroyed) to.write(piece);
        });
      }
    });
    from.on('error', () => {});
    from.on('close', () => {
      sockets.delete(from);
      void queue.then(() => to.destroy());
    });
  };

  const server: Server = createServer((near) => {
    connections += 1;
    if (isRefusing) {
      near.destroy();
      return;
    }
    const far = dial(port, '127.0.0.1');
    for (const socket of [near, far]) sockets.add(socket.setNoDelay(true));
    pipe(near, far);
    pipe(far, near);
  });
  const cut = () => {
    if (sockets.size > 0) cuts += 1;
    for (const socket of [...sockets]) socket.destroy();
    sockets.clear();
  };
  const timer = cutEveryMs === undefined ? undefined : setInterval(cut, cutEveryMs);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    cuts: () => cuts,
    cut,
    refuse: () => {
      isRefusing = true;
      cut();
    },
    admit: () => {
      isRefusing = false;
    },
    freeze: () => {
      isFrozen = true;
    },
    close: async () => {
      clearInterval(timer);
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
