/** Questions over HTTP, and what operators need, through real sockets, over both transports. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectProblem, type Running, startTestGateway, token } from './harness.ts';

describe.each(['uws', 'node'] as const)('HTTP over %s', (transport) => {
  let running: Running;
  let change: string;
  const send = (body: unknown, headers: Record<string, string> = {}) =>
    running.call('POST', `/v1/changes/${change}/events`, { body, headers });

  beforeAll(async () => {
    running = await startTestGateway({ transport });
    change = running.backend.addChange('acme', 'core');
    for (let i = 0; i < 4; i += 1) await send({ trigger: 'approve' });
    await send({ trigger: 'approve' }, { 'if-match': '"0"' });
  });
  afterAll(() => running.gateway.close());

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
