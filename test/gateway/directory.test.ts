/** The directory over HTTP, on every transport. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectProblem, type Running, startTestGateway, token } from './harness.ts';

describe.each(['node', 'uws'] as const)('the directory over %s', (transport) => {
  let running: Running;
  let administrator: { readonly token: string };
  beforeAll(async () => {
    running = await startTestGateway({ transport });
    administrator = { token: await token({ sub: 'adam', roles: ['administrator'] }) };
  });
  afterAll(() => running.gateway.close());

  const say = (entries: unknown[], reason?: string) =>
    running.call('POST', '/v1/directory', { ...administrator, body: { entries, reason } });
  const group = (name: string, ...members: string[]) => ({ kind: 'group', name, value: { members } });
  const grant = (role: string, to: object, where: unknown) => ({
    kind: 'grant',
    grant: { role, to, ...(where !== undefined && { in: where }) },
  });

  it('is told by administrators, all or nothing, and read by everybody of the tenant', async () => {
    const first = await say(
      [group('web', 'ada'), grant('lead', { group: 'web' }, { project: 'site' })],
      'new',
    );
    expect(first.json).toEqual({ seq: 2, warnings: [] });
    const entry = { kind: 'group', name: 'web', value: { members: ['ada'] }, set_by: 'adam', reason: 'new' };
    const page = await running.call('GET', '/v1/directory?limit=1');
    expect(page.json.items).toEqual([{ seq: 1, ...entry, set_at: expect.any(String) }]);
    const next = await running.call('GET', `/v1/directory?limit=1&cursor=${page.json.next_cursor}`);
    expect(next.json).toMatchObject({ items: [{ seq: 2, kind: 'grant' }], next_cursor: null });
    expectProblem(await say([group('a', 'x'), group('a', 'y')]), 400, 'INVALID_INPUT');
    expectProblem(
      await running.call('POST', '/v1/directory', { body: { entries: [group('a')] } }),
      403,
      'FORBIDDEN',
    );
  });

  it('says which roles somebody has, and where', async () => {
    const roles = async (id: string, query = '') =>
      (await running.call('GET', `/v1/principals/${id}/roles${query}`)).json;
    expect(await roles('ada')).toEqual({ principal: 'ada', roles: [], groups: ['web'] });
    expect((await roles('ada', '?project=site')).roles).toEqual(['lead']);
    expect(await roles('bob')).toEqual({ principal: 'bob', roles: [], groups: [] });
  });

  it('keeps what it once said', async () => {
    await say([{ kind: 'group', name: 'web', value: null }]);
    const standing = await running.call('GET', '/v1/directory?kind=group');
    expect(standing.json.items).toEqual([]);
    const history = await running.call('GET', '/v1/directory/history?limit=2');
    expect(history.json.items.map((each: { value: unknown }) => each.value)[0]).toBeNull();
    const rest = await running.call('GET', `/v1/directory/history?cursor=${history.json.next_cursor}`);
    expect(rest.json.items.map((each: { seq: number }) => each.seq)).toEqual([1]);
  });

  it.each([
    [[]],
    [[{ kind: 'principal', name: 'ada', value: { boss: 'zoe' } }]],
    [[{ kind: 'grant', grant: { role: 'lead', to: { principal: 'a', group: 'b' } } }]],
    [[{ kind: 'grant', grant: { role: 'lead', to: { manager_level: 9 } } }]],
    [[{ kind: 'tenant', name: 'x', value: null }]],
  ])('refuses entries that do not fit: %j', async (entries) => {
    expectProblem(await say(entries), 400, 'INVALID_INPUT');
  });
});
