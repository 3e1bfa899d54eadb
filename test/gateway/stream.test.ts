/** The WebSocket protocol, with a stock client, over both transports. */
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Running, startTestGateway, token } from './harness.ts';
import { type Frame, StreamClient } from './stream-client.ts';

const LIMITS = {
  subscriptions: 3,
  commandBurst: 60,
  commandsPerSecond: 1,
  refusedCommands: 5,
  connectMs: 300,
};

describe.each(['uws', 'node'] as const)('the stream over %s', (transport) => {
  let running: Running;
  let change: string;
  /** Commits a row and tells the hub. */
  const commit = (of = change, entry = {}) => {
    const row = running.backend.append({ tenant: 'acme', change: of }, entry);
    running.hub.publish([row]);
    return row;
  };
  const position = () => running.backend.logs.get('acme')?.length ?? 0;
  const connected = (presented?: string) => StreamClient.connected(running.gateway, presented);
  const dial = (options = {}) => StreamClient.dial(running.gateway, options);
  const subscribe = (client: StreamClient, options = {}) =>
    client.ask({ type: 'subscribe', stream: 'tenant', ...options });

  beforeAll(async () => {
    running = await startTestGateway({ transport, limits: LIMITS, origins: ['https://review.example.com'] });
    change = running.backend.addChange('acme', 'core');
  });
  afterAll(() => running.gateway.close());

  describe('connecting', () => {
    it('takes the token in the first frame, and says who it is and until when', async () => {
      const client = await dial();
      const reply = await client.ask({ type: 'connect', token: await token() });
      expect(reply).toMatchObject({ type: 'reply', tenant: 'acme', principal: 'rob' });
      expect(Date.parse(reply.expires_at)).toBeGreaterThan(Date.now());
      client.cut();
    });

    it('takes the token as a second subprotocol, never naming it in its answer', async () => {
      const client = await dial({ protocols: ['countersign.v1.json', `bearer.${await token()}`] });
      expect(client.ws.protocol).toBe('countersign.v1.json');
      expect(await client.next()).toMatchObject({ type: 'connected', principal: 'rob' });
      expect(await client.ask({ type: 'ping' })).toMatchObject({ type: 'reply' });
      client.cut();
    });

    it('lets commands follow the token without waiting for its reply', async () => {
      const client = await dial();
      const answers = [client.ask({ type: 'connect', token: await token() }), subscribe(client)];
      expect((await Promise.all(answers)).map((frame) => frame.type)).toEqual(['reply', 'reply']);
      client.cut();
    });

    it('refuses commands before the token', async () => {
      const client = await dial();
      expect(await subscribe(client)).toMatchObject({ type: 'error', error: { code: 'UNAUTHENTICATED' } });
      client.cut();
    });

    it('closes with 4501 for a token it does not accept, saying why first', async () => {
      const client = await dial();
      const reply = await client.ask({ type: 'connect', token: await token({}, 60, new Uint8Array(32)) });
      expect(reply.error).toMatchObject({ code: 'UNAUTHENTICATED', status: 401 });
      expect((await client.closed).code).toBe(4501);
      const handed = await dial({ protocols: ['countersign.v1.json', 'bearer.nonsense'] });
      expect((await handed.closed).code).toBe(4501);
      expect(handed.frames).toEqual([expect.objectContaining({ id: null, type: 'error' })]);
    });

    it('closes with 4503 for a tenant that does not exist', async () => {
      const client = await dial();
      const reply = await client.ask({ type: 'connect', token: await token({ tenant: 'ghost' }) });
      expect(reply.error.code).toBe('FORBIDDEN');
      expect((await client.closed).code).toBe(4503);
    });

    it('closes with 4003 when no token comes', async () => {
      expect((await (await dial()).closed).code).toBe(4003);
    });

    it('closes with 4001 when the token expires, unless it was renewed', async () => {
      const [plain, renewed] = [await connected(await token({}, 2)), await connected(await token({}, 2))];
      await renewed.ask({ type: 'connect', token: await token() });
      expect((await plain.closed).code).toBe(4001);
      expect((await renewed.ask({ type: 'ping' })).type).toBe('reply');
      renewed.cut();
    });

    it('stays with one principal', async () => {
      const client = await connected();
      const reply = await client.ask({ type: 'connect', token: await token({ sub: 'eve' }) });
      expect(reply.error.code).toBe('FORBIDDEN');
      expect((await client.ask({ type: 'ping' })).type).toBe('reply');
      client.cut();
    });

    it('is for our own pages, listed ones, and programs; pages of others get 403', async () => {
      const host = running.gateway.url;
      for (const origin of [host, 'https://review.example.com']) (await dial({ options: { origin } })).cut();
      for (const origin of ['https://evil.example', 'null', `${host}.evil.example`]) {
        expect(await refusedUpgrade({ origin })).toBe(403);
      }
    });

    it('is for our own pages behind a proxy that names the usual port, and not for those of another port or file', async () => {
      const origin = 'https://review.acme.example';
      for (const host of ['review.acme.example', 'review.acme.example:443', 'Review.Acme.example'])
        (await dial({ options: { origin, headers: { host } } })).cut();
      for (const host of ['review.acme.example:80', 'review.acme.example:8443', 'acme.example', 'x y'])
        expect(await refusedUpgrade({ origin, headers: { host } })).toBe(403);
      expect(await refusedUpgrade({ origin: 'file://', headers: { host: 'localhost' } })).toBe(403);
    });

    it('has to offer the subprotocol', async () => {
      expect(await refusedUpgrade({}, ['something.else'])).toBe(400);
      expect(await refusedUpgrade({}, [])).toBe(400);
    });

    async function refusedUpgrade(options: object, protocols = ['countersign.v1.json']): Promise<number> {
      const url = `${running.gateway.url.replace('http', 'ws')}/v1/stream`;
      const ws = new WebSocket(url, protocols, options);
      ws.on('error', () => {});
      const [, response] = await once(ws, 'unexpected-response');
      return response.statusCode;
    }
  });

  describe('subscribing', () => {
    it('starts from now, and gives each row with the position before it', async () => {
      commit();
      const start = position();
      const client = await connected();
      const reply = await subscribe(client);
      expect(reply).toMatchObject({ type: 'reply', epoch: 'e1', since: start, recovered: true });
      commit(change, { event: 'one' });
      commit(change, { event: 'two' });
      const [first, second] = [await client.next(), await client.next()];
      expect(first).toMatchObject({
        type: 'event',
        seq: start + 1,
        prev: start,
        transition: { event: 'one' },
      });
      expect(second).toMatchObject({ seq: start + 2, prev: start + 1, transition: { event: 'two' } });
      expect(first.subscription).toBe(reply.subscription);
      client.cut();
    });

    it('goes on from a position', async () => {
      const since = position();
      for (let i = 0; i < 5; i += 1) running.backend.append({ tenant: 'acme', change });
      const client = await connected();
      expect(await subscribe(client, { since, epoch: 'e1' })).toMatchObject({ since, recovered: true });
      const seen: number[] = [];
      for (let i = 0; i < 5; i += 1) seen.push((await client.next()).seq);
      expect(seen).toEqual([1, 2, 3, 4, 5].map((step) => since + step));
      client.cut();
    });

    it('says so when a position or an epoch means nothing here', async () => {
      const client = await connected();
      for (const options of [{ since: position() + 1 }, { since: 1, epoch: 'other' }]) {
        expect(await subscribe(client, options)).toMatchObject({ since: position(), recovered: false });
      }
      client.cut();
    });

    it('begins now where no position is given, whatever the epoch: nothing is lost', async () => {
      const client = await connected();
      expect(await subscribe(client, { epoch: 'other' })).toMatchObject({
        since: position(),
        recovered: true,
      });
      client.cut();
    });

    it('filters by change and by project, from the log and live', async () => {
      const other = running.backend.addChange('acme', 'docs');
      const since = position();
      commit(other, { event: 'a' });
      commit(change, { event: 'b' });
      const [byChange, byProject] = [await connected(), await connected()];
      await subscribe(byChange, { stream: `change:${other}`, since });
      await subscribe(byProject, { stream: 'project:docs', since });
      commit(change, { event: 'c' });
      commit(other, { event: 'd' });
      for (const client of [byChange, byProject]) {
        const [first, second] = [await client.next(), await client.next()];
        expect([first.transition.event, second.transition.event]).toEqual(['a', 'd']);
        expect([first.prev, second.prev]).toEqual([since, first.seq]);
        client.cut();
      }
    });

    it('tells a filtered subscription how far the stream has come', async () => {
      const quiet = running.backend.addChange('acme', 'quiet');
      const client = await connected();
      const { since } = await subscribe(client, { stream: `change:${quiet}` });
      for (let i = 0; i < 200; i += 1) commit();
      expect(await client.next()).toMatchObject({ type: 'advance', seq: since + 200 });
      commit(quiet);
      expect(await client.next()).toMatchObject({ type: 'event', prev: since + 200 });
      client.cut();
    });

    it('refuses changes that are not there, and streams that do not exist', async () => {
      const client = await connected();
      const missing = await subscribe(client, { stream: 'change:00000000-0000-4000-8000-000000000000' });
      expect(missing.error.code).toBe('NOT_FOUND');
      for (const stream of ['change:x', 'everything', 'project:', '']) {
        expect((await subscribe(client, { stream })).error.code).toBe('INVALID_INPUT');
      }
      client.cut();
    });

    it('ends with unsubscribe, and has a limit per connection', async () => {
      const client = await connected();
      const [first] = [await subscribe(client), await subscribe(client), await subscribe(client)];
      expect((await subscribe(client)).error.code).toBe('INVALID_INPUT');
      const { subscription } = first;
      expect((await client.ask({ type: 'unsubscribe', subscription })).type).toBe('reply');
      expect((await client.ask({ type: 'unsubscribe', subscription })).error.code).toBe('NOT_FOUND');
      expect((await subscribe(client)).type).toBe('reply');
      commit();
      const got = [await client.next(), await client.next(), await client.next()];
      expect(new Set(got.map((frame) => frame.subscription)).has(subscription)).toBe(false);
      client.cut();
    });

    it('sees nothing of other tenants', async () => {
      running.backend.logs.set('rivals', []);
      const foreign = running.backend.addChange('rivals', 'core');
      const client = await connected();
      await subscribe(client);
      expect((await subscribe(client, { stream: `change:${foreign}` })).error.code).toBe('NOT_FOUND');
      running.hub.publish([running.backend.append({ tenant: 'rivals', change: foreign })]);
      const { seq } = commit();
      expect(await client.next()).toMatchObject({ type: 'event', seq, transition: { change } });
      client.cut();
    });

    it('closes with 4004 when the stream was renumbered', async () => {
      const client = await connected();
      await subscribe(client);
      running.backend.epoch = 'e2';
      const second = await connected();
      expect(await subscribe(second, { since: 1, epoch: 'e1' })).toMatchObject({
        epoch: 'e2',
        recovered: false,
      });
      expect((await client.closed).code).toBe(4004);
      running.backend.epoch = 'e1';
      second.cut();
    });
  });

  describe('sending events', () => {
    it('replies with the transition, and once per idempotency key', async () => {
      const client = await connected();
      const command = {
        type: 'event',
        change,
        trigger: 'approve',
        reason: 'fine',
        idempotency_key: transport,
      };
      const reply = await client.ask(command);
      expect(reply).toMatchObject({
        type: 'reply',
        replayed: false,
        transition: { change, event: 'approve' },
      });
      expect(await client.ask(command)).toMatchObject({ replayed: true, transition: reply.transition });
      expect(running.backend.sent.at(-1)?.envelope.principal.id).toBe('rob');
      client.cut();
    });

    it('are sent as the delegate of somebody where they say of whom', async () => {
      const client = await connected();
      const own = running.backend.addChange('acme', 'core');
      const event = { type: 'event', change: own, trigger: 'approve' };
      expect(await client.ask({ ...event, for: 'eve' })).toMatchObject({ type: 'reply' });
      expect(running.backend.sent.at(-1)?.envelope).toMatchObject({
        principal: { id: 'rob' },
        actsFor: 'eve',
      });
      expect(await client.ask(event)).toMatchObject({ type: 'reply' });
      expect(running.backend.sent.at(-1)?.envelope).not.toHaveProperty('actsFor');
      expect((await client.ask({ ...event, for: '' })).error.code).toBe('INVALID_INPUT');
      client.cut();
    });

    it('reports refusals and errors as problems', async () => {
      const client = await connected();
      const ask = (fields: object) => client.ask({ type: 'event', change, trigger: 'approve', ...fields });
      expect((await ask({ trigger: 'forbidden' })).error).toMatchObject({
        code: 'MISSING_ROLE',
        accepted: ['reviewer'],
      });
      expect((await ask({ expected_version: 0 })).error).toMatchObject({
        code: 'STALE_VERSION',
        status: 412,
      });
      expect((await ask({ trigger: 'busy' })).error).toMatchObject({ code: 'TOO_BUSY', retryable: true });
      expect((await ask({ change: 'x' })).error.code).toBe('INVALID_INPUT');
      expect((await ask({ trigger: 'change.revise', data: { tree: 't' } })).error.code).toBe('FORBIDDEN');
      expect((await ask({ reason: 'a\0b' })).error.code).toBe('INVALID_INPUT');
      const failed = await ask({ trigger: 'crash' });
      expect(failed.error.code).toBe('INTERNAL');
      expect(JSON.stringify(failed)).not.toContain('secret');
      client.cut();
    });
  });

  describe('bad frames', () => {
    it('that are JSON but no command get an error with their id', async () => {
      const client = await connected();
      expect((await client.ask({ type: 'dance' })).error.code).toBe('INVALID_INPUT');
      expect((await client.ask({ type: 'ping', extra: 1 })).error.code).toBe('INVALID_INPUT');
      client.ws.send('{"type":"ping"}');
      expect(await client.next()).toMatchObject({
        id: null,
        type: 'error',
        error: { code: 'INVALID_INPUT' },
      });
      client.ws.send('[]');
      expect(await client.next()).toMatchObject({ id: null, type: 'error' });
      client.cut();
    });

    it('that are not JSON get an error, ten of them 4500', async () => {
      const client = await connected();
      for (let i = 0; i < 10; i += 1) client.ws.send('{"id":');
      expect((await client.closed).code).toBe(4500);
      const codes = client.frames.map((frame: Frame) => frame.error.code);
      expect(codes).toEqual(Array(10).fill('MALFORMED_JSON'));
    });

    it('that are binary get 4515, too large ones 4509', async () => {
      const [binary, large] = [await connected(), await connected()];
      binary.ws.send(Buffer.from('{}'));
      expect((await binary.closed).code).toBe(4515);
      large.ws.send(JSON.stringify({ id: 1, type: 'connect', token: 'x'.repeat(64 * 1024) }));
      expect((await large.closed).code).toBe(4509);
    });

    it('that come too fast are refused, a flood gets 4029', async () => {
      const client = await connected();
      for (let id = 1; id <= LIMITS.commandBurst + 5; id += 1) {
        client.ws.send(JSON.stringify({ id, type: 'ping' }));
      }
      expect((await client.closed).code).toBe(4029);
      const refused = client.frames.filter((frame) => frame.type === 'error');
      expect(refused).toHaveLength(LIMITS.refusedCommands);
      expect(refused[0].error).toMatchObject({ code: 'TOO_BUSY', retryable: true });
      expect(refused[0].id).toBeTypeOf('number');
    });
  });

  it('answers what was asked, then tells its clients to come back, when the server stops', async () => {
    const stopping = await startTestGateway({ transport });
    const client = await StreamClient.connected(stopping.gateway);
    await client.ask({ type: 'subscribe', stream: 'tenant' });
    const id = stopping.backend.addChange('acme', 'core');
    let open = () => {};
    stopping.backend.gate = new Promise((resolve) => {
      open = resolve;
    });
    const pending = client.ask({ type: 'event', change: id.toUpperCase(), trigger: 'approve' });
    await expect.poll(() => stopping.backend.sent.length).toBe(1);
    const closed = stopping.gateway.close();
    expect((await client.ask({ type: 'ping' })).error.code).toBe('SHUTTING_DOWN');
    open();
    expect(await pending).toMatchObject({ type: 'reply', transition: { change: id } });
    expect((await client.closed).code).toBe(4000);
    await closed;
  });
});
