/** A change whose stored snapshot is not one of its machine any more: it is stopped, others go on, and it is let go when mended. */
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { client, openRig, type Rig, ROB, secondServer } from '../client/rig.ts';
import { tamperedState } from '../support/tampered.ts';
import { token } from './harness.ts';

const lines: Record<string, unknown>[] = [];
const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(JSON.parse(line)) });

let rig: Rig;
let broken: string;
let other: string;
beforeAll(async () => {
  rig = await openRig({ transport: 'node', log });
  broken = await rig.propose();
  other = await rig.propose();
}, 60_000);
afterAll(() => rig.close());

const ask = (method: string, path: string, body?: unknown, roles?: string[]) =>
  askAt(rig.gateway.url, method, path, body, roles);
const askAt = async (
  url: string,
  method: string,
  path: string,
  body?: unknown,
  roles = ['operator', 'reviewer'],
) => {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${await token({ roles })}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: the test looks into documents of several kinds
  return { status: response.status, json: (await response.json()) as any };
};
const send = (change: string, trigger: string) =>
  ask('POST', `/v1/changes/${change}/events`, { trigger, reason: 'It is time.' });
const release = (change: string, roles?: string[]) =>
  ask('POST', `/v1/changes/${change}/release`, { reason: 'The snapshot was restored.' }, roles);
const stopped = async () => (await ask('GET', '/v1/overview')).json.quarantined;

const tamper = (value: string) => tamperedState(rig.admin, broken, value);

it('is stopped by the next command, listed with the invariant that broke, and nothing else is stopped', async () => {
  await tamper('Nowhere');
  expect(await send(broken, 'hold')).toMatchObject({ status: 500, json: { code: 'CHANGE_QUARANTINED' } });
  const [listed, ...rest] = await stopped();
  expect(rest).toEqual([]);
  expect(listed).toMatchObject({ change: broken, why: expect.stringContaining('Nowhere') });
  expect(lines).toContainEqual(
    expect.objectContaining({ msg: 'a change broke an invariant and is stopped', level: 50 }),
  );
  expect(await send(broken, 'hold')).toMatchObject({ status: 500, json: { code: 'CHANGE_QUARANTINED' } });
  expect(await send(other, 'hold')).toMatchObject({ status: 200 });
});

it('does not keep people from their work, from lists, or from the live sets in which it would stand', async () => {
  const work = await ask('GET', '/v1/work');
  expect(work.status).toBe(200);
  expect(JSON.stringify(work.json)).toContain(other);
  expect((await ask('GET', '/v1/changes')).json.items).toHaveLength(2);
  const live = client(rig.gateway.url);
  const found: string[] = [];
  for await (const { is, items } of live.work()) {
    found.push(...items.map(({ id }) => id));
    if (is === 'live') break;
  }
  live.close();
  expect(found).toEqual([other]);
});

it('says on its own page that it cannot be loaded, and why; its log can be read', async () => {
  expect(await ask('GET', `/v1/changes/${broken}`)).toMatchObject({
    status: 500,
    json: { code: 'CHANGE_QUARANTINED', detail: expect.stringMatching(/cannot be loaded.*Nowhere/s) },
  });
  expect(await ask('GET', `/v1/changes/${broken}/transitions`)).toMatchObject({
    status: 200,
    json: { items: [{ event: 'propose' }] },
  });
});

it('stays stopped while it is broken: who releases it is told what is still wrong, and the log says who tried', async () => {
  expect(await release(broken)).toMatchObject({
    status: 500,
    json: { code: 'CHANGE_QUARANTINED', detail: expect.stringMatching(/still broken.*Nowhere/s) },
  });
  expect(await stopped()).toHaveLength(1);
  expect(lines).toContainEqual(
    expect.objectContaining({
      msg: 'a quarantined change was not released: it is still broken',
      change: broken,
      by: 'rob',
      reason: 'The snapshot was restored.',
    }),
  );
});

it('goes on when it was mended and an operator releases it, from where it stood', async () => {
  await tamper('Open');
  expect((await send(broken, 'hold')).json.code).toBe('CHANGE_QUARANTINED');
  expect((await release(broken, ['reviewer'])).status).toBe(403);
  expect(await release(broken)).toMatchObject({ status: 200, json: { released: true } });
  expect(lines.at(-1)).toMatchObject({ msg: 'a quarantined change was released', change: broken, by: 'rob' });
  expect(await stopped()).toEqual([]);
  expect(await send(broken, 'hold')).toMatchObject({ status: 200, json: { to: 'Held' } });
  expect((await rig.runtime.view({ tenant: 'acme', change: broken }, ROB))?.state).toBe('Held');
  expect(await release(broken)).toMatchObject({ status: 200, json: { released: false } });
});

it('is listed by every server, and let go from any of them: the one that stopped it hears of it', async () => {
  const second = await secondServer(rig);
  const { url } = second;
  const listed = async (at: string) => {
    const { json } = await askAt(at, 'GET', '/v1/overview');
    return json.quarantined.map(({ change }: { change: string }) => change);
  };
  const reason = 'The snapshot was restored.';
  const releaseThere = () => askAt(url, 'POST', `/v1/changes/${broken}/release`, { reason });
  await tamper('Nowhere');
  // What is in memory is whole: only who loads it meets what is wrong.
  rig.runtime.atWork.restart({ tenant: 'acme', change: broken });
  expect((await askAt(url, 'POST', `/v1/changes/${broken}/events`, { trigger: 'release' })).status).toBe(500);
  expect(await listed(url)).toEqual([broken]);
  expect(await listed(rig.gateway.url)).toEqual([broken]);
  expect(await release(broken)).toMatchObject({ status: 500, json: { code: 'CHANGE_QUARANTINED' } });
  await tamper('Held');
  expect(await release(broken)).toMatchObject({ status: 200, json: { released: true } });
  expect(await listed(rig.gateway.url)).toEqual([]);
  expect(await listed(url)).toEqual([]);
  const event = { trigger: 'release' };
  expect(await askAt(url, 'POST', `/v1/changes/${broken}/events`, event)).toMatchObject({ status: 200 });
  expect((await releaseThere()).json).toMatchObject({ released: false });
  await second.close();
});

it('is listed as long as the server that stopped it is there', async () => {
  const { servers, stoppedChanges } = rig.store;
  const figures = { sockets: 0, subscriptions: 0, commandsWaiting: 0 };
  const server = { id: 'third', host: 'h', pid: 1, version: '1', startedAt: 0, ...figures };
  await servers.seen(server);
  const stop = { tenant: 'acme', change: other, why: 'it broke', at: 5_000 };
  expect(await stoppedChanges.say('third', [stop])).toEqual([]);
  expect(await stopped()).toEqual([{ change: other, why: 'it broke', since: '1970-01-01T00:00:05.000Z' }]);
  await stoppedChanges.end(stop);
  expect(await stopped()).toEqual([]);
  expect(await stoppedChanges.say('third', [stop])).toEqual([{ tenant: 'acme', change: other }]);
  await stoppedChanges.say('third', [{ ...stop, at: 6_000 }]);
  expect(await stopped()).toHaveLength(1);
  await stoppedChanges.say('third', []);
  expect(await stopped()).toEqual([]);
  await stoppedChanges.say('third', [{ ...stop, at: 7_000 }]);
  expect(await stopped()).toHaveLength(1);
  await servers.left('third');
  expect(await stopped()).toEqual([]);
});
