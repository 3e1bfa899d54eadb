/** What every transport must do. Run over each of them by `test/gateway/transports.test.ts`. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { CountersignError } from '../../src/errors.ts';
import { listen } from '../../src/gateway/listen.ts';
import { textResponse } from '../../src/gateway/response.ts';
import {
  type FetchHandler,
  MAX_BACKPRESSURE_BYTES,
  MAX_BODY_BYTES,
  MAX_FRAME_BYTES,
  type Socket,
  type Transport,
  type TransportHandlers,
  type TransportName,
} from '../../src/gateway/transport.ts';
import { createLogger } from '../../src/log.ts';
import { exchange, sendUntil } from './transport-support.ts';

const PATH = '/stream';
const PROTOCOL = 'test.v1';
const log = createLogger('silent');

/** Answers with what arrived. */
const echo: FetchHandler = async (request, peer) => {
  const document = {
    method: request.method,
    target: request.url.replace('http://gateway', ''),
    colour: request.headers.get('x-colour'),
    body: await request.text(),
    address: peer.address,
  };
  return textResponse(200, JSON.stringify(document), { 'content-type': 'application/json', 'x-test': 'yes' });
};

interface Opened {
  readonly socket: Socket;
  readonly texts: string[];
  binaries: number;
  drains: number;
  isClosed: boolean;
  readonly closed: Promise<void>;
}

export function transportContract(name: TransportName): void {
  describe(`the ${name} transport`, () => {
    let transport: Transport;
    let handler: FetchHandler = echo;
    let opened: Opened[] = [];
    let accepts = true;
    let onOpen: (socket: Opened) => void = () => {};

    const handlers: TransportHandlers = {
      fetch: (request, peer) => handler(request, peer),
      tooLarge: () => textResponse(413, '{"code":"BODY_TOO_LARGE"}', { 'content-type': 'application/json' }),
      upgrade: (request) => {
        if (!accepts) return { accept: false, response: textResponse(403, 'not you', { 'x-test': 'no' }) };
        return {
          accept: true,
          protocol: request.header('sec-websocket-protocol')?.includes(PROTOCOL) ? PROTOCOL : '',
          open: (socket) => {
            let whenClosed = () => {};
            const closed = new Promise<void>((resolve) => {
              whenClosed = resolve;
            });
            const entry: Opened = { socket, texts: [], binaries: 0, drains: 0, isClosed: false, closed };
            opened.push(entry);
            onOpen(entry);
            return {
              message: (text) => {
                entry.texts.push(text);
                socket.send(`echo ${text}`);
              },
              binary: () => {
                entry.binaries += 1;
                socket.send('binary');
              },
              drain: () => {
                entry.drains += 1;
              },
              closed: () => {
                entry.isClosed = true;
                whenClosed();
              },
            };
          },
        };
      },
    };
    const start = (port = 0) =>
      listen(name, handlers, { host: '127.0.0.1', port, socketPath: PATH, bodyTimeoutMs: 400 }, log);
    const url = (path: string) => `http://127.0.0.1:${transport.port}${path}`;
    const raw = () => connect(transport.port, '127.0.0.1');
    const dial = async (protocols: string[] = [PROTOCOL]) => {
      const ws = new WebSocket(`ws://127.0.0.1:${transport.port}${PATH}`, protocols);
      await once(ws, 'open');
      return ws;
    };

    beforeEach(async () => {
      handler = echo;
      accepts = true;
      opened = [];
      onOpen = () => {};
      transport = await start();
    });
    afterEach(() => transport.close());

    describe('with HTTP', () => {
      it('brings method, target, headers, body and address, and takes back status, headers and text', async () => {
        const response = await fetch(url('/a/b?c=d&e=%2F'), {
          method: 'POST',
          body: 'grüß dich',
          headers: { 'x-colour': 'red' },
        });
        expect(response.status).toBe(200);
        expect(response.headers.get('x-test')).toBe('yes');
        expect(await response.json()).toEqual({
          method: 'POST',
          target: '/a/b?c=d&e=%2F',
          colour: 'red',
          body: 'grüß dich',
          address: expect.stringMatching(/127\.0\.0\.1|7f00:0001/),
        });
      });

      it('assembles a body of many pieces, up to the limit', async () => {
        const body = 'x'.repeat(MAX_BODY_BYTES);
        const response = await fetch(url('/'), { method: 'POST', body });
        expect(((await response.json()) as { body: string }).body.length).toBe(MAX_BODY_BYTES);
      });

      it('answers HEAD without a body', async () => {
        const text = await exchange(raw(), 'HEAD / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 300);
        expect(text).toContain('200 OK');
        expect(text.split('\r\n\r\n')[1]).toBe('');
      });

      it('sends 204 and 304 without a body', async () => {
        handler = () => new Response(null, { status: 204 });
        expect((await fetch(url('/'))).status).toBe(204);
        handler = () => textResponse(304, '', { etag: '"1"' });
        const response = await fetch(url('/'));
        expect([response.status, response.headers.get('etag')]).toEqual([304, '"1"']);
      });

      it('streams a body that is not known beforehand', async () => {
        const pieces = ['one ', 'two ', 'x'.repeat(300_000)];
        handler = () =>
          new Response(
            new ReadableStream({
              pull(controller) {
                const piece = pieces.shift();
                if (piece === undefined) controller.close();
                else controller.enqueue(new TextEncoder().encode(piece));
              },
            }),
          );
        const text = await (await fetch(url('/'))).text();
        expect(text.length).toBe(300_008);
        expect(text.startsWith('one two x')).toBe(true);
      });

      it('stops a stream whose reader went away', async () => {
        let stop = () => {};
        const cancelled = new Promise<void>((resolve) => {
          stop = resolve;
        });
        const stream = () =>
          new ReadableStream({
            pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
            cancel: () => stop(),
          });
        handler = () => new Response(stream());
        const controller = new AbortController();
        await fetch(url('/'), { signal: controller.signal });
        controller.abort();
        await cancelled;
      });

      it('refuses a declared body past the limit at once, readable by a client that keeps sending', async () => {
        const socket = raw();
        socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${MAX_BODY_BYTES + 1}\r\n\r\n`);
        const [first] = (await once(socket, 'data')) as [Buffer];
        expect(first.toString()).toContain('413');
        const rest = exchange(socket, 'x'.repeat(MAX_BODY_BYTES + 1), 500);
        expect(first.toString() + (await rest)).toContain('BODY_TOO_LARGE');
      });

      it('refuses an undeclared body as soon as it passes the limit, and cuts a client that goes on', async () => {
        const socket = raw();
        socket.write('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
        const chunk = `${(64 * 1024).toString(16)}\r\n${'x'.repeat(64 * 1024)}\r\n`;
        const text = await exchange(socket, chunk.repeat(17), 5_000);
        expect(text).toContain('413');
        expect(text).toContain('BODY_TOO_LARGE');
      });

      it('cuts a body that does not arrive in time', async () => {
        const socket = raw();
        const text = await exchange(
          socket,
          'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc',
          10_000,
        );
        expect(text).not.toContain('200 OK');
      });

      it('takes 100 headers and 8 KiB of token, and refuses 120 headers', async () => {
        const lines = (count: number) => Array.from({ length: count }, (_, i) => `x-${i}: 1\r\n`).join('');
        const head = 'GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n';
        const accepted = `${head}${lines(90)}authorization: Bearer ${'t'.repeat(8000)}\r\n\r\n`;
        expect(await exchange(raw(), accepted, 300)).toContain('200 OK');
        expect(await exchange(raw(), `${head}${lines(120)}\r\n`, 5_000)).not.toContain('200 OK');
      });

      it('survives a client that leaves before the answer', async () => {
        let release = () => {};
        const waiting = new Promise<void>((resolve) => {
          release = resolve;
        });
        let arrive = () => {};
        const arrived = new Promise<void>((resolve) => {
          arrive = resolve;
        });
        handler = async (request, peer) => {
          arrive();
          await waiting;
          return echo(request, peer);
        };
        const socket = raw();
        socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
        await arrived;
        socket.destroy();
        await once(socket, 'close');
        handler = echo;
        expect((await fetch(url('/'))).status).toBe(200);
        release();
        await transport.idle(1000);
        expect((await fetch(url('/'))).status).toBe(200);
      });

      it('says PORT_IN_USE, naming the port, where another server has it', async () => {
        const error = await start(transport.port).catch((caught: unknown) => caught);
        expect(error).toBeInstanceOf(CountersignError);
        expect(error).toMatchObject({
          code: 'PORT_IN_USE',
          message: expect.stringContaining(String(transport.port)),
        });
      });

      it('takes over a port whose last server ended with connections open', async () => {
        // The side that closes first keeps the address for a while (TIME_WAIT, RFC 9293).
        const first = await start(0);
        const left = connect(first.port, '127.0.0.1');
        left.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
        await once(left, 'data');
        await first.close();
        await once(left.resume(), 'close');
        const second = await start(first.port);
        expect(second.port).toBe(first.port);
        await second.close();
      });

      it('finishes what is in flight after it stopped listening', async () => {
        let release = () => {};
        const waiting = new Promise<void>((resolve) => {
          release = resolve;
        });
        let arrive = () => {};
        const arrived = new Promise<void>((resolve) => {
          arrive = resolve;
        });
        handler = async (request, peer) => {
          arrive();
          await waiting;
          return echo(request, peer);
        };
        const pending = fetch(url('/'));
        await arrived;
        transport.stopListening();
        await expect(fetch(url('/'))).rejects.toThrow();
        const idle = transport.idle(5_000);
        release();
        await idle;
        expect((await pending).status).toBe(200);
      });
    });

    describe('with WebSockets', () => {
      it('negotiates the subprotocol and carries text both ways', async () => {
        const ws = await dial(['other', PROTOCOL]);
        expect(ws.protocol).toBe(PROTOCOL);
        ws.send('grüß dich');
        const [data] = await once(ws, 'message');
        expect(String(data)).toBe('echo grüß dich');
        ws.terminate();
      });

      it('tells binary frames from text', async () => {
        const ws = await dial();
        ws.send(Buffer.from([1, 2, 3]));
        const [data] = await once(ws, 'message');
        expect(String(data)).toBe('binary');
        ws.terminate();
      });

      it('refuses an upgrade with an ordinary answer', async () => {
        accepts = false;
        const ws = new WebSocket(`ws://127.0.0.1:${transport.port}${PATH}`, [PROTOCOL]);
        ws.on('error', () => {});
        const [, response] = await once(ws, 'unexpected-response');
        expect([response.statusCode, response.headers['x-test']]).toEqual([403, 'no']);
      });

      it('upgrades nowhere else', async () => {
        handler = () => textResponse(404, '', {});
        const ws = new WebSocket(`ws://127.0.0.1:${transport.port}/elsewhere`, [PROTOCOL]);
        ws.on('error', () => {});
        const [, response] = await once(ws, 'unexpected-response');
        expect(response.statusCode).toBe(404);
      });

      it('closes with a code and a reason, and says when the other side left', async () => {
        const first = await dial();
        opened[0]?.socket.close(4000, 'the server is stopping');
        const [code, reason] = await once(first, 'close');
        expect([code, String(reason)]).toEqual([4000, 'the server is stopping']);
        await opened[0]?.closed;
        const second = await dial();
        second.terminate();
        await opened[1]?.closed;
        expect(opened[1]?.socket.send('too late')).toBe('dropped');
        opened[1]?.socket.close(4000, 'twice is harmless');
      });

      it('cuts a frame past its limit', async () => {
        const ws = await dial();
        ws.on('error', () => {});
        ws.send('x'.repeat(MAX_FRAME_BYTES + 1));
        const [code] = await once(ws, 'close');
        expect([1006, 1009]).toContain(code);
        expect(opened[0]?.texts).toEqual([]);
      });

      it('compresses nothing, even when asked', async () => {
        const ws = new WebSocket(`ws://127.0.0.1:${transport.port}${PATH}`, [PROTOCOL], {
          perMessageDeflate: true,
        });
        await once(ws, 'open');
        expect(ws.extensions).toBe('');
        ws.terminate();
      });

      it('buffers for a slow reader, says so, and says when it has drained', async () => {
        const ws = await dial();
        ws.pause();
        const entry = opened[0]!;
        const results = sendUntil(entry.socket, (result) => result === 'buffered');
        expect(results.at(-1)).toBe('buffered');
        sendUntil(entry.socket, () => entry.socket.buffered() > 64 * 1024);
        let received = 0;
        ws.on('message', () => {
          received += 1;
        });
        ws.resume();
        await expect.poll(() => entry.drains).toBeGreaterThan(0);
        await expect.poll(() => entry.socket.buffered()).toBe(0);
        expect(received).toBeGreaterThan(0);
        ws.terminate();
      });

      it('drops what is past its limit, and says so', async () => {
        const ws = await dial();
        ws.pause();
        const results = sendUntil(opened[0]!.socket, (result) => result === 'dropped');
        expect(results.at(-1)).toBe('dropped');
        expect(opened[0]!.socket.buffered()).toBeLessThanOrEqual(MAX_BACKPRESSURE_BYTES + 128 * 1024);
        ws.terminate();
      });

      it('may be used from within the callback that opens it', async () => {
        onOpen = ({ socket }) => socket.send('hello');
        const ws = new WebSocket(`ws://127.0.0.1:${transport.port}${PATH}`, [PROTOCOL]);
        const [data] = await once(ws, 'message');
        expect(String(data)).toBe('hello');
        ws.terminate();
      });
    });
  });
}
