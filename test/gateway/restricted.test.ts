/** Restricted projects: rows that somebody may not read never reach him, and everything he does get stays whole. */
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Said } from '../../src/actors/directory/entries.ts';
import { INSPECT_CLOSE } from '../../src/gateway/inspect/limits.ts';
import { openRig, type Rig, ROB } from '../client/rig.ts';
import { token } from './harness.ts';
import { type Frame, StreamClient } from './stream-client.ts';

const OLGA = { tenant: 'acme', id: 'olga', kind: 'person', roles: ['administrator'] } as const;
const grantOf = (principal: string, removed = false): Said => ({
  kind: 'grant',
  grant: { role: 'reader', to: { principal }, in: { project: 'secret' } },
  removed,
});

/** The position of a subscription from its frames; fails where the chain of "prev" is broken. */
async function follow(client: StreamClient, id: string, since: number, to: number): Promise<Frame[]> {
  const rows: Frame[] = [];
  for (let at = since; at < to; ) {
    const frame = await client.next((each) => each.subscription === id);
    if (frame.type === 'event') {
      expect(frame.prev).toBe(at);
      rows.push(frame);
    } else expect(frame).toEqual({ type: 'advance', subscription: id, seq: frame.seq });
    expect(frame.seq).toBeGreaterThan(at);
    at = frame.seq;
  }
  return rows;
}

describe.each(['uws', 'node'] as const)('restricted projects, over %s', (transport) => {
  let rig: Rig;
  let core: string;
  let secret: string;
  const tokens: Record<string, string> = {};
  const isFirst = (frame: Frame) => frame.type === 'snapshot' && frame.first;
  const head = async () => (await rig.log()).at(-1) ?? 0;
  const connected = (who: string) => StreamClient.connected(rig.gateway, tokens[who]);
  const call = async (who: string, method: string, path: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${tokens[who]}`, 'content-type': 'application/json' };
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const answer = await fetch(rig.gateway.url + path, init);
    const text = await answer.text();
    // biome-ignore lint/suspicious/noExplicitAny: tests look into documents of every kind
    const json = (isJson: boolean): any => (isJson ? JSON.parse(text || 'null') : undefined);
    return { status: answer.status, text, json: json(!/mermaid|dot/.test(path)) };
  };
  const say = (...entries: Said[]) => call('olga', 'POST', '/v1/directory', { entries });
  /** Both projects move by turns, the secret one last. */
  const swing = async () => {
    for (const trigger of ['hold', 'release'] as const) {
      await rig.move(core, trigger);
      await rig.move(secret, trigger);
    }
  };

  beforeAll(async () => {
    rig = await openRig({ transport });
    for (const [who, roles] of [
      ['rob', ['reviewer']],
      ['sam', ['reviewer']],
      ['olga', OLGA.roles],
    ] as const)
      tokens[who] = await token({ sub: who, roles });
    core = await rig.propose('core');
    secret = await rig.propose('secret');
    const project: Said = { kind: 'project', name: 'secret', value: { restricted: true } };
    await rig.runtime.say('acme', [project, grantOf('sam')], null, OLGA);
  });
  afterAll(() => rig.close());

  it('leave out their rows and advance instead: the chain is whole, from the log and live', async () => {
    await swing();
    const clients = await Promise.all(['rob', 'sam'].map(connected));
    const before = await head();
    const ids = await Promise.all(
      clients.map(
        async (client) => (await client.ask({ type: 'subscribe', stream: 'tenant', since: 0 })).subscription,
      ),
    );
    const caughtUp = await Promise.all(clients.map((client, at) => follow(client, ids[at], 0, before)));
    await swing();
    const after = await head();
    const live = await Promise.all(clients.map((client, at) => follow(client, ids[at], before, after)));
    const [robs, sams] = [0, 1].map((at) => [...(caughtUp[at] ?? []), ...(live[at] ?? [])]);
    expect(new Set(robs?.map(({ transition }) => transition.change))).toEqual(new Set([core]));
    expect(robs?.map(({ seq }) => seq)).toEqual(await rig.log({ project: 'core' }));
    expect(sams?.map(({ seq }) => seq)).toEqual(await rig.log());
    for (const client of clients) client.cut();
  });

  it('let a reader acknowledge past what is hidden, so that it owes nothing', async () => {
    const client = await connected('rob');
    const { subscription } = await client.ask({ type: 'subscribe', stream: 'tenant', reader: 'screen' });
    const since = await head();
    const done = await rig.propose('secret');
    const seq = await rig.move(done, 'approve');
    expect(await follow(client, subscription, since, seq)).toEqual([]);
    expect(await client.ask({ type: 'ack', subscription, seq })).toMatchObject({ acknowledged: seq });
    expect(await rig.overdue()).not.toContain('screen');
    client.cut();
  });

  it('cannot be subscribed to, sent events, or seen in a set', async () => {
    const client = await connected('rob');
    const code = async (command: object) => (await client.ask({ ...command })).error.code;
    expect(await code({ type: 'subscribe', stream: `change:${secret}` })).toBe('NOT_FOUND');
    expect(await code({ type: 'subscribe', stream: 'project:secret' })).toBe('FORBIDDEN');
    expect(await code({ type: 'event', change: secret, trigger: 'hold' })).toBe('NOT_FOUND');
    for (const stream of ['query', 'work']) {
      await client.ask({ type: 'subscribe', stream });
      const { items } = await client.next(isFirst);
      expect(items.map(({ project }: Frame) => project)).not.toContain('secret');
    }
    // What cannot be recovered begins with a snapshot.
    await client.ask({ type: 'subscribe', stream: 'tenant', since: 1_000_000 });
    expect((await client.next(isFirst)).items.map(({ project }: Frame) => project)).not.toContain('secret');
    client.cut();
  });

  it('are not there over HTTP: lists, counts, the log, the change, its contents, its graph', async () => {
    for (const path of [
      '',
      '/transitions',
      '/revisions',
      '/revisions/1/files',
      '/graph',
      '/blockers',
      '/threads',
    ])
      expect((await call('rob', 'GET', `/v1/changes/${secret}${path}`)).status).toBe(404);
    for (const path of ['/v1/changes', '/v1/work', '/v1/transitions', '/v1/transitions?project=secret']) {
      const { status, text } = await call('rob', 'GET', path);
      expect(status).toBe(200);
      expect(text).not.toContain(secret);
      expect((await call('sam', 'GET', path)).text).toContain(secret);
    }
    const sum = async (who: string) => {
      const { outcomes } = (await call(who, 'GET', '/v1/outcomes')).json;
      return Object.values<number>(outcomes).reduce((all, each) => all + each, 0);
    };
    expect([await sum('rob'), await sum('sam')]).toEqual([1, 3]);
    const event = { trigger: 'hold' };
    expect((await call('rob', 'POST', `/v1/changes/${secret}/events`, event)).status).toBe(404);
    const items = [{ change: core }, { change: secret }];
    expect((await call('rob', 'POST', '/v1/batches', { ...event, items })).status).toBe(404);
    const proposal = { definition: 'Swing', project: 'secret', title: 'Slip in' };
    expect((await call('rob', 'POST', '/v1/changes', proposal)).status).toBe(403);
    expect((await call('olga', 'GET', `/v1/changes/${secret}`)).status).toBe(200);
  });

  it('stand in the graph of others without what they say', async () => {
    const data = { dependencies: [{ on: secret, kind: 'declared', rule: 'trailer' }] };
    const depend = { change: core, trigger: 'change.depend', data };
    const author = { ...ROB, id: 'ann' };
    const answer = await rig.runtime.send(depend, { principal: author });
    expect(answer).toMatchObject({ ok: true });
    const path = `/v1/changes/${core}/graph`;
    const { json } = await call('rob', 'GET', path);
    const hidden = { id: secret, known: false, key: secret, title: '', project: '', state: 'unknown' };
    expect(json.nodes).toContainEqual({ ...hidden, outcome: null });
    expect((await call('rob', 'GET', `/v1/changes/${core}/blockers`)).json.items).toMatchObject([hidden]);
    for (const format of ['mermaid', 'dot']) {
      const drawn = await call('rob', 'GET', `${path}?format=${format}`);
      expect([drawn.status, drawn.text]).toEqual([200, expect.stringContaining(`"${secret}"`)]);
      const title = `${secret}: Swing it`;
      expect((await call('sam', 'GET', `${path}?format=${format}`)).text).toContain(title);
    }
    expect((await call('sam', 'GET', path)).json.nodes).toContainEqual(
      expect.objectContaining({ id: secret, known: true, project: 'secret' }),
    );
  });

  it('are replayed no further from the moment on in which they may not be read', async () => {
    await swing();
    const headers = { authorization: `Bearer ${tokens.sam}` };
    const address = `${rig.gateway.url.replace('http', 'ws')}/v1/inspect?change=${secret}&replay=true&pace=1`;
    const ws = new WebSocket(address, { headers });
    const told: string[] = [];
    ws.on('message', (data) => told.push(JSON.parse(String(data)).type));
    const ended = once(ws, 'close');
    await once(ws, 'message');
    await say(grantOf('sam', true));
    expect((await ended)[0]).toBe(INSPECT_CLOSE.DONE.code);
    const events = told.filter((type) => type === '@xstate.event');
    expect(events.length).toBeLessThan((await rig.log({ change: secret })).length);
    await say(grantOf('sam'));
  });

  it('are not inspected, live or replayed', async () => {
    const inspect = async (query: string) => {
      const headers = { authorization: `Bearer ${tokens.rob}` };
      const ws = new WebSocket(`${rig.gateway.url.replace('http', 'ws')}/v1/inspect?${query}`, { headers });
      const texts: string[] = [];
      ws.on('message', (data) => texts.push(String(data)));
      const [code] = await once(ws, 'close');
      return { code, text: texts.join('') };
    };
    const all = await inspect('replay=true');
    expect(all.code).toBe(INSPECT_CLOSE.DONE.code);
    expect(all.text).toContain(core);
    expect(all.text).not.toContain(`"${secret}"`);
    for (const query of [`change=${secret}`, `change=${secret}&replay=true`])
      expect(await inspect(query)).toEqual({ code: INSPECT_CLOSE.NOT_THERE.code, text: '' });
    expect((await inspect('project=secret&replay=true')).text).toBe('');
  });

  it('are closed at once to whoever loses the last role in them, on open connections too', async () => {
    const client = await connected('sam');
    const { subscription, since } = await client.ask({ type: 'subscribe', stream: 'tenant' });
    const { subscription: set } = await client.ask({
      type: 'subscribe',
      stream: 'query',
      query: { project: 'secret' },
    });
    const ofSet = (frame: Frame) => isFirst(frame) && frame.subscription === set;
    expect((await client.next(ofSet)).items.length).toBeGreaterThan(0);
    await rig.move(secret, 'hold');
    expect(await follow(client, subscription, since, await head())).toHaveLength(1);
    const at = await head();
    expect((await say(grantOf('sam', true))).status).toBe(200);
    await rig.move(secret, 'release');
    await rig.move(core, 'hold');
    const rows = await follow(client, subscription, at, await head());
    expect(rows.map(({ transition }) => transition.change)).toEqual([core]);
    expect((await client.next(ofSet)).items).toEqual([]);
    expect((await call('sam', 'GET', `/v1/changes/${secret}`)).status).toBe(404);
    // And opened again.
    const closed = await head();
    await say(grantOf('sam'));
    await rig.move(secret, 'hold');
    expect(await follow(client, subscription, closed, await head())).toHaveLength(1);
    client.cut();
  });
});
