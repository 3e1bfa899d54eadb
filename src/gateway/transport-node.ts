/** Plain Node as a transport (`node:http` and `ws`): runs wherever Node runs, and where uWebSockets.js has no binary. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { InFlight } from './in-flight.ts';
import { cannotListen } from './listen-failure.ts';
import { serveNode } from './node-http.ts';
import { NodeSocket } from './node-socket.ts';
import { bodyOf, headersOf } from './response.ts';
import { statusLine } from './status.ts';
import {
  type ListenOptions,
  MAX_FRAME_BYTES,
  MAX_HEADER_BYTES,
  MAX_HEADERS,
  type Transport,
  type TransportHandlers,
  type UpgradeAnswer,
} from './transport.ts';

export async function listenNode(handlers: TransportHandlers, options: ListenOptions): Promise<Transport> {
  const inFlight = new InFlight();
  const main = await listening(handlers, options, inFlight);
  const { ownPort } = options;
  const ports = [main];
  if (ownPort !== undefined)
    ports.push(await listening(handlers, { ...options, port: ownPort, shared: false }, inFlight));
  return {
    name: 'node',
    port: (main.server.address() as AddressInfo).port,
    stopListening: () => {
      for (const { server } of ports) server.close();
    },
    idle: (timeoutMs) => inFlight.none(timeoutMs),
    close: async () => void (await Promise.all(ports.map(close))),
  };
}

interface Port {
  readonly server: Server;
  readonly sockets: WebSocketServer;
}

async function listening(
  handlers: TransportHandlers,
  options: ListenOptions,
  inFlight: InFlight,
): Promise<Port> {
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: Math.min(10_000, options.bodyTimeoutMs),
    requestTimeout: options.bodyTimeoutMs,
    connectionsCheckingInterval: Math.min(5_000, options.bodyTimeoutMs),
    keepAliveTimeout: 65_000,
  });
  // One more than allowed, so that a request over the limit can be told from one at it.
  server.maxHeadersCount = MAX_HEADERS + 1;
  server.on('request', (incoming, outgoing) => serveNode(incoming, outgoing, handlers, inFlight));
  const sockets = addSockets(server, handlers, [options.socketPath, ...(options.otherSocketPaths ?? [])]);
  await open(server, options);
  return { server, sockets };
}

async function close({ server, sockets }: Port): Promise<void> {
  for (const socket of sockets.clients) socket.terminate();
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

/** A shared port is held by the process that started this one (`node:cluster`), which hands out its connections. */
function open(server: Server, { host, port, shared = false }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(host, port, error)));
    server.listen({ host, port, exclusive: !shared }, resolve);
  });
}

function addSockets(server: Server, handlers: TransportHandlers, paths: readonly string[]): WebSocketServer {
  const accepted = new WeakMap<IncomingMessage, UpgradeAnswer & { accept: true }>();
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    handleProtocols: (_offered, request) => accepted.get(request)?.protocol || false,
  });
  server.on('upgrade', (request: IncomingMessage, duplex: Duplex, head: Buffer) => {
    duplex.on('error', () => duplex.destroy());
    const [path = '', query = ''] = request.url?.split(/\?(.*)/s) ?? [];
    if (!paths.includes(path)) {
      duplex.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    const header = (name: string) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(', ') : (value ?? null);
    };
    const answer = handlers.upgrade({
      path,
      query,
      header,
      peer: { address: request.socket.remoteAddress ?? '' },
    });
    if (!answer.accept) {
      duplex.end(rawResponse(answer.response));
      return;
    }
    accepted.set(request, answer);
    sockets.handleUpgrade(request, duplex, head, (ws) => attach(ws, request, answer));
  });
  return sockets;
}

function attach(ws: WebSocket, request: IncomingMessage, answer: UpgradeAnswer & { accept: true }): void {
  const socket = new NodeSocket(ws, request.socket);
  const listener = answer.open(socket);
  ws.on('message', (data: Buffer, isBinary) => {
    socket.alive();
    if (isBinary) listener.binary();
    else listener.message(data.toString('utf8'));
  });
  ws.on('error', () => ws.terminate());
  ws.on('close', () => {
    socket.forget();
    listener.closed();
  });
  request.socket.on('drain', () => listener.drain());
}

function rawResponse(response: Response): string {
  const body = bodyOf(response);
  const text = 'text' in body ? body.text : '';
  const head = [...headersOf(response)].map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const length = Buffer.byteLength(text);
  return `HTTP/1.1 ${statusLine(response.status)}\r\n${head}connection: close\r\ncontent-length: ${length}\r\n\r\n${text}`;
}
