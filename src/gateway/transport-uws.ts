/**
 * uWebSockets.js as a transport: the default, and the one that is measured. Its rules: an `HttpRequest` and a message's
 * buffer are gone after the callback that got them; a response must not be touched after it was aborted; writes outside
 * of callbacks are corked.
 */

import type { TemplatedApp, us_listen_socket, WebSocket } from 'uWebSockets.js';
import { createServer } from 'node:net';
import { env } from 'node:process';
import type { CountersignError } from '../errors.ts';
import { InFlight } from './in-flight.ts';
import { cannotListen } from './listen-failure.ts';
import {
  type ListenOptions,
  MAX_BACKPRESSURE_BYTES,
  MAX_FRAME_BYTES,
  MAX_HEADER_BYTES,
  SOCKET_IDLE_S,
  type Socket,
  type SocketListener,
  type Transport,
  type TransportHandlers,
} from './transport.ts';
import { headersOfUws, serveUws, writeUws } from './uws-http.ts';

// The native library can be told only through the environment, and reads it when it is loaded. Its default of 4 KiB is
// too small for tokens with many roles.
env.UWS_HTTP_MAX_HEADERS_SIZE = String(MAX_HEADER_BYTES);
const uws = await import('uWebSockets.js');
// Exported, but missing from the published types.
const constants = uws as unknown as {
  readonly LIBUS_LISTEN_EXCLUSIVE_PORT: number;
  readonly DISABLED: number;
};

interface SocketData {
  readonly open: (socket: Socket) => SocketListener;
  listener: SocketListener | undefined;
  adapter: UwsSocket | undefined;
}

export async function listenUws(handlers: TransportHandlers, options: ListenOptions): Promise<Transport> {
  const app = uws.App();
  const inFlight = new InFlight();
  addSockets(app, handlers, options.socketPath);
  app.any('/*', (res, req) => serveUws(res, req, handlers, options.bodyTimeoutMs, inFlight));
  const token = await open(app, options);
  let listening = true;
  const stopListening = () => {
    if (listening) uws.us_listen_socket_close(token);
    listening = false;
  };
  return {
    name: 'uws',
    port: uws.us_socket_local_port(token),
    stopListening,
    idle: (timeoutMs) => inFlight.none(timeoutMs),
    close: async () => {
      stopListening();
      app.close();
    },
  };
}

/** Exclusive: by default the kernel would let several processes share the port, and each would get some of the clients. */
async function open(app: TemplatedApp, { host, port }: ListenOptions): Promise<us_listen_socket> {
  const token = await new Promise<us_listen_socket | false>((resolve) => {
    // The native function takes (host, port, options, callback); its published types do not say so.
    const listen = app.listen.bind(app) as unknown as (
      host: string,
      port: number,
      options: number,
      callback: (token: us_listen_socket | false) => void,
    ) => void;
    listen(host, port, constants.LIBUS_LISTEN_EXCLUSIVE_PORT, resolve);
  });
  if (token !== false) return token;
  throw await listenFailure(host, port);
}

/** uWebSockets.js does not say why it could not listen; Node does. */
async function listenFailure(host: string, port: number): Promise<CountersignError> {
  const cause = await new Promise<Error | undefined>((resolve) => {
    const probe = createServer().once('error', resolve);
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
  return cannotListen(host, port, cause);
}

class UwsSocket implements Socket {
  #ws: WebSocket<SocketData> | undefined;

  constructor(ws: WebSocket<SocketData>) {
    this.#ws = ws;
  }

  send(text: string): 'sent' | 'buffered' | 'dropped' {
    const result = this.#ws?.send(text) ?? 2;
    return result === 1 ? 'sent' : result === 0 ? 'buffered' : 'dropped';
  }

  buffered(): number {
    return this.#ws?.getBufferedAmount() ?? 0;
  }

  close(code: number, reason: string): void {
    this.#ws?.end(code, reason);
  }

  /** The native socket must not be touched any more. */
  forget(): void {
    this.#ws = undefined;
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
      const peer = { address: Buffer.from(res.getRemoteAddressAsText()).toString('latin1') };
      const answer = handlers.upgrade({ header: (name) => headers[name] ?? null, peer });
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
      data.listener = data.open(data.adapter);
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
