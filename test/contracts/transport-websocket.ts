/** What every transport must do with what clients of WebSocket send at its edges: opening requests, marks, pings. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { listen } from '../../src/gateway/listen.ts';
import { textResponse } from '../../src/gateway/response.ts';
import {
  MAX_FRAME_PIECES,
  type Transport,
  type TransportHandlers,
  type TransportName,
} from '../../src/gateway/transport.ts';
import { createLogger } from '../../src/log.ts';

const PATH = '/stream';
const PROTOCOL = 'test.v1';
const OPENING = {
  host: 'x',
  upgrade: 'websocket',
  connection: 'upgrade',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  'sec-websocket-protocol': PROTOCOL,
};
/** As Java and curl ask over plain HTTP. */
const HTTP_2 = {
  host: 'x',
  upgrade: 'h2c',
  connection: 'Upgrade, HTTP2-Settings',
  'http2-settings': 'AAMAAABkAAQAAP__',
};

function head(line: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** Both answer with what arrived. */
const handlers: TransportHandlers = {
  fetch: async (request) => {
    const { pathname } = new URL(request.url);
    return textResponse(200, `${request.method} ${pathname} ${await request.text()}`, {});
  },
  tooLarge: () => textResponse(413, '', {}),
  upgrade: () => ({
    accept: true,
    protocol: PROTOCOL,
    open: (socket) => ({
      message: (text) => void socket.send(`echo ${text}`),
      binary: () => {},
      drain: () => {},
      closed: () => {},
    }),
  }),
};

export function transportWebSocketContract(name: TransportName): void {
  describe(`the ${name} transport, with clients of WebSocket`, () => {
    let transport: Transport;
    const raw = () => connect(transport.port, '127.0.0.1');
    const dial = async () => {
      const ws = new WebSocket(`ws://127.0.0.1:${transport.port}${PATH}`, [PROTOCOL]);
      await once(ws, 'open');
      return ws;
    };
    /** The first piece of the answer to an opening request that differs from a good one. */
    const opening = async (other: Readonly<Record<string, string>>) => {
      const socket = raw();
      socket.write(head(`GET ${PATH}`, { ...OPENING, ...other }));
      const [data] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      return data.toString('latin1');
    };

    beforeEach(async () => {
      const options = { host: '127.0.0.1', port: 0, socketPath: PATH, bodyTimeoutMs: 400 };
      transport = await listen(name, handlers, options, createLogger('silent'));
    });
    afterEach(() => transport.close());

    it('answers another version than 13 with 426, and says which it speaks', async () => {
      expect(await opening({})).toContain(' 101 ');
      for (const version of ['8', '7', '13, 8', '']) {
        const text = await opening({ 'sec-websocket-version': version });
        expect(text).toContain(' 426 ');
        expect(text.toLowerCase()).toContain('\r\nsec-websocket-version: 13\r\n');
        expect(text).toContain('UPGRADE_REQUIRED');
      }
    });

    it('answers 400 to subprotocols that are empty, given twice or no names, and to a key that is none', async () => {
      for (const names of [
        '',
        `${PROTOCOL}, ${PROTOCOL}`,
        `${PROTOCOL},,b`,
        `${PROTOCOL},`,
        `${PROTOCOL}, a b`,
      ])
        expect(await opening({ 'sec-websocket-protocol': names })).toContain(' 400 ');
      expect(await opening({ 'sec-websocket-key': '!'.repeat(24) })).toContain(' 400 ');
    });

    it('serves requests that would rather speak HTTP/2, one after the other on a connection', async () => {
      const socket = raw();
      for (const path of ['/one', '/two']) {
        const answered = once(socket, 'data') as Promise<[Buffer]>;
        socket.write(`${head(`POST ${path}`, { ...HTTP_2, 'content-length': '4' })}body`);
        const text = String((await answered)[0]);
        expect(text).toContain('200 OK');
        expect(text).toContain(`POST ${path} body`);
      }
      socket.destroy();
    });

    it('serves a request for a WebSocket where there is none as HTTP', async () => {
      const socket = raw();
      socket.write(head('GET /elsewhere', OPENING));
      expect(String((await once(socket, 'data'))[0])).toContain('GET /elsewhere');
      socket.destroy();
    });

    it('leaves out a byte order mark that a frame begins with', async () => {
      const ws = await dial();
      ws.send('\ufeffhello');
      expect(String((await once(ws, 'message'))[0])).toBe('echo hello');
      ws.terminate();
    });

    it('takes a frame in as many fragments as may be', async () => {
      const ws = await dial();
      for (let index = 1; index < MAX_FRAME_PIECES; index += 1) ws.send('x', { fin: false });
      ws.send('y');
      const text = `echo ${'x'.repeat(MAX_FRAME_PIECES - 1)}y`;
      expect(String((await once(ws, 'message'))[0])).toBe(text);
      ws.terminate();
    });

    it('answers the last of 50,000 pings, and what comes behind them', async () => {
      const ws = await dial();
      const isAnswered = new Promise<void>((resolve) => {
        ws.on('pong', (data) => String(data) === 'last' && resolve());
      });
      for (let index = 0; index < 50_000; index += 1) ws.ping('some', true, () => {});
      ws.ping('last');
      ws.send('hello');
      expect(String((await once(ws, 'message'))[0])).toBe('echo hello');
      await isAnswered;
      ws.terminate();
    });
  });
}
