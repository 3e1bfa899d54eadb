/** Commands over HTTP, through real sockets, over both transports. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectProblem, type Running, startTestGateway, token } from './harness.ts';

const proposal = { definition: 'BasicApproval', project: 'core', title: 'Faster tests' };

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
});
