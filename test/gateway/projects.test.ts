/** Owners of projects and calendars over HTTP, on every transport. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { calendar, projectOwners } from '../../src/gateway/http/schemas.ts';
import { expectProblem, type Running, startTestGateway, token } from './harness.ts';

describe.each(['node', 'uws'] as const)('over %s', (transport) => {
  let running: Running;
  let operator: { readonly token: string };
  beforeAll(async () => {
    running = await startTestGateway({ transport });
    operator = { token: await token({ sub: 'olga', roles: ['operator'] }) };
  });
  afterAll(() => running.gateway.close());

  describe('the owners of a project', () => {
    const path = '/v1/projects/group%2Fweb/owners';
    const body = { format: 'github', files: { CODEOWNERS: '* @bob' } };

    it('are set by operators and read by everybody of the tenant', async () => {
      const set = await running.call('PUT', path, { ...operator, body: { ...body, reason: 'moved' } });
      expect(set.status).toBe(200);
      const expected = {
        ...body,
        project: 'group/web',
        reason: 'moved',
        set_by: 'olga',
        set_at: expect.any(String),
      };
      expect(projectOwners.parse(set.json)).toEqual(expected);
      expect((await running.call('GET', path)).json).toEqual(expected);
    });

    it('that are not set are not found, with what to do', async () => {
      const answer = await running.call('GET', '/v1/projects/none/owners');
      expectProblem(answer, 404, 'NOT_FOUND');
      expect(answer.json.hint).toBe('Set them with PUT /v1/projects/none/owners.');
    });

    it('are refused from others, and where they do not fit', async () => {
      expectProblem(await running.call('PUT', path, { body }), 403, 'FORBIDDEN');
      for (const wrong of [
        { format: 'bitbucket' },
        { files: { OWNERS: 1 } },
        { files: 'text' },
        { colour: 1 },
      ])
        expectProblem(
          await running.call('PUT', path, { ...operator, body: { ...body, ...wrong } }),
          400,
          'INVALID_INPUT',
        );
    });

    it('tell other methods which there are', async () => {
      const answer = await running.call('POST', path, { ...operator, body });
      expectProblem(answer, 405, 'METHOD_NOT_ALLOWED');
      expect(answer.headers.get('allow')).toBe('PUT, GET, HEAD');
    });
  });

  describe('calendars', () => {
    const source = { timeZone: 'Europe/Berlin', week: { monday: [['09:00', '17:00']] } };

    it('are set by operators and listed for everybody of the tenant', async () => {
      const set = await running.call('PUT', '/v1/calendars/berlin', {
        ...operator,
        body: { calendar: source },
      });
      expect(set.status).toBe(200);
      expect(calendar.parse(set.json)).toMatchObject({ name: 'berlin', set_by: 'olga' });
      const listed = await running.call('GET', '/v1/calendars');
      expect(listed.json).toEqual({ items: [set.json], next_cursor: null });
    });

    it('are refused from others, without a calendar, and with a name no definition could say', async () => {
      const body = { calendar: source };
      expectProblem(await running.call('PUT', '/v1/calendars/berlin', { body }), 403, 'FORBIDDEN');
      const empty = await running.call('PUT', '/v1/calendars/berlin', { ...operator, body: {} });
      expectProblem(empty, 400, 'INVALID_INPUT');
      const named = await running.call('PUT', '/v1/calendars/our%20office', { ...operator, body });
      expectProblem(named, 404, 'NOT_FOUND');
    });
  });
});
