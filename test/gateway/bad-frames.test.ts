/**
 * Everything a client may do wrong gets the answer that `docs/protocol.md` gives, over both transports, and leaves nothing
 * behind: no session, no subscription, no more held for a socket that does not read than the limit says.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { deflateRawSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { STREAM_LIMITS } from '../../src/gateway/limits.ts';
import { MAX_FRAME_PIECES } from '../../src/gateway/transport.ts';
import { randomFrom } from '../support/chaos-proxy.ts';
import { type Running, startTestGateway } from './harness.ts';
import { type Frame, StreamClient } from './stream-client.ts';

describe.each(['uws', 'node'] as const)('bad frames over %s', (transport) => {
  let running: Running;
  let change: string;
  const connected = () => StreamClient.connected(running.gateway);
  const figure = async (name: string) => {
    const { text } = await running.call('GET', '/metrics');
    return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1]);
  };
  /** A raw upgrade: what `ws` would never send. */
  const raw = async (headers: readonly string[] = []) => {
    const socket = connect(running.gateway.port, '127.0.0.1');
    const lines = [
      'GET /v1/stream HTTP/1.1',
      'host: x',
      'upgrade: websocket',
      'connection: upgrade',
      'sec-websocket-version: 13',
      `sec-websocket-key: ${randomBytes(16).toString('base64')}`,
      'sec-websocket-protocol: countersign.v1.json',
      ...headers,
    ];
    socket.on('error', () => {});
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    const [head] = (await once(socket, 'data')) as [Buffer];
    return { socket, head: head.toString('latin1') };
  };
  /** A masked frame with whatever stands in its first byte. */
  const framed = (first: number, payload: Buffer) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(payload.length);
    return Buffer.concat([Buffer.from([first, 0xfe]), length, Buffer.alloc(4), payload]);
  };

  beforeAll(async () => {
    running = await startTestGateway({ transport, limits: { connectMs: 2_000 } });
    change = running.backend.addChange('acme', 'core');
  });
  afterAll(() => running.gateway.close());
  afterEach(async () => {
    await expect.poll(() => figure('countersign_sockets')).toBe(0);
    expect(await figure('countersign_subscriptions')).toBe(0);
  });

  it('cut short anywhere are errors, the tenth 4500', async () => {
    const text = JSON.stringify({ id: 1, type: 'event', change, trigger: 'approve', data: { a: [1, 2] } });
    const random = randomFrom(5);
    const client = await connected();
    for (let i = 0; i < 10; i += 1)
      client.ws.send(text.slice(0, 1 + Math.floor(random() * (text.length - 2))));
    expect((await client.closed).code).toBe(4500);
    expect(client.frames.map((frame: Frame) => frame.error.code)).toEqual(Array(10).fill('MALFORMED_JSON'));
  });

  it('of random text never get anything but an error with a code', async () => {
    const random = randomFrom(6);
    const words = ['{', '}', '"id"', ':', '1', ',', '"type"', '"subscribe"', '[', ']', 'null', '"\\ud800"'];
    for (let round = 0; round < 5; round += 1) {
      const client = await connected();
      for (let i = 0; i < 30; i += 1)
        client.ws.send(Array.from({ length: 8 }, () => words[Math.floor(random() * words.length)]).join(''));
      expect((await client.closed).code).toBe(4500);
      for (const frame of client.frames)
        expect(['MALFORMED_JSON', 'INVALID_INPUT']).toContain(frame.error?.code);
    }
  });

  it('of binary garbage get 4515', async () => {
    const client = await connected();
    client.ws.send(randomBytes(1000));
    expect((await client.closed).code).toBe(4515);
  });

  it('of 10 MiB break the connection', async () => {
    const client = await connected();
    client.ws.send('x'.repeat(10 * 1024 * 1024));
    expect([1006, 1009, 4509]).toContain((await client.closed).code);
  });

  it('that open 10,000 subscriptions get 100, and for the rest errors until the connection is closed', async () => {
    const client = await connected();
    for (let id = 0; id < 10_000; id += 1)
      client.ws.send(JSON.stringify({ id, type: 'subscribe', stream: 'tenant' }), () => {});
    const { code } = await client.closed;
    expect([4029, 1006]).toContain(code);
    const opened = client.frames.filter((frame) => frame.type === 'reply');
    expect(opened.length).toBeLessThanOrEqual(STREAM_LIMITS.subscriptions);
    for (const frame of client.frames.filter(({ type }) => type === 'error'))
      expect(['INVALID_INPUT', 'TOO_BUSY']).toContain(frame.error.code);
  });

  it('of unknown types are errors, and the connection goes on', async () => {
    const client = await connected();
    for (const type of ['dance', '__proto__', 'constructor', 'reply', 'snapshot', 7, null])
      expect((await client.ask({ type })).error.code).toBe('INVALID_INPUT');
    expect((await client.ask({ type: 'ping' })).type).toBe('reply');
    client.cut();
  });

  it('in a flood are refused, then 4029', async () => {
    const client = await connected();
    const flood = STREAM_LIMITS.commandBurst + STREAM_LIMITS.refusedCommands + 500;
    for (let id = 0; id < flood; id += 1) client.ws.send(JSON.stringify({ id, type: 'ping' }), () => {});
    expect((await client.closed).code).toBe(4029);
    const refused = client.frames.filter(({ type }) => type === 'error');
    // Those that were let in may have been too many at once: they count as refused, not against the connection.
    expect(refused.length).toBeGreaterThanOrEqual(STREAM_LIMITS.refusedCommands);
    expect(refused.length).toBeLessThanOrEqual(
      STREAM_LIMITS.refusedCommands + 2 * STREAM_LIMITS.commandBurst,
    );
    for (const { error } of refused) expect(error.code).toBe('TOO_BUSY');
  });

  it('from pages of others get 403', async () => {
    const ws = new WebSocket(
      `${running.gateway.url.replace('http', 'ws')}/v1/stream`,
      'countersign.v1.json',
      { origin: 'https://evil.example' },
    );
    ws.on('error', () => {});
    const [, response] = await once(ws, 'unexpected-response');
    expect(response.statusCode).toBe(403);
  });

  it('with anything in the address get 400, so that no token gets into logs unnoticed', async () => {
    const address = `${running.gateway.url.replace('http', 'ws')}/v1/stream?token=eyJ`;
    const ws = new WebSocket(address, 'countersign.v1.json');
    ws.on('error', () => {});
    const [, response] = await once(ws, 'unexpected-response');
    expect(response.statusCode).toBe(400);
  });

  it('that are compressed break the connection: compression is never agreed to', async () => {
    const { socket, head } = await raw(['sec-websocket-extensions: permessage-deflate']);
    expect(head).toMatch(/^HTTP\/1\.1 101/);
    expect(head.toLowerCase()).not.toContain('permessage-deflate');
    // 50 MB of spaces in 50 KB.
    socket.write(framed(0xc1, deflateRawSync(Buffer.alloc(50_000_000, ' '))));
    socket.resume();
    await once(socket, 'close');
  });

  it('with reserved bits, unknown opcodes or without a mask break the connection', async () => {
    const bad = [
      framed(0xb1, Buffer.from('{}')),
      framed(0x83, Buffer.from('{}')),
      Buffer.from('\x81\x02{}', 'latin1'),
    ];
    for (const bytes of bad) {
      const { socket } = await raw();
      socket.write(bytes);
      socket.resume();
      await once(socket, 'close');
    }
  });

  it('in endless fragments are refused, or break the connection', async () => {
    const { socket } = await raw();
    const empty = Buffer.from([0x00, 0x80, 0, 0, 0, 0]);
    const last = Buffer.from([0x80, 0x80, 0, 0, 0, 0]);
    const fragments = [framed(0x01, Buffer.from('{}')), ...Array(MAX_FRAME_PIECES).fill(empty), last];
    let received = '';
    const isAnswered = new Promise<string>((resolve) => {
      socket.on('data', (data) => {
        received += data.toString('latin1');
        if (received.includes('INVALID_INPUT')) resolve('refused');
      });
      socket.on('close', () => resolve('broken'));
    });
    socket.write(Buffer.concat(fragments));
    expect(await isAnswered).toBe(transport === 'uws' ? 'refused' : 'broken');
    socket.destroy();
  });

  it('that never end are waited for only as long as a token may take', async () => {
    const short = await startTestGateway({ transport, limits: { connectMs: 200 } });
    const socket = connect(short.gateway.port, '127.0.0.1').on('error', () => {});
    socket.write('GET /v1/stream HTTP/1.1\r\nhost: x\r\n');
    const half = await StreamClient.dial(short.gateway);
    expect((await half.closed).code).toBe(4003);
    socket.destroy();
    await short.gateway.close();
  });

  it('a socket that is open and never reads holds no more than the limit, and is let go with its connection', async () => {
    const client = await connected();
    await client.ask({ type: 'subscribe', stream: 'tenant' });
    await client.ask({ type: 'subscribe', stream: 'query', query: {} });
    client.ws.pause();
    const data = 'x'.repeat(20_000);
    const before = await figure('countersign_stream_deliveries_total');
    for (let i = 0; i < 1_500; i += 1)
      running.hub.publish([running.backend.append({ tenant: 'acme', change }, { data })]);
    await new Promise((resolve) => setImmediate(resolve));
    const delivered = (await figure('countersign_stream_deliveries_total')) - before;
    // What the kernel takes is its own; of 30 MB nearly all stays in the log.
    expect(delivered * data.length).toBeLessThan(12 * 1024 * 1024);
    client.cut();
  });
});
