import { describe, expect, it } from 'vitest';
import { listen } from '../../src/gateway/listen.ts';
import { textResponse } from '../../src/gateway/response.ts';
import { createLogger } from '../../src/log.ts';
import { transportContract } from '../contracts/transport.ts';
import { transportWebSocketContract } from '../contracts/transport-websocket.ts';

const canRunUws = await import('../../src/gateway/transport-uws.ts').then(
  () => true,
  () => false,
);

describe.skipIf(!canRunUws)('uWebSockets.js (skipped where it has no binary)', () => {
  transportContract('uws');
  transportWebSocketContract('uws');
});
describe('plain Node', () => {
  transportContract('node');
  transportWebSocketContract('node');
});

describe('choosing a transport', () => {
  it('prefers uWebSockets.js and falls back to Node where it cannot load', async () => {
    const handlers = {
      fetch: () => textResponse(200, 'ok', {}),
      tooLarge: () => textResponse(413, '', {}),
      upgrade: () => ({ accept: false, response: textResponse(403, '', {}) }) as const,
    };
    const options = { host: '127.0.0.1', port: 0, socketPath: '/s', bodyTimeoutMs: 1000 };
    const transport = await listen('auto', handlers, options, createLogger('silent'));
    expect(transport.name).toBe(canRunUws ? 'uws' : 'node');
    await transport.close();
  });
});
