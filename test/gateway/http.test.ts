/** The HTTP interface, through real sockets, over both transports. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answered, type Running, startTestGateway, token } from './harness.ts';

const proposal = { definition: 'BasicApproval', project: 'core', title: 'Faster tests' };

function expectProblem(answer: Answered, status: number, code: string): void {
  expect(answer.json).toMatchObject({ status, code, type: `/errors#${code}` });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  for (const field of ['title', 'detail', 'request_id']) expect(answer.json[field]).toBeTruthy();
  expect(answer.json.request_id).toBe(answer.headers.get('x-request-id'));
}

describe.each(['uws', 'node'] as const)('HTTP over %s', (transport) => {
  let running: Running;
  let change: string;
  let importer: string;
  const send = (body: unknown, options: { headers?: Record<string, string>; token?: string } = {}) =>
    running.call('POST', `/v1/changes/${change}/events`, { body, ...options });
  const lastSent = () => running.backend.sent.at(-1);

  beforeAll(async () => {
    running = await startTestGateway({ transport });
    change = running.backend.addChange('acme', 'core');
    importer = await token({ sub: 'git-import', kind: 'system', roles: ['importer'] });
  });
  afterAll(() => running.gateway.close());

  describe('proposing', () => {
    it('answers 201 with where it is, its version as ETag, and the change as its author sees it', async () => {
      const body = { ...proposal, key: 'I123', attributes: { risk: 'low' } };
      const answer = await running.call('POST', '/v1/changes', {
        body,
        headers: { 'idempotency-key': 'k-1' },
      });
      expect(answer.status).toBe(201);
      expect(answer.headers.get('location')).toBe(`/v1/changes/${answer.json.id}`);
      expect(answer.headers.get('etag')).toBe(`"${answer.json.version}"`);
      expect(answer.json).toMatchObject({
        project: 'core',
        key: 'I123',
        author_kind: 'person',
        outcome: null,
      });
      expect(answer.json.timers[0].due_at).toBe('2026-11-23T09:30:01.000Z');
      expect(answer.json.enabled[0]).toMatchObject({ trigger: 'approve', refusal: { code: 'MISSING_ROLE' } });
      expect(lastSent()).toEqual({
        command: body,
        envelope: {
          principal: { tenant: 'acme', id: 'rob', kind: 'person', roles: [] },
          idempotencyKey: 'k-1',
        },
      });
    });

    it('passes a refusal on as a problem', async () => {
      const answer = await running.call('POST', '/v1/changes', { body: { ...proposal, key: 'taken' } });
      expectProblem(answer, 409, 'CHANGE_EXISTS');
    });

    it('names every field that does not fit, and every field it does not know', async () => {
      const body = { definition: 'x', project: '', titel: 'typo', as: { id: 'ann', kind: 'robot' } };
      const answer = await running.call('POST', '/v1/changes', { body });
      expectProblem(answer, 400, 'INVALID_INPUT');
      const paths = answer.json.issues.map((issue: { path: string }) => issue.path);
      expect(paths.sort()).toEqual(['as.kind', 'project', 'titel', 'title']);
    });
  });

  describe('acting for another', () => {
    const as = { id: 'ann', kind: 'person', roles: ['reviewer'] };

    it('is for importers: the other is the principal, the importer is named beside', async () => {
      const body = { trigger: 'approve', as, occurred_at: '2020-01-02T03:04:05Z' };
      expect((await send(body, { token: importer })).status).toBe(200);
      expect(lastSent()?.envelope).toEqual({
        principal: { tenant: 'acme', ...as },
        via: 'git-import',
        occurredAt: Date.UTC(2020, 0, 2, 3, 4, 5),
      });
      expect(lastSent()?.command).toEqual({ change, trigger: 'approve' });
    });

    it('is refused to all others, for principals and for times', async () => {
      expectProblem(await send({ trigger: 'approve', as }), 403, 'FORBIDDEN');
      expectProblem(
        await send({ trigger: 'approve', occurred_at: '2020-01-02T03:04:05Z' }),
        403,
        'FORBIDDEN',
      );
    });

    it('takes times in UTC that are not in the future', async () => {
      for (const time of ['2020-01-02', '2020-01-02T03:04:05+02:00', '2199-01-01T00:00:00Z', 'yesterday']) {
        expectProblem(
          await send({ trigger: 'approve', occurred_at: time }, { token: importer }),
          400,
          'INVALID_INPUT',
        );
      }
    });
  });

  describe('sending events', () => {
    it('answers with the row of the log, and the new version as ETag', async () => {
      const answer = await send(
        { trigger: 'approve', reason: 'looks good', data: { lines: [1, 2] } },
        { headers: { 'idempotency-key': 'once', 'if-match': `"${version()}"` } },
      );
      expect(answer.status).toBe(200);
      expect(answer.json).toMatchObject({
        change,
        kind: 'transition',
        event: 'approve',
        principal_kind: 'person',
      });
      expect(answer.json.recorded_at).toBe('2026-11-23T09:30:00.000Z');
      expect(answer.headers.get('etag')).toBe(`"${answer.json.version}"`);
      expect(lastSent()?.command).toMatchObject({ reason: 'looks good', data: { lines: [1, 2] } });
    });

    it('says when the same key was answered before', async () => {
      const options = { headers: { 'idempotency-key': 'again' } };
      const first = await send({ trigger: 'approve' }, options);
      const second = await send({ trigger: 'approve' }, options);
      expect(second.json).toEqual(first.json);
      expect(first.headers.has('idempotency-replayed')).toBe(false);
      expect(second.headers.get('idempotency-replayed')).toBe('true');
    });

    it('passes refusals on with what would be accepted', async () => {
      expectProblem(await send({ trigger: 'forbidden' }), 403, 'MISSING_ROLE');
      const answer = await send({ trigger: 'unknown' });
      expectProblem(answer, 422, 'UNKNOWN_EVENT');
      expect(answer.json.accepted).toEqual(['approve']);
    });

    it('refuses a version the change has left behind with 412', async () => {
      const answer = await send({ trigger: 'approve' }, { headers: { 'if-match': '"0"' } });
      expectProblem(answer, 412, 'STALE_VERSION');
    });

    it('takes any version with "*", and nothing that is not one version in quotes', async () => {
      expect((await send({ trigger: 'approve' }, { headers: { 'if-match': '*' } })).status).toBe(200);
      for (const value of ['3', 'W/"3"', '"3", "4"', '"-1"', '"x"']) {
        const answer = await send({ trigger: 'approve' }, { headers: { 'if-match': value } });
        expectProblem(answer, 400, 'INVALID_INPUT');
        expect(answer.json.issues[0].path).toBe('headers.if-match');
      }
    });

    it('refuses idempotency keys that are too long, empty or not visible ASCII', async () => {
      for (const key of ['x'.repeat(201), 'with space', 'tab\tbed']) {
        const answer = await send({ trigger: 'approve' }, { headers: { 'idempotency-key': key } });
        expect([key, answer.json.code]).toEqual([key, 'INVALID_INPUT']);
      }
    });

    it('says 503 with Retry-After while there is no room or no database', async () => {
      for (const [trigger, code] of [
        ['busy', 'TOO_BUSY'],
        ['away', 'STORE_UNAVAILABLE'],
      ] as const) {
        const answer = await send({ trigger });
        expectProblem(answer, 503, code);
        expect([answer.headers.get('retry-after'), answer.json.retryable]).toEqual(['1', true]);
      }
    });

    it('tells nothing about what failed inside', async () => {
      const answer = await send({ trigger: 'crash' });
      expectProblem(answer, 500, 'INTERNAL');
      expect(answer.text).not.toContain('secret');
    });

    it('says 404 for a change that is not there, not an id, or in another tenant', async () => {
      running.backend.logs.set('other', []);
      const foreign = running.backend.addChange('other', 'core');
      for (const id of [randomUUID(), 'not-an-id', `${foreign}`, '%00']) {
        const events = await running.call('POST', `/v1/changes/${id}/events`, {
          body: { trigger: 'approve' },
        });
        expectProblem(events, 404, 'NOT_FOUND');
        expectProblem(await running.call('GET', `/v1/changes/${id}`), 404, 'NOT_FOUND');
        expectProblem(await running.call('GET', `/v1/changes/${id}/transitions`), 404, 'NOT_FOUND');
      }
    });

    const version = () => running.backend.changeRecords.find((record) => record.change === change)?.version;
  });

  describe('bodies', () => {
    const raw = (body: string | Uint8Array, type = 'application/json') =>
      fetch(`${running.gateway.url}/v1/changes/${change}/events`, {
        method: 'POST',
        headers: { 'content-type': type, authorization: `Bearer ${importer}` },
        body: body as string,
      }).then(async (response) => ({
        status: response.status,
        json: (await response.json()) as { code: string },
      }));

    it('have to be JSON by their content type', async () => {
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'application/json; charset=latin1',
      ]) {
        expect((await raw('{"trigger":"approve"}', type)).json.code).toBe('UNSUPPORTED_MEDIA_TYPE');
      }
      expect((await raw('{"trigger":"approve"}', 'application/json; charset=UTF-8')).status).toBe(200);
    });

    it('have to be JSON in UTF-8 by their content', async () => {
      const latin = new Uint8Array([...Buffer.from('{"trigger":"'), 0xe9, ...Buffer.from('"}')]);
      for (const body of ['', '{', '{"trigger":}', '{"trigger":"a"}x', latin]) {
        expect((await raw(body)).json.code).toBe('MALFORMED_JSON');
      }
    });

    it('may be 32 levels deep, and no deeper, however deep they try to be', async () => {
      const nested = (depth: number) =>
        `{"trigger":"approve","data":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
      expect((await raw(nested(32))).status).toBe(200);
      expect((await raw(nested(33))).json.code).toBe('INVALID_INPUT');
      expect((await raw(nested(400_000))).json.code).toBe('INVALID_INPUT');
    });

    it.each([
      ['a NUL character', '{"trigger":"approve","reason":"a\\u0000b"}'],
      ['a NUL character in a name', '{"trigger":"approve","data":{"a\\u0000":1}}'],
      ['half of a surrogate pair', '{"trigger":"approve","data":["\\ud800"]}'],
      ['a number beyond a double', '{"trigger":"approve","data":1e999}'],
      ['a name that reaches for a prototype', '{"trigger":"approve","data":{"__proto__":{"polluted":true}}}'],
      ['a name that reaches for its own prototype', '{"trigger":"approve","__proto__":{"reason":"x"}}'],
      ['an unknown field', '{"trigger":"approve","raeson":"x"}'],
      ['something that is not an object', '["approve"]'],
      ['a reason past its length', JSON.stringify({ trigger: 'approve', reason: 'x'.repeat(4001) })],
    ])('are refused with %s before they reach the runtime', async (_what, body) => {
      const before = running.backend.sent.length;
      expect((await raw(body)).json.code).toBe('INVALID_INPUT');
      expect(running.backend.sent.length).toBe(before);
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    });

    it('may be 1 MiB, and no more', async () => {
      const body = (size: number) => {
        const around = JSON.stringify({ trigger: 'approve', data: '' }).length;
        return JSON.stringify({ trigger: 'approve', data: 'x'.repeat(size - around) });
      };
      expect((await raw(body(1024 * 1024))).status).toBe(200);
      const answer = await raw(body(1024 * 1024 + 1));
      expect([answer.status, answer.json.code]).toEqual([413, 'BODY_TOO_LARGE']);
    });
  });

  describe('asking', () => {
    it('gives a change with its version as ETag, and 304 to who has it', async () => {
      const first = await running.call('GET', `/v1/changes/${change}`);
      const tag = first.headers.get('etag') ?? '';
      expect(first.json.enabled).toHaveLength(1);
      const again = await running.call('GET', `/v1/changes/${change}`, {
        headers: { 'if-none-match': `"0", ${tag}` },
      });
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', tag]);
    });

    it('turns filters into what the store understands', async () => {
      const query =
        'project=core&key=I1&author=ann&definition=Basic&outcome=open&state=Review.code.waiting&limit=10';
      expect((await running.call('GET', `/v1/changes?${query}`)).status).toBe(200);
      expect(running.backend.filters.at(-1)).toEqual({
        project: 'core',
        key: 'I1',
        author: 'ann',
        definition: 'Basic',
        outcome: 'open',
        state: { Review: { code: 'waiting' } },
      });
      await running.call('GET', '/v1/changes?state=Approved');
      expect(running.backend.filters.at(-1)).toEqual({ state: 'Approved' });
      await running.call('GET', '/v1/changes?state=Review.*');
      expect(running.backend.filters.at(-1)).toEqual({ state: { Review: {} } });
    });

    it('gives all changes once, page by page', async () => {
      for (let i = 0; i < 5; i += 1) running.backend.addChange('acme', 'pages');
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const after: string = cursor === null ? '' : `&cursor=${cursor}`;
        const { json } = await running.call('GET', `/v1/changes?limit=2${after}`);
        seen.push(...json.items.map((item: { id: string }) => item.id));
        cursor = json.next_cursor;
      } while (cursor !== null);
      const all = running.backend.changeRecords.filter((record) => record.tenant === 'acme');
      expect(seen).toEqual(all.map((record) => record.change).reverse());
    });

    it('counts changes by outcome', async () => {
      const { json } = await running.call('GET', '/v1/outcomes?project=core');
      expect(json.outcomes.open).toBeGreaterThan(0);
    });

    it('gives the log of the tenant and of one change, page by page', async () => {
      const all = running.backend.logs.get('acme') ?? [];
      const first = await running.call('GET', '/v1/transitions?after=1&limit=2');
      expect(first.json.items.map((row: { seq: number }) => row.seq)).toEqual([2, 3]);
      const next = await running.call('GET', `/v1/transitions?limit=200&cursor=${first.json.next_cursor}`);
      expect(next.json.items).toHaveLength(all.length - 3);
      expect(next.json.next_cursor).toBeNull();
      const own = await running.call('GET', `/v1/changes/${change}/transitions?limit=200`);
      expect(own.json.items.every((row: { change: string }) => row.change === change)).toBe(true);
    });

    it.each([
      '/v1/changes?projcet=core',
      '/v1/changes?limit=0',
      '/v1/changes?limit=201',
      '/v1/changes?limit=1e2',
      '/v1/changes?project=a&project=b',
      '/v1/changes?project=%00',
      '/v1/changes?outcome=maybe',
      '/v1/changes?state=a..b',
      '/v1/changes?state=a.b.c.d.e.f.g.h.i',
      '/v1/changes?cursor=nonsense',
      '/v1/changes?cursor=WyJub3BlIl0',
      '/v1/transitions?after=-1',
      '/v1/transitions?after=1&cursor=WzFd',
      '/v1/transitions?change=not-an-id',
      '/v1/definitions/x?version=0',
    ])('refuses the query of %s', async (path) => {
      const answer = await running.call('GET', path);
      expectProblem(answer, 400, 'INVALID_INPUT');
      expect(answer.json.issues[0].path).toMatch(/^query\./);
    });
  });

  describe('definitions', () => {
    const definition = { name: 'Basic', states: { Recorded: {} } };

    it('are deployed by deployers: 201 for a new version, 200 for the same again', async () => {
      const deployer = await token({ sub: 'dee', roles: ['deployer'] });
      const body = { definition, reason: 'first' };
      const first = await running.call('POST', '/v1/definitions', { token: deployer, body });
      expect([first.status, first.json.version]).toEqual([201, 1]);
      expect(first.headers.get('location')).toBe('/v1/definitions/Basic?version=1');
      const again = await running.call('POST', '/v1/definitions', { token: deployer, body });
      expect([again.status, again.json.created]).toEqual([200, false]);
      const listed = await running.call('GET', '/v1/definitions');
      expect(listed.json.items).toEqual([expect.objectContaining({ name: 'Basic', deployed_by: 'dee' })]);
      const one = await running.call('GET', '/v1/definitions/Basic?version=1');
      expect(one.json).toMatchObject({
        definition,
        reason: 'first',
        deployed_at: '2026-11-23T09:30:00.000Z',
      });
    });

    it('are refused with their findings', async () => {
      const deployer = await token({ roles: ['deployer'] });
      const body = { definition: { name: 'Broken' } };
      const answer = await running.call('POST', '/v1/definitions', { token: deployer, body });
      expectProblem(answer, 422, 'DEFINITION_INVALID');
      expect(answer.json.issues).toEqual([{ path: 'states', message: 'are missing' }]);
    });

    it('are deployed by nobody else', async () => {
      expectProblem(
        await running.call('POST', '/v1/definitions', { body: { definition } }),
        403,
        'FORBIDDEN',
      );
    });

    it('that do not stand are 404', async () => {
      expectProblem(await running.call('GET', '/v1/definitions/Nope'), 404, 'NOT_FOUND');
      expectProblem(await running.call('GET', '/v1/definitions/Basic?version=9'), 404, 'NOT_FOUND');
    });
  });

  describe('tenants', () => {
    it('are created by operators, whose own tenant need not exist; creating one twice changes nothing', async () => {
      const operator = await token({ tenant: 'nowhere', roles: ['operator'] });
      const body = { tenant: `t-${transport}`, title: 'Ours' };
      const first = await running.call('POST', '/v1/tenants', { token: operator, body });
      expect([first.status, first.json.title]).toEqual([201, 'Ours']);
      const other = { ...body, title: 'Other' };
      const again = await running.call('POST', '/v1/tenants', { token: operator, body: other });
      expect([again.status, again.json.title]).toEqual([200, 'Ours']);
      const all = await running.call('GET', '/v1/tenants', { token: operator });
      expect(all.json.items.map((item: { tenant: string }) => item.tenant)).toContain(body.tenant);
    });

    it('are nobody else’s business', async () => {
      expectProblem(await running.call('GET', '/v1/tenants'), 403, 'FORBIDDEN');
    });

    it('have plain names', async () => {
      const operator = await token({ roles: ['operator'] });
      for (const tenant of ['', '../x', 'a b', 'x'.repeat(64)]) {
        const answer = await running.call('POST', '/v1/tenants', { token: operator, body: { tenant } });
        expectProblem(answer, 400, 'INVALID_INPUT');
      }
    });

    it('that are unknown are refused with how to create them', async () => {
      const answer = await running.call('GET', '/v1/changes', { token: await token({ tenant: 'ghost' }) });
      expectProblem(answer, 403, 'FORBIDDEN');
      expect(answer.json.detail).toContain('ghost');
      expect(answer.json.hint).toContain('tenant create ghost');
    });
  });

  describe('operations', () => {
    it('says alive and ready without a token, and not ready while the database is away', async () => {
      expect((await running.call('GET', '/livez', { token: null })).json).toEqual({ status: 'live' });
      expect((await running.call('GET', '/readyz', { token: null })).json).toEqual({ status: 'ready' });
      running.backend.isReady = false;
      expectProblem(await running.call('GET', '/readyz', { token: null }), 503, 'STORE_UNAVAILABLE');
      running.backend.isReady = true;
    });

    it('counts requests by route and status, for this machine and for operators behind a proxy', async () => {
      const local = await running.call('GET', '/metrics', { token: null });
      expect(local.text).toMatch(
        /countersign_http_requests_total\{method="POST",route="\/v1\/changes\/\{id\}\/events",status="412"\} 1/,
      );
      expect(local.text).toContain('process_cpu_seconds_total');
      const headers = { 'x-forwarded-for': '203.0.113.9' };
      expectProblem(await running.call('GET', '/metrics', { token: null, headers }), 401, 'UNAUTHENTICATED');
      expectProblem(await running.call('GET', '/metrics', { headers }), 403, 'FORBIDDEN');
      const operator = await token({ roles: ['operator'] });
      expect((await running.call('GET', '/metrics', { token: operator, headers })).status).toBe(200);
    });

    it('says 404 where there is nothing, and 405 with Allow where there is something else', async () => {
      for (const path of ['/', '/v1', '/v1/changes/', '/v1/../v1/x', '//v1/changes']) {
        expectProblem(await running.call('GET', path), 404, 'NOT_FOUND');
      }
      const answer = await running.call('DELETE', `/v1/changes/${change}`);
      expectProblem(answer, 405, 'METHOD_NOT_ALLOWED');
      expect(answer.headers.get('allow')).toBe('GET, HEAD');
      expect((await running.call('GET', `/v1/changes/${change}/events`)).headers.get('allow')).toBe('POST');
    });

    it('says that the stream speaks WebSocket', async () => {
      expectProblem(await running.call('GET', '/v1/stream'), 400, 'INVALID_INPUT');
    });

    it('keeps the request id of the caller where it is a plain one', async () => {
      const kept = await running.call('GET', '/nope', { headers: { 'x-request-id': 'abc-1.2:3' } });
      expect(kept.json.request_id).toBe('abc-1.2:3');
      const replaced = await running.call('GET', '/nope', { headers: { 'x-request-id': '<script>' } });
      expect(replaced.json.request_id).not.toContain('script');
    });
  });

  it('finishes what is in flight when it stops, and refuses what comes after', async () => {
    const stopping = await startTestGateway({ transport });
    const id = stopping.backend.addChange('acme', 'core');
    let open = () => {};
    stopping.backend.gate = new Promise((resolve) => {
      open = resolve;
    });
    const body = { trigger: 'approve' };
    const pending = stopping.call('POST', `/v1/changes/${id}/events`, { body });
    await expect.poll(() => stopping.backend.sent.length).toBe(1);
    const closed = stopping.gateway.close();
    await expect(stopping.call('GET', '/livez')).rejects.toThrow();
    open();
    expect((await pending).status).toBe(200);
    await closed;
    expect(stopping.backend.sent[0]?.command).toMatchObject(body);
  });
});
