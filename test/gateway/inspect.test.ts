/** The inspector on a real server and real PostgreSQL, read with the receivers of `@statelyai/inspect` itself. */
import { once } from 'node:events';
import {
  createBrowserReceiver,
  createWebSocketReceiver,
  type StatelyActorEvent,
  type StatelyInspectionEvent,
} from '@statelyai/inspect';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { createMachine } from 'xstate';
import { INSPECT_SUBPROTOCOL } from '../../src/gateway/inspect/handshake.ts';
import { INSPECT_CLOSE } from '../../src/gateway/inspect/limits.ts';
import { CLOSE } from '../../src/gateway/limits.ts';
import { openRig, type Rig, ROB } from '../client/rig.ts';
import { token } from './harness.ts';

/** What a receiver told its observers, and a way to wait for more of it. */
class Seen {
  readonly events: StatelyInspectionEvent[] = [];
  #onMore = () => {};

  take(event: StatelyInspectionEvent): void {
    this.events.push(event);
    this.#onMore();
  }

  async until(count: number): Promise<StatelyInspectionEvent[]> {
    while (this.events.length < count)
      await new Promise<void>((resolve) => {
        this.#onMore = resolve;
      });
    return this.events;
  }
}

const briefly = (events: readonly StatelyInspectionEvent[]) =>
  events.map((event) => {
    const { snapshot } = event as { snapshot?: { value?: unknown } };
    const sent = event.type === '@xstate.actor' ? '' : event.event.type;
    return [event.type.slice(8), sent, snapshot?.value].filter(Boolean).join(' ');
  });

describe.each(['uws', 'node'] as const)('the inspector over %s', (transport) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig({ transport, inspectLimits: { rowsPerSecond: 100, rowBurst: 3, changes: 4 } });
  }, 60_000);
  afterAll(() => rig.close());

  const address = (query: string, user = '') =>
    `${rig.gateway.url.replace('http://', `ws://${user}`)}/v1/inspect?${query}`;
  /** The package's receiver gets an address and nothing else. */
  const receive = async (query: string, claims = {}) => {
    const seen = new Seen();
    const server = address(query, `inspector:${await token(claims)}@`);
    createWebSocketReceiver({ server }).subscribe((event) => seen.take(event));
    return seen;
  };
  const dial = async (query: string, options: ClientOptions = {}, protocols: string[] = []) => {
    const ws = new WebSocket(address(query), protocols, options);
    const texts: string[] = [];
    ws.on('message', (data) => texts.push(String(data)));
    ws.on('error', () => {});
    const closed = once(ws, 'close').then(([code]) => ({ code: code as number, texts }));
    return { ws, texts, closed };
  };
  /** The log's last row: a feed from here shows all that a test does next, however late its socket opens. */
  const position = async () => (await rig.store.position('acme'))?.seq ?? 0;
  const withToken = async (claims = {}) => ({ headers: { authorization: `Bearer ${await token(claims)}` } });
  const refusal = async (query: string, options: ClientOptions = {}, protocols: string[] = []) => {
    const ws = new WebSocket(address(query), protocols, options);
    ws.on('error', () => {});
    const [, response] = await once(ws, 'unexpected-response');
    ws.terminate();
    return response.statusCode;
  };
  const replayed = async (query: string) => {
    const { closed } = await dial(`replay=true&${query}`, await withToken());
    const { code, texts } = await closed;
    return { code, events: texts.map((text) => JSON.parse(text) as StatelyInspectionEvent) };
  };

  it("tells the package's receiver of a change: its machine, how it stands, and what happens to it", async () => {
    const change = await rig.propose();
    const seen = await receive(`change=${change}`);
    await seen.until(1);
    await rig.move(change, 'hold');
    await rig.runtime.send({ change, trigger: 'approve' }, { principal: ROB });
    const events = await seen.until(5);
    expect(briefly(events)).toEqual([
      'actor Open',
      'event hold',
      'snapshot hold Held',
      'event approve',
      'snapshot approve Held',
    ]);
    expect(new Set(events.map(({ sessionId, rootId }) => `${sessionId} ${rootId}`))).toEqual(
      new Set([`${change} ${change}`]),
    );
    const machine = createMachine(JSON.parse((events[0] as StatelyActorEvent).definition ?? ''));
    expect(machine.resolveState({ value: 'Held' }).matches('Held')).toBe(true);
    expect(machine.events).toEqual(expect.arrayContaining(['hold', 'release', 'approve']));
    expect(events[1]).toMatchObject({ sourceId: 'rob', event: { kind: 'transition', role: 'reviewer' } });
    expect(events[3]).toMatchObject({ event: { kind: 'refusal', refusal: 'NOT_ENABLED' } });
  });

  it('sends pages what their receiver takes, with the token as a subprotocol', async () => {
    const change = await rig.propose();
    const { ws } = await dial(`change=${change}`, {}, [INSPECT_SUBPROTOCOL, `bearer.${await token()}`]);
    const page = new EventTarget();
    const window = Object.assign(page, { opener: null, self: page, top: page });
    const options = { window } as unknown as Parameters<typeof createBrowserReceiver>[0];
    const seen = new Seen();
    createBrowserReceiver(options).subscribe((event) => seen.take(event));
    ws.on('message', (data) =>
      page.dispatchEvent(new MessageEvent('message', { data: JSON.parse(String(data)) })),
    );
    await seen.until(1);
    expect(ws.protocol).toBe(INSPECT_SUBPROTOCOL);
    await rig.move(change, 'approve');
    expect(briefly(await seen.until(3))).toEqual(['actor Open', 'event approve', 'snapshot approve Done']);
    expect(seen.events[2]).toMatchObject({ snapshot: { status: 'done', output: 'approved' } });
    ws.close();
  });

  it('discovers changes on demand, those that a query finds and no others', async () => {
    const seen = await receive(`project=found&since=${await position()}`);
    const { closed, ws } = await dial('', await withToken());
    await once(ws, 'open');
    const all: StatelyInspectionEvent[] = [];
    ws.on('message', (data) => all.push(JSON.parse(String(data))));
    const marker = await rig.propose('found');
    await seen.until(1);
    const since = await position();
    const other = await rig.propose('elsewhere');
    await rig.move(other, 'hold');
    await rig.move(marker, 'hold');
    const events = await seen.until(3);
    while (!briefly(events).includes('snapshot hold Held')) await seen.until(events.length + 1);
    expect(new Set(events.map(({ sessionId }) => sessionId))).toEqual(new Set([marker]));
    ws.close();
    await closed;
    const { events: later } = await replayed(`since=${since}`);
    expect(briefly(later)).toEqual([
      'actor Open',
      'event propose',
      'snapshot propose Open',
      'event hold',
      'snapshot hold Held',
      'actor Open',
      'event hold',
      'snapshot hold Held',
    ]);
  });

  it('finds a change when it comes to the state that is asked for, live and replayed', async () => {
    const seen = await receive(`project=places&state=Held&since=${await position()}`);
    const first = await rig.propose('places');
    const second = await rig.propose('places');
    await rig.move(second, 'approve');
    await rig.move(first, 'hold');
    await rig.move(first, 'release');
    const events = await seen.until(5);
    const expected = [
      'actor Open',
      'event hold',
      'snapshot hold Held',
      'event release',
      'snapshot release Open',
    ];
    expect(briefly(events)).toEqual(expected);
    expect(await replayed('project=places&state=Held')).toEqual({ code: INSPECT_CLOSE.DONE.code, events });
  });

  it('replays a change as it was told live, and then says that this was all', async () => {
    const before = await position();
    const change = await rig.propose('replayed');
    await rig.move(change, 'hold');
    const live = await receive(`project=replayed&since=${before}`);
    await live.until(5);
    await rig.move(change, 'release');
    await rig.runtime.send({ change, trigger: 'release' }, { principal: ROB });
    await rig.move(change, 'approve');
    const told = await live.until(11);
    for (const query of [`change=${change}`, `change=${change}&pace=100`, `project=replayed`]) {
      const { code, events } = await replayed(query);
      expect(code).toBe(INSPECT_CLOSE.DONE.code);
      expect(events).toEqual(told);
    }
    const from = (told[5] as StatelyInspectionEvent).id;
    const { events } = await replayed(`change=${change}&since=${from}`);
    expect(events.slice(1)).toEqual(told.slice(told.findIndex(({ id }) => id === from) + 2));
  });

  it('leaves out what people wrote', async () => {
    const change = 'Private';
    const sent = await rig.runtime.propose(
      { definition: 'Swing', project: 'private', title: `${change} title`, attributes: { note: 'Private' } },
      { principal: { ...ROB, id: 'ann' }, idempotencyKey: 'Private-key-1' },
    );
    if (!sent.ok) throw new Error(sent.refusal.message);
    const of = { change: sent.row.change, reason: 'Private reason', data: { body: 'Private data' } };
    for (const trigger of ['hold', 'Private trigger', 'thread.comment', 'approve'])
      await rig.runtime.send({ ...of, trigger }, { principal: ROB, idempotencyKey: `Private-${trigger}` });
    const { events } = await replayed(`change=${sent.row.change}`);
    expect(events.length).toBeGreaterThan(7);
    expect(JSON.stringify(events)).not.toContain('Private');
    expect(events.map((event) => event.type === '@xstate.event' && event.event.type)).toContain('unknown');
  });

  it('lets in whom the stream lets in, from its own pages, and never by a token in the address', async () => {
    const change = await rig.propose();
    const query = `change=${change}`;
    expect(await refusal(query)).toBe(401);
    expect(await refusal(`${query}&token=${await token()}`, await withToken())).toBe(400);
    expect(await refusal(query, { ...(await withToken()), origin: 'https://elsewhere.example' })).toBe(403);
    expect(await refusal(query, {}, [`bearer.${await token()}`])).toBe(400);
    expect(await refusal(`${query}&project=core`, await withToken())).toBe(400);
    expect(await refusal(`${query}&pace=5`, await withToken())).toBe(400);
    expect(await refusal('text=%00', await withToken())).toBe(400);
    const forged = { headers: { authorization: `Bearer ${await token({}, 600, new Uint8Array(48))}` } };
    const told = async (options: ClientOptions, of = query) => (await dial(of, options)).closed;
    expect(await told(forged)).toEqual({ code: CLOSE.UNAUTHENTICATED.code, texts: [] });
    const nowhere = await withToken({ tenant: 'nowhere' });
    expect(await told(nowhere)).toEqual({ code: CLOSE.FORBIDDEN.code, texts: [] });
    await rig.store.createTenant({ tenant: `other-${transport}`, title: 'Other', createdAt: 0 });
    const stranger = await withToken({ tenant: `other-${transport}` });
    for (const more of ['', '&replay=true'])
      expect(await told(stranger, query + more)).toEqual({
        code: INSPECT_CLOSE.NOT_THERE.code,
        texts: [],
      });
  });

  it('takes no messages, and ends where a position means nothing or one change too many is heard of', async () => {
    const talking = await dial('', await withToken());
    await once(talking.ws, 'open');
    talking.ws.send('{"id":1,"type":"ping"}');
    expect((await talking.closed).code).toBe(INSPECT_CLOSE.NOT_ASKED.code);
    const beyond = await dial('since=999999', await withToken());
    expect((await beyond.closed).code).toBe(CLOSE.STREAM_RESET.code);
    for (let count = 0; count < 5; count++) await rig.propose('many');
    const { code, events } = await replayed('project=many');
    expect(code).toBe(INSPECT_CLOSE.TOO_MANY_CHANGES.code);
    expect(events.filter(({ type }) => type === '@xstate.actor')).toHaveLength(4);
  });

  it('tells every row in order, however much faster they come than they may be told', async () => {
    const change = await rig.propose();
    const seen = await receive(`change=${change}`);
    await seen.until(1);
    const seqs: number[] = [];
    for (let round = 0; round < 10; round++)
      for (const trigger of ['hold', 'release'] as const) seqs.push(await rig.move(change, trigger));
    const events = await seen.until(41);
    const told = events.filter(({ type }) => type === '@xstate.snapshot').map(({ id }) => Number(id));
    expect(told).toEqual(seqs);
  });
});
