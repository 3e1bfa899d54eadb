/** Delegations over HTTP: making, seeing and ending them, and commands that act for somebody. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basicApproval } from '../../src/machines/catalog/basic-approval.ts';
import { type Process, startProcessOf } from '../processes/rig.ts';
import { NOW } from './fake-backend.ts';
import { expectProblem, type Running, startTestGateway, token } from './harness.ts';

const END = '2026-11-30T09:30:00.000Z';

describe.each(['uws', 'node'] as const)('delegations over %s', (transport) => {
  let running: Running;
  let operator: string;
  let ann: string;
  const make = (body: object, by?: string) =>
    running.call('POST', '/v1/delegations', { body, ...(by !== undefined && { token: by }) });
  const given = { to: 'ann', ends_at: END, reason: 'in the mountains' };

  beforeAll(async () => {
    running = await startTestGateway({ transport });
    operator = await token({ sub: 'root', roles: ['operator'] });
    ann = await token({ sub: 'ann', roles: ['reviewer'] });
  });
  afterAll(() => running.gateway.close());

  it('are made with 201, by whose token it is', async () => {
    const answer = await make({ ...given, roles: ['reviewer'], project: 'core', starts_at: END });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`/v1/delegations/${answer.json.id}`);
    expect(answer.json).toEqual({
      id: expect.any(String),
      from: 'rob',
      to: 'ann',
      roles: ['reviewer'],
      project: 'core',
      starts_at: END,
      ends_at: END,
      reason: 'in the mountains',
      revoked_at: null,
    });
  });

  it.each([
    ['no end', { to: 'ann', reason: 'x' }, 'ends_at'],
    ['no reason', { to: 'ann', ends_at: END }, 'reason'],
    ['no roles in the list', { ...given, roles: [] }, 'roles'],
    ['an end that is no time', { ...given, ends_at: 'friday' }, 'ends_at'],
    ['somebody to act for', { ...given, for: 'eve' }, 'for'],
    ['another giver', { ...given, from: 'eve' }, 'from'],
  ])('are refused with %s', async (_, body, path) => {
    const answer = await make(body);
    expectProblem(answer, 400, 'INVALID_INPUT');
    expect(answer.json.issues.map((issue: { path: string }) => issue.path)).toContain(path);
  });

  it('are listed to both ends, and all of them to operators', async () => {
    const own = (await make(given)).json.id;
    const other = (await make({ ...given, to: 'eve' }, operator)).json.id;
    const ids = async (path: string, by?: string) => {
      const { json } = await running.call('GET', path, by === undefined ? {} : { token: by });
      return json.items.map(({ id }: { id: string }) => id);
    };
    for (const by of [undefined, ann]) {
      expect(await ids('/v1/delegations', by)).toContain(own);
      expect(await ids('/v1/delegations?all=false', by)).not.toContain(other);
    }
    expect(await ids('/v1/delegations?all=true', operator)).toEqual(expect.arrayContaining([own, other]));
    expectProblem(await running.call('GET', '/v1/delegations?all=true'), 403, 'FORBIDDEN');
  });

  it('are listed in pages, newest first', async () => {
    const made = [(await make(given)).json.id, (await make(given)).json.id];
    const first = (await running.call('GET', '/v1/delegations?limit=1')).json;
    const second = (await running.call('GET', `/v1/delegations?limit=1&cursor=${first.next_cursor}`)).json;
    expect([second, first].map(({ items }) => items[0].id)).toEqual(made);
    expectProblem(await running.call('GET', '/v1/delegations?cursor=x'), 400, 'INVALID_INPUT');
  });

  it('are ended with DELETE, and stay to be seen', async () => {
    const { id } = (await make(given)).json;
    const answer = await running.call('DELETE', `/v1/delegations/${id}`);
    expect([answer.status, answer.json.revoked_at]).toEqual([200, new Date(NOW).toISOString()]);
    expectProblem(await running.call('DELETE', '/v1/delegations/nothing'), 404, 'NOT_FOUND');
    const wrong = await running.call('POST', `/v1/delegations/${id}`, { body: {} });
    expectProblem(wrong, 405, 'METHOD_NOT_ALLOWED');
    expect(wrong.headers.get('allow')).toBe('DELETE');
  });

  it('are used by a command that says for whom it acts', async () => {
    const change = running.backend.addChange('acme', 'core');
    const send = (body: object, by = ann) =>
      running.call('POST', `/v1/changes/${change}/events`, { body, token: by });
    expect((await send({ trigger: 'approve', for: 'rob' })).status).toBe(200);
    expect(running.backend.sent.at(-1)).toMatchObject({
      command: { change, trigger: 'approve' },
      envelope: { principal: { id: 'ann', roles: ['reviewer'] }, actsFor: 'rob' },
    });
    expect(running.backend.sent.at(-1)?.command).not.toHaveProperty('for');
    const importer = await token({ sub: 'imp', kind: 'system', roles: ['importer'] });
    const as = { id: 'ann', kind: 'person' };
    for (const with_ of [{ as }, { occurred_at: '2020-01-02T03:04:05Z' }]) {
      const answer = await send({ trigger: 'approve', for: 'rob', ...with_ }, importer);
      expectProblem(answer, 400, 'INVALID_INPUT');
      expect(answer.json.issues[0].path).toBe('for');
    }
  });

  it('cannot be proposed with: a change is its author\u2019s', async () => {
    const body = { definition: 'BasicApproval', project: 'core', title: 'T', for: 'rob' };
    expectProblem(await running.call('POST', '/v1/changes', { body }), 400, 'INVALID_INPUT');
  });
});

describe('a delegation, from its making to its end', () => {
  let process: Process;
  beforeAll(async () => {
    process = await startProcessOf(basicApproval);
  });
  afterAll(() => process.close());

  it('lets the delegate act, says for whom, and is gone when it is revoked', async () => {
    const bob = { sub: 'bob', roles: ['reviewer'] };
    const dan = { sub: 'dan' };
    const author = { sub: 'author', roles: ['developer'] };
    const change = await process.propose(author);
    const ends_at = new Date(process.clock.now() + 3_600_000).toISOString();
    const lacking = await process.call(dan, 'POST', '/v1/delegations', {
      to: 'bob',
      ends_at,
      reason: 'away',
      roles: ['reviewer'],
    });
    expect(lacking).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    const made = await process.call(bob, 'POST', '/v1/delegations', { to: 'dan', ends_at, reason: 'away' });
    expect(made).toMatchObject({ from: 'bob', to: 'dan', roles: bob.roles });
    const approve = (trigger: string) =>
      process.call(dan, 'POST', `/v1/changes/${change.id}/events`, { trigger, for: 'bob' });
    await change.send(author, 'submit');
    const row = await approve('approve');
    expect(row).toMatchObject({ principal: 'dan', data: { on_behalf_of: 'bob' } });
    expect((await process.call(dan, 'DELETE', `/v1/delegations/${made.id}`)).code).toBe('FORBIDDEN');
    await process.call(bob, 'DELETE', `/v1/delegations/${made.id}`);
    const refused = await approve('approve');
    expect(refused).toMatchObject({ status: 403, code: 'NOT_DELEGATED' });
    expect(refused.detail).toBe('dan has no delegation from bob that holds now for project "p".');
  });
});
