/** Versions, activations, comparisons and migrations over HTTP, with the real life of definitions behind the gateway. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asJson, FIRST, SECOND } from '../actors/migrating.ts';
import { NOW } from './fake-backend.ts';
import { expectProblem, type Running, startTestGateway, token } from './harness.ts';

const ops = { tenant: 'acme', id: 'ops', kind: 'person', roles: ['deployer'] } as const;
const dev = { ...ops, id: 'dev', roles: ['developer'] };

let running: Running;
let deployer: string;
beforeEach(async () => {
  running = await startTestGateway({ transport: 'node' });
  deployer = await token({ roles: ['deployer'] });
  const { living } = running.backend;
  await living.store.createTenant({ tenant: 'acme', title: 'Acme', createdAt: NOW });
  await living.deploy('acme', asJson(FIRST), ops, 'the first');
  await living.deploy('acme', asJson(SECOND), ops, 'the second');
});
afterEach(async () => {
  await running.gateway.close();
  await running.backend.living.close();
});

const post = (path: string, body?: object) => running.call('POST', path, { token: deployer, body });
const get = (path: string) => running.call('GET', path, { token: deployer });

describe('the versions of a definition', () => {
  it('are listed with their state, and compared in sentences', async () => {
    const { json } = await get('/v1/definitions/Moving/versions');
    expect(json.items).toMatchObject([
      {
        version: 2,
        active: true,
        draft: false,
        forced: false,
        reason: 'the second',
        findings: expect.any(Array),
      },
      { version: 1, active: false },
    ]);
    const compared = await get('/v1/definitions/Moving/compare/1/2');
    expect(compared.json.differences).toContainEqual({
      ...{ kind: 'added', what: 'state', name: 'Signing', before: null, after: {} },
      sentence: 'The state "Signing" was added.',
    });
    expect(compared.json.renames).toEqual([{ from: 'Draft', to: 'Preparing', likeness: expect.any(Number) }]);
    expectProblem(await get('/v1/definitions/Moving/compare/1/9'), 404, 'NOT_FOUND');
    expectProblem(await get('/v1/definitions/Nothing/versions'), 404, 'NOT_FOUND');
  });

  it('are activated, rolled back and retired by deployers, and all of it is history', async () => {
    const web = { version: 1, project: 'web', reason: 'slowly' };
    const activated = await post('/v1/definitions/Moving/activations', web);
    expect(activated.status).toBe(201);
    expect(activated.json).toMatchObject({ ...web, kind: 'activate', set_by: 'rob' });
    expect((await post('/v1/definitions/Moving/activations', { version: 'newest' })).json.version).toBeNull();
    expect((await post('/v1/definitions/Moving/rollback', {})).json).toMatchObject({
      version: 1,
      project: null,
    });
    expectProblem(await post('/v1/definitions/Moving/rollback', {}), 409, 'NOT_ACTIVE');
    await post('/v1/definitions/Moving/retirement', { reason: 'replaced' });
    const first = await get('/v1/definitions/Moving/activations?limit=3');
    const rest = await get(`/v1/definitions/Moving/activations?cursor=${first.json.next_cursor}`);
    const all = [...first.json.items, ...rest.json.items];
    expect(all.map(({ kind, version }) => [kind, version])).toEqual([
      ['retire', null],
      ['activate', 1],
      ['activate', null],
      ['activate', 1],
    ]);
    const own = await running.call('POST', '/v1/definitions/Moving/retirement', { body: {} });
    expectProblem(own, 403, 'FORBIDDEN');
  });
});

describe('a migration', () => {
  const request = { definition: 'Moving', from: 1, to: 2 };
  const states = { Draft: 'Preparing' };
  let change = '';
  beforeEach(async () => {
    await post('/v1/definitions/Moving/activations', { version: 1 });
    const proposal = { definition: 'Moving', project: 'web', title: 'A change' };
    const answer = await running.backend.living.propose(proposal, { principal: dev });
    change = answer.ok ? answer.row.change : '';
  });

  it('shows in a dry run who would land where, and what is in the way', async () => {
    const without = await post('/v1/migrations', { ...request, dry_run: true });
    expect(without.json).toMatchObject({
      proven: false,
      landings: [{ from: 'Draft', to: null, count: 1, problem: { code: 'STATE_GONE' } }],
    });
    expectProblem(await post('/v1/migrations', request), 409, 'PLAN_UNPROVEN');
    const mapped = await post('/v1/migrations', { ...request, states, dry_run: true });
    expect(mapped.json).toMatchObject({ proven: true, landings: [{ to: 'Preparing', examples: [change] }] });
    expect((await get('/v1/migrations')).json.items).toEqual([]);
  });

  it('is started, followed, taken back and closed', async () => {
    const started = await post('/v1/migrations', { ...request, states, reason: 'new rules' });
    expect(started.status).toBe(202);
    const { id } = started.json.migration;
    expect(started.headers.get('location')).toBe(`/v1/migrations/${id}`);
    const { migrations } = running.backend.life;
    await migrations.settled(id);
    expect((await get(`/v1/migrations/${id}`)).json).toMatchObject({ status: 'done', moved: 1, states });
    expectProblem(await post(`/v1/migrations/${id}/pause`), 409, 'NOT_ENABLED');
    expect((await post(`/v1/migrations/${id}/revert`)).json.status).toBe('reverting');
    await migrations.settled(id);
    expect((await get(`/v1/migrations/${id}`)).json).toMatchObject({ status: 'reverted', reverted: 1 });
    expect((await post(`/v1/migrations/${id}/close`)).json.status).toBe('closed');
    expectProblem(await get(`/v1/migrations/${change}`), 404, 'NOT_FOUND');
  });

  it('is for deployers', async () => {
    expectProblem(await running.call('POST', '/v1/migrations', { body: request }), 403, 'FORBIDDEN');
  });
});
