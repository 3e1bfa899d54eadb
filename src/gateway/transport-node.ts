/** Plain Node as a transport (`node:http` and `ws`): runs wherever Node runs, and where uWebSockets.js has no binary. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { InFlight } from './in-flight.ts';
import { cannotListen } from './listen-failure.ts';
import { serveNode } from './node-http.ts';
import { NodeSocket } from './node-socket.ts';
import { handshakeDefect } from './opening-handshake.ts';
import { bodyOf, headersOf } from './response.ts';
import { statusLine } from './status.ts';
import {
  type ListenOptions,
  MAX_FRAME_BYTES,
  MAX_FRAME_PIECES,
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
    autoPong: false,
    maxFragments: MAX_FRAME_PIECES,
    maxBufferedChunks: MAX_FRAME_PIECES,
    handleProtocols: (_offered, request) => accepted.get(request)?.protocol || false,
  });
  server.on('upgrade', (request: IncomingMessage, duplex: Duplex, head: Buffer) => {
    const [path = '', query = ''] = request.url?.split(/\?(.*)/s) ?? [];
    const isWanted = request.headers.upgrade?.toLowerCase() === 'websocket' && paths.includes(path);
    if (!isWanted || request.method !== 'GET') {
      stayHttp(server, request, duplex, head);
      return;
    }
    duplex.on('error', () => duplex.destroy());
    const header = (name: string) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(', ') : (value ?? null);
    };
    const peer = { address: request.socket.remoteAddress ?? '' };
    const defect = handshakeDefect(header);
    const answer: UpgradeAnswer = defect
      ? { accept: false, response: defect }
      : handlers.upgrade({ path, query, header, peer });
    if (!answer.accept) {
      duplex.end(rawResponse(answer.response));
      return;
    }
    accepted.set(request, answer);
    sockets.handleUpgrade(request, duplex, head, (ws) => attach(ws, request, answer));
  });
  return sockets;
}

/**
 * A wish to speak something else may be ignored (RFC 9110, 7.8), and Java and curl send one for HTTP/2 with every request.
 * Node has let go of the connection by then: it gets it back, with the same request without the wish.
 */
function stayHttp(server: Server, request: IncomingMessage, duplex: Duplex, head: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]?.toLowerCase() !== 'upgrade')
      lines.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}`);
  duplex.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', duplex);
}

/** Without the mark of byte order that some put first. */
const utf8 = new TextDecoder();

function attach(ws: WebSocket, request: IncomingMessage, answer: UpgradeAnswer & { accept: true }): void {
  const socket = new NodeSocket(ws, request.socket);
  const listener = answer.open(socket);
  ws.on('message', (data: Buffer, isBinary) => {
    socket.alive();
    if (isBinary) listener.binary();
    else listener.message(utf8.decode(data));
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
