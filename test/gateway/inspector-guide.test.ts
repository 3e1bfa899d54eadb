/** `docs/inspector.md` says what the code does, and its examples run. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { INSPECT_SUBPROTOCOL } from '../../src/gateway/inspect/handshake.ts';
import { INSPECT_CLOSE, INSPECT_LIMITS } from '../../src/gateway/inspect/limits.ts';
import { INSPECT_PATH, targetSchema } from '../../src/gateway/inspect/target.ts';
import { CLOSE } from '../../src/gateway/limits.ts';
import { openRig, type Rig } from '../client/rig.ts';
import { ROOT, read } from '../repo/sources.ts';
import { token } from './harness.ts';

const guide = read('docs/inspector.md');
const examples = [
  ...guide.matchAll(/## (.+)\n\n<!-- runs -->\n```js\n([\s\S]*?)```\n\n```\n([\s\S]*?)```/g),
].map(([, title = '', code = '', promised = '']) => ({ title, code, promised }));

/** What a page has and Node 20 has not. */
const PAGE = `
  import { WebSocket } from 'ws';
  globalThis.WebSocket = WebSocket;
  globalThis.window = Object.assign(new EventTarget(), { opener: null });
  window.self = window.top = window;
  window.postMessage = (data) => window.dispatchEvent(new MessageEvent('message', { data }));
`;

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
}, 60_000);
afterAll(() => rig.close());

it('shows a program and a page', () => {
  expect(examples.map(({ title }) => title)).toEqual(['In a program', 'In a page']);
});

it.each(examples)(
  '$title: the example prints what stands under it',
  async ({ code, promised }) => {
    const change = await rig.propose();
    await rig.move(change, 'hold');
    const here = code
      .replace('wss://', 'ws://')
      .replace('countersign.example.com', rig.gateway.url.replace('http://', ''));
    const given = `${PAGE} const [token, change] = ${JSON.stringify([await token(), change])};`;
    const args = ['--input-type=module', '--eval', `${given}\n${here}`];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
    expect(stdout).toBe(promised);
  },
  30_000,
);

it('lists addresses, limits and close codes as they are', () => {
  for (const name of [INSPECT_PATH, INSPECT_SUBPROTOCOL, ...Object.keys(targetSchema.shape)])
    expect(guide).toContain(name);
  const { rowsPerSecond, rowBurst, changes, firstChanges } = INSPECT_LIMITS;
  expect(guide).toContain(`| ${rowsPerSecond} a second, ${rowBurst} at once;`);
  expect(guide).toContain(`| ${changes}; the next one ends it with ${INSPECT_CLOSE.TOO_MANY_CHANGES.code} |`);
  expect(guide).toContain(`| ${firstChanges} of a query, the newest |`);
  const listed = [...guide.matchAll(/^\| (\d{4}) \| `(\w+)` \|/gm)].map(
    ([, code, name]) => `${code} ${name}`,
  );
  expect(listed).toEqual(Object.entries(INSPECT_CLOSE).map(([name, { code }]) => `${code} ${name}`));
  const ofStream: readonly number[] = Object.values(CLOSE).map(({ code }) => code);
  for (const { code, reason } of Object.values(INSPECT_CLOSE)) {
    expect(ofStream).not.toContain(code);
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
    expect(reason.includes('reconnect')).toBe(code >= 4000 && code < 4500);
  }
});
