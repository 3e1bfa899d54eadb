/** Driving a transport from outside: by raw bytes, and by more frames than fit. */
import { once } from 'node:events';
import type { Socket as NetSocket } from 'node:net';
import type { SendResult, Socket } from '../../src/gateway/transport.ts';

/** Sends large frames until one of them is answered as wanted; at most 1,000. */
export function sendUntil(socket: Socket, done: (result: SendResult) => boolean): SendResult[] {
  const results: SendResult[] = [];
  const frame = 'x'.repeat(64 * 1024);
  while (results.length < 1000) {
    const result = socket.send(frame);
    results.push(result);
    if (done(result)) break;
  }
  return results;
}

/** Sends, and gives back all that comes until the connection ends, or after `maxMs`. */
export async function exchange(socket: NetSocket, text: string, maxMs: number): Promise<string> {
  let received = '';
  socket.on('data', (data) => {
    received += data.toString('latin1');
  });
  socket.on('error', () => {});
  socket.write(text);
  const timer = setTimeout(() => socket.destroy(), maxMs);
  await once(socket, 'close');
  clearTimeout(timer);
  return received;
}
