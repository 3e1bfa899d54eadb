import { pino } from 'pino';
import { afterAll, expect, it, vi } from 'vitest';
import { textResponse } from '../../src/gateway/response.ts';

// Not `vi.mock`: the modules are those of other test files too, which must find them as they are.
const UWS = '../../src/gateway/transport-uws.ts';
vi.resetModules();
vi.doMock(UWS, () => {
  throw new Error('no binary for this platform');
});
const { listen } = await import('../../src/gateway/listen.ts');
afterAll(() => {
  vi.doUnmock(UWS);
  vi.resetModules();
});

const handlers = {
  fetch: () => textResponse(200, 'ok', {}),
  tooLarge: () => textResponse(413, '', {}),
  upgrade: () => ({ accept: false, response: textResponse(403, '', {}) }) as const,
};
const options = { host: '127.0.0.1', port: 0, socketPath: '/s', bodyTimeoutMs: 1000 };

it('runs on plain Node where uWebSockets.js cannot load, and says so', async () => {
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  const transport = await listen('auto', handlers, options, log);
  expect(transport.name).toBe('node');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    msg: 'listening',
    transport: 'node',
    port: transport.port,
  });
  expect(lines[0]).toMatch(/"reason":"[^"]+/);
  expect(await (await fetch(`http://127.0.0.1:${transport.port}/`)).text()).toBe('ok');
  await transport.close();
});

it('does not fall back where uWebSockets.js was asked for by name', async () => {
  await expect(listen('uws', handlers, options, pino({ level: 'silent' }))).rejects.toThrow();
});
