/** Readers that acknowledge too late: reported once, by one server, until they have acknowledged. */
import { Writable } from 'node:stream';
import pino from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { OverdueReaders } from '../../src/gateway/live/overdue.ts';
import { openRig, type Rig } from '../client/rig.ts';
import { memoryReaders } from '../support/memory-readers.ts';
import { token } from './harness.ts';
import { StreamClient } from './stream-client.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig({ transport: 'node', overdueAfterMs: 60_000 });
});
afterAll(() => rig.close());

/** A server's watch, an hour later, and what it has written into the log. */
function watch(now: () => number) {
  const lines: { msg: string; reader?: string; principal?: string }[] = [];
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const log = pino({}, sink);
  const watching = new OverdueReaders({ store: rig.store.readers, log, afterMs: 60_000, now });
  return { watching, said: () => lines.splice(0).map(({ msg, reader }) => `${reader}: ${msg.slice(0, 20)}`) };
}

it('is told of a reader once, by one of two servers, and again when it has acknowledged', async () => {
  let later = 0;
  const servers = [0, 1].map(() => watch(() => Date.now() + later));
  const look = () => Promise.all(servers.map(({ watching }) => watching.look()));
  const said = () => servers.flatMap((server) => server.said());
  const client = await StreamClient.connected(rig.gateway);
  const { subscription } = await client.ask({ type: 'subscribe', stream: 'tenant', reader: 'screen' });
  const seq = await rig.move(await rig.propose(), 'approve');
  await client.next((frame) => frame.seq === seq);
  await look();
  expect(said()).toEqual([]);

  later = 3_600_000;
  await look();
  expect(said()).toEqual(['screen: a reader has left cr']);
  await look();
  expect(said()).toEqual([]);
  expect(servers.map(({ watching }) => watching.count)).toEqual([1, 1]);
  const operator = await token({ roles: ['operator'] });
  const headers = { authorization: `Bearer ${operator}` };
  const answer = await fetch(`${rig.gateway.url}/v1/readers?older_than_s=0`, { headers });
  expect(await answer.json()).toMatchObject({
    items: [{ reader: 'screen', principal: 'rob', unacknowledged: 1 }],
  });

  await client.ask({ type: 'ack', subscription, seq });
  await look();
  expect(said()).toEqual(['screen: a reader that was ov']);
  expect(servers.map(({ watching }) => watching.count)).toEqual([0, 0]);
  // Another row, another episode.
  await rig.move(await rig.propose(), 'approve');
  await look();
  expect(said()).toEqual(['screen: a reader has left cr']);
  for (const { watching } of servers) watching.close();
  client.cut();
});

it('is a figure for Prometheus', async () => {
  const text = await (await fetch(`${rig.gateway.url}/metrics`)).text();
  expect(text).toMatch(/^countersign_overdue_readers \d+$/m);
});

it('marks in memory as in PostgreSQL: who is new, who is over, how many there are', async () => {
  const rows = await rig.store.log('acme', { after: 0, limit: 100 });
  const memory = memoryReaders({ rows: () => rows, projectOf: () => 'core' });
  const ref = { tenant: 'acme', principal: 'ann', name: 'desk', stream: 'tenant' };
  const story = async (readers: typeof memory) => {
    const later = Date.now() + 3_600_000;
    const names = async () => {
      const { begun, over } = await readers.markOverdue(later);
      return [begun, over].map((refs) => refs.filter(({ name }) => name === 'desk'));
    };
    await readers.open(ref, 0);
    const told = [await names(), await names()];
    await readers.acknowledge(ref, rows.at(-1)?.seq ?? 0);
    return [...told, await names(), await names()];
  };
  const none: unknown[] = [];
  const expected = [
    [[ref], none],
    [none, none],
    [none, [ref]],
    [none, none],
  ];
  expect(await story(memory)).toEqual(expected);
  expect(await story(rig.store.readers)).toEqual(expected);
});
