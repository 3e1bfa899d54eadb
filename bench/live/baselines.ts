/** Servers with nothing behind them: each "commit" is one text for everybody, made once and sent as is usual with each. */

import * as uws from 'uWebSockets.js';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Served } from './served.ts';

const WELCOME = '{"type":"connected"}';
const eventOf = (bytes: number) => Buffer.from('{"type":"event"'.padEnd(bytes - 1, ' '));

/** `bytes` is the length of the text of an event, as it travels. */
async function wsServer(bytes: number): Promise<Served> {
  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const sockets = new Set<WebSocket>();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.send(WELCOME);
  });
  const text = eventOf(bytes);
  return served(portOf(http), () => {
    for (const socket of sockets) socket.send(text, { binary: false });
  });
}

/** What our own server sends with, alone: nothing can be told sooner by it. */
async function uwsServer(bytes: number): Promise<Served> {
  const app = uws.App();
  const sockets = new Set<uws.WebSocket<unknown>>();
  app.ws('/*', {
    open: (socket) => {
      sockets.add(socket);
      socket.send(WELCOME);
    },
    close: (socket) => {
      sockets.delete(socket);
    },
  });
  const listening = await new Promise<uws.us_listen_socket | false>((resolve) => {
    app.listen('127.0.0.1', 0, resolve);
  });
  if (!listening) throw new Error('uWebSockets.js found no port to listen on.');
  const text = eventOf(bytes);
  return served(uws.us_socket_local_port(listening), () => {
    for (const socket of sockets) socket.send(text);
  });
}

async function socketIoServer(bytes: number): Promise<Served> {
  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const io = new Server(http, { transports: ['websocket'], serveClient: false });
  // Around it travels 42["event","…"].
  const text = ' '.repeat(bytes - '42["event",""]'.length);
  return served(portOf(http), () => io.emit('event', text));
}

function portOf(http: ReturnType<typeof createServer>): number {
  return (http.address() as AddressInfo).port;
}

function served(port: number, sendToAll: () => void): Served {
  return {
    port,
    changes: async () => [],
    commit: async (count) => {
      for (let index = 0; index < count; index++) sendToAll();
    },
    position: async () => 0,
  };
}

export const BASELINES = { ws: wsServer, 'socket.io': socketIoServer, 'uWebSockets.js': uwsServer };
