/** Servers with nothing behind them: each "commit" is one text for everybody, made once and sent as is usual with each. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Served } from './served.ts';

/** `bytes` is the length of the text of an event, as it travels. */
export async function wsServer(bytes: number): Promise<Served> {
  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const sockets = new Set<WebSocket>();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.send('{"type":"connected"}');
  });
  const text = Buffer.from('{"type":"event"'.padEnd(bytes - 1, ' '));
  return servedOn(http, () => {
    for (const socket of sockets) socket.send(text, { binary: false });
  });
}

export async function socketIoServer(bytes: number): Promise<Served> {
  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const io = new Server(http, { transports: ['websocket'], serveClient: false });
  // Around it travels 42["event","…"].
  const text = ' '.repeat(bytes - '42["event",""]'.length);
  return servedOn(http, () => io.emit('event', text));
}

function servedOn(http: ReturnType<typeof createServer>, sendToAll: () => void): Served {
  return {
    port: (http.address() as AddressInfo).port,
    changes: async () => [],
    commit: async (count) => {
      for (let index = 0; index < count; index++) sendToAll();
    },
    position: async () => 0,
  };
}
