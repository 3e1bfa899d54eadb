/**
 * uWebSockets.js as a transport: the default, and the one that is measured. Its rules: an `HttpRequest` and a message's
 * buffer are gone after the callback that got them; a response must not be touched after it was aborted; writes outside
 * of callbacks are corked.
 */

import type { TemplatedApp, us_listen_socket, WebSocket } from 'uWebSockets.js';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { env } from 'node:process';
import type { CountersignError } from '../errors.ts';
import { InFlight } from './in-flight.ts';
import { cannotListen } from './listen-failure.ts';
import { handshakeDefect } from './opening-handshake.ts';
import {
  type Frame,
  type ListenOptions,
  MAX_BACKPRESSURE_BYTES,
  MAX_FRAME_BYTES,
  MAX_HEADER_BYTES,
  type SendResult,
  SOCKET_IDLE_S,
  type Socket,
  type SocketListener,
  type Transport,
  type TransportHandlers,
  type UpgradeAnswer,
} from './transport.ts';
import { headersOfUws, serveUws, writeUws } from './uws-http.ts';

// The native library can be told only through the environment, and reads it when it is loaded. Its default of 4 KiB is
// too small for tokens with many roles.
env.UWS_HTTP_MAX_HEADERS_SIZE = String(MAX_HEADER_BYTES);
const uws = await import('uWebSockets.js');
// Exported, but missing from the published types.
const constants = uws as unknown as { readonly DISABLED: number };

/** How long an address that does not answer at all may take. */
const PROBE_MS = 500;
/** A free port may be taken by somebody else a moment later. */
const FREE_PORT_ATTEMPTS = 5;
/** Together 8,192 connections. */
const ACCEPT_QUEUES = 16;

interface SocketData {
  /** Holds on to the request that asked for the socket, so it goes when it has been called. */
  open: ((socket: Socket) => SocketListener) | undefined;
  listener: SocketListener | undefined;
  adapter: UwsSocket | undefined;
}

export async function listenUws(handlers: TransportHandlers, options: ListenOptions): Promise<Transport> {
  const app = uws.App();
  const inFlight = new InFlight();
  for (const path of [options.socketPath, ...(options.otherSocketPaths ?? [])])
    addSockets(app, handlers, path);
  app.any('/*', (res, req) => serveUws(res, req, handlers, options.bodyTimeoutMs, inFlight));
  const token = await open(app, options);
  const port = uws.us_socket_local_port(token);
  const tokens = [token, ...(await moreQueues(app, options.host, port))];
  if (options.ownPort !== undefined)
    tokens.push(await open(app, { ...options, port: options.ownPort, shared: false }));
  const stopListening = () => {
    for (const each of tokens.splice(0)) uws.us_listen_socket_close(each);
  };
  return {
    name: 'uws',
    port,
    stopListening,
    idle: (timeoutMs) => inFlight.none(timeoutMs),
    close: async () => {
      stopListening();
      app.close();
    },
  };
}

/**
 * The library sets SO_REUSEADDR together with SO_REUSEPORT, and both only where the port is named and not exclusive.
 * Without them a port could not be taken over, after a restart, until the last connections of the server before had timed
 * out. So a port is always named; and since servers could share it, whether one answers there is asked first, unless they
 * are to share it: then the kernel spreads connections over them.
 */
async function open(app: TemplatedApp, { host, port, shared }: ListenOptions): Promise<us_listen_socket> {
  if (port !== 0 && !shared && (await answers(host, port))) throw cannotListen(host, port, undefined);
  for (let attempt = 1; ; attempt++) {
    const named = port === 0 ? await freePort(host) : port;
    const token = await new Promise<us_listen_socket | false>((resolve) => {
      app.listen(host, named, resolve);
    });
    if (token !== false) return token;
    if (port !== 0 || attempt === FREE_PORT_ATTEMPTS) throw await listenFailure(host, named);
  }
}

/**
 * The library lets 512 connections wait to be accepted; where thousands come back at once, more would be dropped and try
 * again seconds later. Each further socket on the port has a queue of its own, and the kernel spreads connections over
 * them. Where a port cannot be shared like that, there are none.
 */
async function moreQueues(app: TemplatedApp, host: string, port: number): Promise<us_listen_socket[]> {
  const tokens: us_listen_socket[] = [];
  while (tokens.length < ACCEPT_QUEUES - 1) {
    const token = await new Promise<us_listen_socket | false>((resolve) => {
      app.listen(host, port, resolve);
    });
    if (token === false) break;
    tokens.push(token);
  }
  return tokens;
}

async function freePort(host: string): Promise<number> {
  const probe = createServer().listen({ host, port: 0 });
  try {
    await once(probe, 'listening');
    return (probe.address() as AddressInfo).port;
  } catch (error) {
    throw cannotListen(host, 0, error instanceof Error ? error : undefined);
  } finally {
    probe.close();
  }
}

async function answers(host: string, port: number): Promise<boolean> {
  const probe = connect({
    port,
    host: /^(0\.0\.0\.0|::)$/.test(host) ? 'localhost' : host,
    timeout: PROBE_MS,
  });
  const settled = new Promise<boolean>((resolve) => {
    probe.once('connect', () => resolve(true));
    for (const event of ['error', 'timeout']) probe.once(event, () => resolve(false));
  });
  return settled.finally(() => probe.destroy());
}

/** uWebSockets.js does not say why it could not listen; Node does. */
async function listenFailure(host: string, port: number): Promise<CountersignError> {
  const cause = await new Promise<Error | undefined>((resolve) => {
    const probe = createServer().once('error', resolve);
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
  return cannotListen(host, port, cause);
}

/** How the library answers a send, other than with 1 for what went out. */
const BUFFERED = 0;
const DROPPED = 2;
/** More than this is not held back: it is as much as the library corks. */
const MAX_HELD = 16 * 1024;

/** Sockets that hold frames back until the end of this turn. */
let holding: UwsSocket[] = [];

function flushAll(): void {
  const all = holding;
  holding = [];
  for (const socket of all) socket.flush();
}

/** Frames of one turn leave together: one system call for each socket, however many events a commit brought. */
class UwsSocket implements Socket {
  #ws: WebSocket<SocketData> | undefined;
  #held: Frame[] | undefined;
  /** Characters or bytes, whichever a frame is made of. */
  #heldSize = 0;
  /** The network had no room when frames were handed over last: what is left must be asked for. */
  #isBehind = false;

  constructor(ws: WebSocket<SocketData>) {
    this.#ws = ws;
  }

  send(frame: Frame): SendResult {
    if (this.#ws === undefined || this.buffered() + frame.length > MAX_BACKPRESSURE_BYTES) return 'dropped';
    if (this.#held === undefined) {
      this.#held = [frame];
      if (holding.push(this) === 1) queueMicrotask(flushAll);
    } else this.#held.push(frame);
    this.#heldSize += frame.length;
    if (this.#heldSize > MAX_HELD) this.flush();
    return this.#isBehind ? 'buffered' : 'sent';
  }

  buffered(): number {
    return this.#left() + this.#heldSize;
  }

  /** A call into the library, which thousands of sockets that keep up do not need. */
  #left(): number {
    if (!this.#isBehind || this.#ws === undefined) return 0;
    const left = this.#ws.getBufferedAmount();
    this.#isBehind = left > 0;
    return left;
  }

  close(code: number, reason: string): void {
    this.flush();
    this.#ws?.end(code, reason);
  }

  /** Hands over what was held back. */
  flush(): void {
    const ws = this.#ws;
    const held = this.#held;
    this.#held = undefined;
    this.#heldSize = 0;
    if (ws === undefined || held === undefined) return;
    const isWhole = held.length === 1 ? this.#sendOne(ws, held[0] ?? '') : this.#sendAll(ws, held);
    // A stream with a hole is worse than none: the client comes back with its position.
    if (!isWhole) this.#ws?.close();
  }

  /** What is sent alone is answered with how it went, so that nothing has to be asked. */
  #sendOne(ws: WebSocket<SocketData>, frame: Frame): boolean {
    const result = ws.send(frame);
    this.#isBehind = result === BUFFERED;
    return result !== DROPPED;
  }

  #sendAll(ws: WebSocket<SocketData>, frames: readonly Frame[]): boolean {
    let isWhole = true;
    ws.cork(() => {
      for (const frame of frames) isWhole &&= ws.send(frame) !== DROPPED;
    });
    this.#isBehind = this.#ws !== undefined && ws.getBufferedAmount() > 0;
    return isWhole;
  }

  /** The native socket must not be touched any more. */
  forget(): void {
    this.#ws = undefined;
    this.#held = undefined;
    this.#heldSize = 0;
  }
}

function addSockets(app: TemplatedApp, handlers: TransportHandlers, path: string): void {
  const utf8 = new TextDecoder();
  app.ws<SocketData>(path, {
    compression: constants.DISABLED,
    maxPayloadLength: MAX_FRAME_BYTES,
    maxBackpressure: MAX_BACKPRESSURE_BYTES,
    idleTimeout: SOCKET_IDLE_S,
    sendPingsAutomatically: true,
    upgrade: (res, req, context) => {
      const headers = headersOfUws(req);
      const header = (name: string) => headers[name] ?? null;
      const peer = { address: Buffer.from(res.getRemoteAddressAsText()).toString('latin1') };
      const defect = handshakeDefect(header);
      const answer: UpgradeAnswer = defect
        ? { accept: false, response: defect }
        : handlers.upgrade({ path, query: req.getQuery() ?? '', header, peer });
      if (!answer.accept) {
        res.onAborted(() => {});
        void writeUws(res, answer.response, { aborted: false, headOnly: false });
        return;
      }
      const data: SocketData = { open: answer.open, listener: undefined, adapter: undefined };
      res.upgrade(data, headers['sec-websocket-key'] ?? '', answer.protocol, '', context);
    },
    open: (ws) => {
      const data = ws.getUserData();
      data.adapter = new UwsSocket(ws);
      data.listener = data.open?.(data.adapter);
      data.open = undefined;
    },
    message: (ws, message, isBinary) => {
      const { listener } = ws.getUserData();
      if (isBinary) listener?.binary();
      else listener?.message(utf8.decode(message));
    },
    drain: (ws) => ws.getUserData().listener?.drain(),
    close: (ws) => {
      const data = ws.getUserData();
      data.adapter?.forget();
      data.listener?.closed();
    },
  });
}
