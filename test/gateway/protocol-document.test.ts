/** `docs/protocol.md` says what the code does. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CLOSE, STREAM_LIMITS } from '../../src/gateway/limits.ts';
import { commandSchema, SUBPROTOCOL } from '../../src/gateway/protocol.ts';
import { SOCKET_IDLE_S } from '../../src/gateway/transport.ts';

const document = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8');
const rows = document.split('\n').filter((line) => line.startsWith('| '));

it('lists every close code with its name, in the range that says whether to come back', () => {
  const listed = rows.flatMap((row) => /^\| (4\d{3}) \| `(\w+)` \|/.exec(row)?.slice(1, 3).join(' ') ?? []);
  const codes = Object.entries(CLOSE).map(([name, { code }]) => `${code} ${name}`);
  expect(listed).toEqual(codes.sort());
  for (const { code, reason } of Object.values(CLOSE)) expect(reason.includes('reconnect')).toBe(code < 4500);
});

it('lists the limits as they are', () => {
  const limits = STREAM_LIMITS;
  const has = (what: string, value: string) =>
    expect(
      rows.find((row) => row.includes(what)),
      what,
    ).toContain(value);
  has('valid token', `${limits.connectMs / 1000} s`);
  has('frame from the client', `${limits.frameBytes / 1024} KiB`);
  has('subscriptions of a connection', `| ${limits.subscriptions} |`);
  has('commands of a connection |', `${limits.commandsPerSecond} a second, ${limits.commandBurst} at once`);
  has('commands of a connection |', `${limits.refusedCommands.toLocaleString('en')} of them`);
  has('without an answer', `| ${limits.pendingCommands} |`);
  has('not JSON', `| ${limits.badFrames} |`);
  has('silence', `${SOCKET_IDLE_S} s`);
  expect(document).toContain(`at most ${limits.bufferedBytes / 1024} KiB`);
});

it('lists every command with all of its fields', () => {
  expect(document).toContain(SUBPROTOCOL);
  for (const option of commandSchema.options) {
    const [type] = option.shape.type.values;
    const row = rows.find((line) => line.startsWith(`| \`${type}\``));
    const fields = Object.keys(option.shape).filter((field) => field !== 'id' && field !== 'type');
    for (const field of fields) expect(row, type).toContain(`\`${field}\``);
  }
});
