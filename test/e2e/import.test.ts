import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { isLong } from '../support/runs.ts';
import { HISTORY, hasHistory, newDataDir, Server } from './process.ts';

const EXPECTED = {
  changes: 1348,
  outcomes: { approved: 772, open: 576 },
  waiting: { checks: 324, code: 7, 'code and checks': 245 },
  refused: { SELF_APPROVAL: 52 },
};

/** What the test of a killed server imports: the whole, or its first changes. */
const PART = isLong ? { changes: EXPECTED.changes, killedAt: 1_500 } : { changes: 300, killedAt: 400 };

function part(): string {
  if (isLong) return HISTORY;
  const lines = gunzipSync(readFileSync(HISTORY)).toString().split('\n').slice(0, PART.changes);
  const file = join(newDataDir(), 'part.jsonl');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

interface Push {
  readonly type: string;
  readonly id?: number;
  readonly seq: number;
  readonly prev: number;
  readonly transition: { seq: number };
}

/** A client written with plain `ws` from docs/protocol.md: it is cut off again and again and comes back with its position. */
class Watcher {
  readonly seen: number[] = [];
  readonly #server: Server;
  #stopped = false;
  cuts = 0;

  constructor(server: Server) {
    this.#server = server;
  }

  async watch(): Promise<void> {
    let epoch: string | undefined;
    while (!this.#stopped) {
      const socket = new WebSocket(`${this.#server.url.replace('http', 'ws')}/v1/stream`, [
        'countersign.v1.json',
      ]);
      const ended = new Promise<void>((resolve) => socket.on('close', () => resolve()).on('error', () => {}));
      const since = this.seen.at(-1) ?? 0;
      const cutAfter = since + 400 + Math.floor(Math.random() * 400);
      socket.on('open', () => {
        socket.send(JSON.stringify({ id: 1, type: 'connect', token: this.#server.token }));
        socket.send(
          JSON.stringify({ id: 2, type: 'subscribe', stream: 'tenant', since, ...(epoch && { epoch }) }),
        );
      });
      socket.on('message', (data) => {
        const frame = JSON.parse(String(data)) as Push & { epoch: string; recovered: boolean };
        if (frame.id === 2) {
          expect(frame.recovered).toBe(true);
          epoch = frame.epoch;
        }
        if (frame.type !== 'event') return;
        expect(frame.prev).toBe(this.seen.at(-1) ?? 0);
        this.seen.push(frame.seq);
        if (frame.seq >= cutAfter) {
          this.cuts += 1;
          socket.removeAllListeners('message').terminate();
        }
      });
      const stopper = setInterval(() => this.#stopped && socket.close(), 20);
      await ended;
      clearInterval(stopper);
    }
  }

  stop(): void {
    this.#stopped = true;
  }
}

describe.skipIf(!hasHistory)('the import of a real review history', () => {
  it('ends at the known counts, a second one changes nothing, and a client that is cut off sees every row once', async () => {
    const server = await Server.start();
    const watcher = new Watcher(server);
    const watching = watcher.watch();
    expect(await server.json('import', HISTORY)).toMatchObject(EXPECTED);
    const rows = await server.log();
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1));
    expect(await server.json('import', HISTORY)).toMatchObject(EXPECTED);
    expect(await server.log()).toEqual(rows);
    while ((watcher.seen.at(-1) ?? 0) < rows.length) await sleep(10);
    watcher.stop();
    await watching;
    expect(watcher.cuts).toBeGreaterThan(3);
    expect(watcher.seen).toEqual(rows.map(({ seq }) => seq));
    expect(await server.stop()).toBe(0);
  }, 180_000);

  it('survives kill -9 of the server in its middle: what was answered is there once, and repeating it ends at the same counts', async () => {
    const history = part();
    const first = await Server.start();
    const importing = first.run('import', history, '--json');
    const next = `/v1/transitions?after=${PART.killedAt - 1}&limit=1`;
    while ((await first.document(next)).items.length === 0);
    const before = (await first.log()).slice(0, PART.killedAt);
    await first.kill('SIGKILL');
    // The same port, so that the import, which is still trying, can go on.
    const port = new URL(first.url).port;
    const second = await Server.start(first.dataDir, {}, ['--port', port]);
    const counted = ({ changes, outcomes, waiting, refused }: typeof EXPECTED) => ({
      changes,
      outcomes,
      waiting,
      refused,
    });
    const counts = counted(JSON.parse((await importing).stdout));
    expect(counts).toMatchObject(isLong ? EXPECTED : { changes: PART.changes });
    expect(counted(await second.json('import', history))).toEqual(counts);
    const rows = await second.log();
    expect(rows.slice(0, before.length)).toEqual(before);
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1));
    const moves = rows.filter(({ kind }) => kind === 'proposed' || kind === 'transition');
    expect(new Set(moves.map(({ change, version }) => `${change}/${version}`)).size).toBe(moves.length);
    const votes = rows.filter(({ event }) => event !== 'propose' && event !== 'submit');
    expect(new Set(votes.map(({ change, event, principal }) => `${change}/${event}/${principal}`)).size).toBe(
      votes.length,
    );
    await second.stop();
  }, 240_000);
});
