/** Atomic's messages, with a stock client, over both transports. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { isIn, nameOf } from '../../src/gateway/atomic/states.ts';
import type { Json } from '../../src/persistence/records.ts';
import { type Running, startTestGateway, token } from './harness.ts';
import type { Frame } from './stream-client.ts';

const LIMITS = {
  frameBytes: 4096,
  commandBurst: 30,
  commandsPerSecond: 1,
  refusedCommands: 5,
  badFrames: 3,
  subscriptions: 4,
};

class AtomicClient {
  readonly ws: WebSocket;
  readonly frames: Frame[] = [];
  readonly closed: Promise<number>;
  #waiting: { matches: (frame: Frame) => boolean; resolve: (frame: Frame) => void }[] = [];

  constructor(url: string, protocols: string[], options: ClientOptions) {
    this.ws = new WebSocket(url, protocols, options);
    this.closed = once(this.ws, 'close').then(([code]) => code);
    this.ws.on('error', () => {});
    this.ws.on('message', (data) => this.#take(JSON.parse(String(data))));
  }

  tell(type: string, data: object, more: object = {}): string {
    const id = randomUUID();
    const envelope = {
      id,
      timestamp: new Date().toISOString(),
      sender: 'client-1',
      payload: { type, data },
      ...more,
    };
    this.ws.send(JSON.stringify(envelope));
    return envelope.id;
  }

  /** Sends, and waits for what answers it. */
  async ask(type: string, data: object = {}, more: object = {}): Promise<Frame> {
    const id = this.tell(type, data, more);
    return (await this.next((frame) => frame.correlation_id === id)).payload;
  }

  next(matches: (frame: Frame) => boolean = () => true): Promise<Frame> {
    const index = this.frames.findIndex(matches);
    if (index >= 0) return Promise.resolve(this.frames.splice(index, 1)[0]);
    return new Promise((resolve) => this.#waiting.push({ matches, resolve }));
  }

  #take(frame: Frame): void {
    const index = this.#waiting.findIndex(({ matches }) => matches(frame));
    if (index < 0) this.frames.push(frame);
    else this.#waiting.splice(index, 1)[0]?.resolve(frame);
  }
}

describe.each(['uws', 'node'] as const)('the messages of Atomic over %s', (transport) => {
  let running: Running;
  let change: string;
  const url = () => `${running.gateway.url.replace('http', 'ws')}/atomic/ws`;
  const dial = async (options: ClientOptions = {}, protocols: string[] = []) => {
    const client = new AtomicClient(url(), protocols, options);
    await once(client.ws, 'open');
    return client;
  };
  const connected = async (claims = {}) =>
    dial({ headers: { authorization: `Bearer ${await token(claims)}` } });
  const commit = (entry = {}, of = change) => {
    const row = running.backend.append({ tenant: 'acme', change: of }, entry);
    running.hub.publish([row]);
    return row;
  };
  const transition = (more = {}) => ({
    resource_id: change,
    from_state: 'Review',
    action: 'approve',
    ...more,
  });

  beforeAll(async () => {
    running = await startTestGateway({ transport, limits: LIMITS });
    change = running.backend.addChange('acme', 'core');
  });
  afterAll(() => running.gateway.close());

  it('are answered with the id they had, to whoever sent them', async () => {
    const client = await connected();
    const id = client.tell('HealthCheck', {});
    const answer = await client.next();
    expect(answer).toMatchObject({
      correlation_id: id,
      sender: 'countersign',
      recipient: 'client-1',
      payload: { type: 'HealthCheck', data: { status: 'healthy' } },
    });
    expect(Date.parse(answer.timestamp)).toBeGreaterThan(0);
    client.ws.terminate();
  });

  it('may leave out data where a message has none', async () => {
    const client = await connected();
    const envelope = { id: 'h1', timestamp: new Date().toISOString(), payload: { type: 'HealthCheck' } };
    client.ws.send(JSON.stringify(envelope));
    expect((await client.next()).payload).toEqual({ type: 'HealthCheck', data: { status: 'healthy' } });
    client.ws.terminate();
  });

  it('need a token: in the header, or as a subprotocol beside the one of Atomic', async () => {
    const offered = ['atomic.v1.json', `bearer.${await token()}`];
    const client = await dial({}, offered);
    expect(client.ws.protocol).toBe('atomic.v1.json');
    expect(await client.ask('HealthCheck')).toMatchObject({ type: 'HealthCheck' });
    client.ws.terminate();
    expect(await refused({})).toBe(401);
    expect(await refused({}, ['countersign.v1.json'])).toBe(400);
    expect(await refused({ origin: 'https://evil.example' })).toBe(403);
  });

  it('end with 4501 where the token is not accepted, and say why first', async () => {
    const client = await dial({ headers: { authorization: 'Bearer nonsense' } });
    expect((await client.next()).payload).toMatchObject({ type: 'Error', data: { code: 'UNAUTHENTICATED' } });
    expect(await client.closed).toBe(4501);
  });

  it('carry a transition to the change, as the principal of the token, and tell what came of it', async () => {
    const client = await connected({ sub: 'ann', roles: ['reviewer'] });
    const data = transition({
      from_state: 'Review.code.waiting',
      to_state: 'Approved',
      actor: 'ann',
      context: { reason: 'Fine.' },
    });
    const version = running.backend.changeRecords[0]?.version;
    expect(await client.ask('StateTransition', data)).toMatchObject({
      type: 'StateChanged',
      data: {
        resource_id: change,
        old_state: 'Review',
        new_state: 'Approved',
        action: 'approve',
        actor: 'ann',
      },
    });
    expect(running.backend.sent.at(-1)).toMatchObject({
      command: { change, trigger: 'approve', reason: 'Fine.', expectedVersion: version },
      envelope: { principal: { id: 'ann', roles: ['reviewer'], tenant: 'acme' } },
    });
    client.ws.terminate();
  });

  it('with the same id do a thing once, though the change has moved on since', async () => {
    const client = await connected();
    const id = randomUUID();
    const first = await client.ask('StateTransition', transition(), { id });
    const record = running.backend.changeRecords[0];
    if (record) running.backend.changeRecords[0] = { ...record, state: 'Approved' };
    const answers = client.next((frame) => frame.correlation_id === id);
    client.tell('StateTransition', transition(), { id });
    expect((await answers).payload.data.context.seq).toBe(first.data.context.seq);
    expect(await client.ask('StateTransition', transition())).toMatchObject({
      type: 'Error',
      data: {
        code: 'STALE_VERSION',
        message: `Change ${change} is in "Approved", not in "Review".`,
        accepted: ['Approved'],
      },
    });
    if (record) running.backend.changeRecords[0] = record;
    client.ws.terminate();
  });

  it('are refused as everywhere: by the workflow, for others, for what is not there', async () => {
    const client = await connected();
    const code = async (more: object) => (await client.ask('StateTransition', transition(more))).data.code;
    expect(await code({ action: 'forbidden' })).toBe('MISSING_ROLE');
    expect(await code({ actor: 'somebody-else' })).toBe('FORBIDDEN');
    expect(await code({ resource_id: randomUUID() })).toBe('NOT_FOUND');
    expect(await code({ action: 'busy' })).toBe('TOO_BUSY');
    expect(await code({ action: 'change.revise', context: { data: { commit: 'abc' } } })).toBe('FORBIDDEN');
    client.ws.terminate();
  });

  it('that do not fit are answered with every defect, and the connection goes on', async () => {
    const client = await connected();
    const bad = await client.ask('StateTransition', { resource_id: 'main', action: 7 });
    expect(bad).toMatchObject({ type: 'Error', data: { code: 'INVALID_INPUT' } });
    expect(bad.data.issues.map((issue: { path: string }) => issue.path)).toEqual([
      'payload.data.resource_id',
      'payload.data.from_state',
      'payload.data.action',
    ]);
    expect((await client.ask('StateChanged')).data.code).toBe('INVALID_INPUT');
    expect((await client.ask('Subscribe', { filters: { colour: 'red' } })).data.message).toContain('colour');
    expect((await client.ask('Subscribe', { message_types: ['Weather'] })).data.message).toContain(
      'StateChanged',
    );
    client.ws.send('{"id":"x\\u0000"}');
    expect((await client.next()).payload.data.code).toBe('INVALID_INPUT');
    expect((await client.ask('HealthCheck')).type).toBe('HealthCheck');
    client.ws.terminate();
  });

  it('tell a subscriber of what it asked for, and of nothing else', async () => {
    const client = await connected();
    const other = running.backend.addChange('acme', 'docs');
    const filters = { project: 'core', new_state: 'Approved' };
    const answer = await client.ask('Subscribe', { message_types: ['StateChanged'], filters });
    expect(answer).toMatchObject({ type: 'Subscribe', data: { filters, recovered: true } });
    commit({ to: { Review: { code: 'approved' } } });
    commit({}, other);
    commit({ kind: 'refusal' });
    commit({ to: { Approved: {} }, from: { Review: { code: 'approved' } }, principal: 'bob' });
    const pushed = await client.next();
    expect(pushed).not.toHaveProperty('correlation_id');
    expect(pushed.payload).toMatchObject({
      type: 'StateChanged',
      data: {
        resource_id: change,
        old_state: 'Review',
        new_state: 'Approved',
        action: 'approve',
        actor: 'bob',
      },
    });
    expect((await client.ask('HealthCheck')).type).toBe('HealthCheck');
    expect(client.frames).toEqual([]);
    client.ws.terminate();
  });

  it('are taken up again after the last position a client has seen', async () => {
    const seen = running.backend.logs.get('acme')?.length;
    const [first, second] = [commit(), commit()];
    const client = await connected();
    await client.ask('Subscribe', { filters: { resource_id: change, since: seen } });
    const seqs = [await client.next(), await client.next()].map(({ payload }) => payload.data.context.seq);
    expect(seqs).toEqual([first.seq, second.seq]);
    client.ws.terminate();
  });

  it('are held to the limits of every connection', async () => {
    const broken = await connected();
    for (let n = 0; n < 3; n++) broken.ws.send('{');
    expect(await broken.closed).toBe(4500);
    expect(broken.frames[0].payload).toMatchObject({ type: 'Error', data: { code: 'MALFORMED_JSON' } });
    const large = await connected();
    large.tell('HealthCheck', { text: 'x'.repeat(5_000) });
    expect(await large.closed).toBe(4509);
    const binary = await connected();
    binary.ws.send(Buffer.from([1]));
    expect(await binary.closed).toBe(4515);
    const fast = await connected();
    for (let n = 0; n < 40; n++) fast.tell('Nonsense', {});
    expect(await fast.closed).toBe(4029);
    expect(fast.frames.some(({ payload }) => payload.data.code === 'TOO_BUSY')).toBe(true);
  });

  async function refused(options: ClientOptions, protocols: string[] = []): Promise<number> {
    const ws = new WebSocket(url(), protocols, options);
    ws.on('error', () => {});
    const [, response] = await once(ws, 'unexpected-response');
    return response.statusCode;
  }
});

it('tell clients to reconnect when the server stops', async () => {
  const { gateway } = await startTestGateway();
  const headers = { authorization: `Bearer ${await token()}` };
  const client = new AtomicClient(`${gateway.url.replace('http', 'ws')}/atomic/ws`, [], { headers });
  await once(client.ws, 'open');
  await gateway.close();
  expect(await client.closed).toBe(4000);
});

describe('the states of Atomic', () => {
  const state: fc.Arbitrary<Json> = fc.letrec<{ state: Json }>((tie) => ({
    state: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom('a', 'b'),
      fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('state'), { minKeys: 1, noNullPrototype: true }),
    ),
  })).state;
  const pathsOf = (of: Json): string[] =>
    typeof of === 'string'
      ? [of]
      : Object.entries(of as Record<string, Json>).flatMap(([name, inner]) => [
          name,
          ...pathsOf(inner).map((path) => `${name}.${path}`),
        ]);

  it('lie within a path exactly where the path leads through them', () => {
    const path = fc
      .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 })
      .map((names) => names.join('.'));
    fc.assert(
      fc.property(state, path, (value, asked) => {
        expect(isIn(value, asked)).toBe(pathsOf(value).includes(asked));
        expect(isIn(value, nameOf(value) ?? '')).toBe(true);
      }),
    );
    expect(nameOf(null)).toBeNull();
  });
});
