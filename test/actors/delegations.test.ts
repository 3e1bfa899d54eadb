import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Principal } from '../../src/actors/commands.ts';
import { LONGEST_MS, REMEMBERED_MS } from '../../src/actors/delegations.ts';
import type { Store } from '../../src/actors/ports.ts';
import { CountersignError } from '../../src/errors.ts';
import { workflow } from '../../src/machines/workflow.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { ManualClock } from './clock.ts';
import { ann, author, ben, cat, delegationsOn, fourEyes, HOUR, nobody } from './delegation-rig.ts';
import { accepted, principal, refusedWith, type Server, START, startServer, TENANT } from './rig.ts';

const owned = workflow({
  name: 'Owned',
  roles: ['reviewer'],
  triggers: ['approve'],
  ballots: {
    owners: { in: 'Open', role: 'reviewer', needs: { each: 'owners' }, cast: { approve: 'approve' } },
  },
  initial: 'Open',
  states: { Open: {}, Done: { final: 'approved' } },
  transitions: { 'Open -> Done': { when: 'ballots.owners.passed' } },
});

let database: TestDatabase;
let server: Server;

beforeAll(async () => {
  database = await testDatabase();
  await database.store.createTenant({ tenant: TENANT, title: 'Acme', createdAt: START });
  server = startServer(database.store);
  await server.runtime.deploy(TENANT, fourEyes, author, null);
});
afterAll(() => database.drop());

const { proposed, delegate, send, approve, approvals } = delegationsOn(() => server);

/** A server of its own, whose clock no other test moves. */
const aside = () => startServer(database.store, { clock: new ManualClock(server.clock.now()) });

describe('a delegate', () => {
  it('acts with the roles that were given, and the log and the vote say for whom', async () => {
    const dan = nobody('dan');
    await delegate(ann, 'dan', { roles: ['reviewer'] });
    const change = await proposed();
    expect(refusedWith(await approve(dan, change))).toBe('MISSING_ROLE');
    const row = accepted(await approve(dan, change, 'ann'));
    expect(row).toMatchObject({ principal: 'dan', role: 'reviewer', data: { on_behalf_of: 'ann' } });
    const view = await server.runtime.view({ tenant: TENANT, change }, ann);
    expect(view?.ballots.review?.votes).toMatchObject([{ by: 'dan', for: 'ann', value: 1 }]);
  });

  it('does not act with roles of their own', async () => {
    await delegate(cat, 'ben');
    const change = await proposed();
    expect(refusedWith(await approve(ben, change, 'cat'))).toBe('MISSING_ROLE');
  });

  it('has the roles of all delegations of that person that hold', async () => {
    const eve = nobody('eve');
    await delegate(ann, 'eve', { roles: ['owner'] });
    const change = await proposed();
    expect(refusedWith(await approve(eve, change, 'ann'))).toBe('MISSING_ROLE');
    await delegate(ann, 'eve', { roles: ['reviewer'], project: 'web' });
    accepted(await approve(eve, change, 'ann'));
  });

  it('is named in the row of a refusal too, beside what was said', async () => {
    const fay = nobody('fay');
    await delegate(cat, 'fay');
    const change = await proposed();
    const answer = await send(fay, { change, trigger: 'approve', data: 'fine' }, { actsFor: 'cat' });
    expect(answer.row).toMatchObject({ kind: 'refusal', data: { said: 'fine', on_behalf_of: 'cat' } });
  });

  it('is told by the same rules what would happen, without anything happening', async () => {
    const gil = nobody('gil');
    const change = await proposed();
    const ask = () => server.runtime.ask({ change, trigger: 'approve' }, { principal: gil, actsFor: 'ann' });
    expect(await ask()).toMatchObject({ kind: 'refusal', refusal: { code: 'NOT_DELEGATED' } });
    await delegate(ann, 'gil');
    expect(await ask()).toMatchObject({ kind: 'transition', role: 'reviewer' });
    expect(await approvals(change)).toBe(0);
  });

  it('sees what may be done for others beside what may be done in the own name', async () => {
    const una = nobody('una', ['owner']);
    await delegate(ann, 'una', { roles: ['reviewer'] });
    const change = await proposed();
    const view = await server.runtime.view({ tenant: TENANT, change }, una);
    const may = view?.enabled.filter(({ refusal }) => refusal === null);
    expect(may?.map((each) => [each.trigger, each.for])).toEqual([
      ['approve', 'ann'],
      ['reject', 'ann'],
    ]);
  });

  it('stands in where somebody is waited for by name, as long as the delegation holds', async () => {
    const on = aside();
    const deployer = principal('ops', ['deployer']);
    await on.runtime.deploy(TENANT, owned, deployer, null);
    const proposal = { definition: 'Owned', project: 'owned', title: 'Owned' };
    const { change } = accepted(await on.runtime.propose(proposal, { principal: author }));
    const owners = [{ name: 'docs', members: ['cat'], files: ['a'] }];
    const data = { files: ['a'], owners };
    accepted(await on.runtime.send({ change, trigger: 'change.revise', data }, { principal: author }));
    await delegate(cat, 'una', { project: 'owned' }, on);
    await delegate(cat, 'uwe', { project: 'other' }, on);
    const waiting = async () =>
      (await on.runtime.view({ tenant: TENANT, change }, ann))?.waitsFor.flatMap(({ standIns }) =>
        standIns.filter(({ principal: id }) => ['una', 'uwe'].includes(id)),
      );
    expect(await waiting()).toEqual([{ principal: 'una', for: 'cat' }]);
    on.clock.moveTo(on.clock.now() + HOUR);
    expect(await waiting()).toEqual([]);
  });

  it('cannot be feigned: what a sender says under that name is set aside', async () => {
    const change = await proposed();
    const data = { on_behalf_of: 'cat' };
    const row = accepted(await send(ben, { change, trigger: 'approve', data }));
    expect(row.data).toEqual({ said: data });
  });

  it('is refused an unknown change as anybody is', async () => {
    const change = '01890000-0000-7000-8000-000000000000';
    await expect(approve(ben, change, 'ann')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a delegation', () => {
  it('holds from its start until just before its end', async () => {
    const on = aside();
    const now = on.clock.now();
    const hal = nobody('hal');
    await delegate(ann, 'hal', { startsAt: now + 1_000, endsAt: now + 2_000 }, on);
    const change = await proposed();
    const vote = (trigger: string) => send(hal, { change, trigger }, { actsFor: 'ann' }, on);
    on.clock.moveTo(now + 999);
    expect(refusedWith(await vote('approve'))).toBe('NOT_DELEGATED');
    on.clock.moveTo(now + 1_000);
    accepted(await vote('approve'));
    on.clock.moveTo(now + 1_999);
    accepted(await vote('retract'));
    on.clock.moveTo(now + 2_000);
    expect(refusedWith(await vote('approve'))).toBe('NOT_DELEGATED');
  });

  it('ends at once on the server that revokes it, and within seconds on all others', async () => {
    const [here, there] = [aside(), aside()];
    const ian = nobody('ian');
    const { id } = await delegate(ann, 'ian', {}, here);
    const change = await proposed();
    accepted(await approve(ian, change, 'ann', here));
    accepted(await approve(ian, change, 'ann', there));
    expect(await here.runtime.revokeDelegation(id, ann)).toMatchObject({ revokedAt: here.clock.now() });
    expect(refusedWith(await approve(ian, change, 'ann', here))).toBe('NOT_DELEGATED');
    accepted(await approve(ian, change, 'ann', there));
    there.clock.moveTo(there.clock.now() + REMEMBERED_MS);
    expect(refusedWith(await approve(ian, change, 'ann', there))).toBe('NOT_DELEGATED');
  });

  it('holds at once on the server that made it, though it was missed a moment ago', async () => {
    const change = await proposed();
    expect(refusedWith(await approve(nobody('jo'), change, 'ann'))).toBe('NOT_DELEGATED');
    await delegate(ann, 'jo');
    accepted(await approve(nobody('jo'), change, 'ann'));
  });

  it('for one project holds in that project only', async () => {
    const kim = nobody('kim');
    await delegate(ann, 'kim', { project: 'web' });
    accepted(await approve(kim, await proposed('web'), 'ann'));
    const answer = await approve(kim, await proposed('api'), 'ann');
    expect(answer).toMatchObject({
      ok: false,
      refusal: {
        code: 'NOT_DELEGATED',
        message: 'kim has no delegation from ann that holds now for project "api".',
        accepted: [],
      },
    });
  });

  it('is of one person: whoever asks for another is told whose delegate they are', async () => {
    const lou = nobody('lou');
    await delegate(ann, 'lou');
    const answer = await approve(lou, await proposed(), 'ben');
    expect(answer).toMatchObject({ refusal: { code: 'NOT_DELEGATED', accepted: ['ann'] } });
  });

  it('belongs to its tenant', async () => {
    await database.store.createTenant({ tenant: 'other', title: 'Other', createdAt: START });
    await delegate({ ...ann, tenant: 'other' }, 'mia');
    expect(refusedWith(await approve(nobody('mia'), await proposed(), 'ann'))).toBe('NOT_DELEGATED');
  });

  it('that could not be looked up is looked up again with the next command', async () => {
    let isAway = true;
    const shaky = new Proxy(database.store as Store, {
      get: (store, name) =>
        name === 'delegations' && isAway
          ? () => Promise.reject(new CountersignError('STORE_UNAVAILABLE', 'away'))
          : (store[name as keyof Store] as () => unknown).bind(store),
    });
    const on = startServer(shaky, { clock: new ManualClock(server.clock.now()) });
    await delegate(ann, 'ola');
    const change = await proposed();
    const vote = () => approve(nobody('ola'), change, 'ann', on);
    await expect(vote()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    isAway = false;
    accepted(await vote());
  });

  it('that is over still answers a command that was answered while it held', async () => {
    const ned = nobody('ned');
    const { id } = await delegate(ann, 'ned');
    const change = await proposed();
    const keyed = (trigger: string, actsFor?: string) =>
      send(ned, { change, trigger }, { idempotencyKey: 'n-1', ...(actsFor !== undefined && { actsFor }) });
    const row = accepted(await keyed('approve', 'ann'));
    await server.runtime.revokeDelegation(id, ann);
    expect(await keyed('approve', 'ann')).toEqual({ ok: true, row, replayed: true });
    expect(refusedWith(await keyed('retract', 'ann'))).toBe('NOT_DELEGATED');
    expect(refusedWith(await keyed('approve'))).toBe('IDEMPOTENCY_KEY_REUSED');
  });
});

describe('making a delegation', () => {
  const now = () => server.clock.now();
  it.each([
    ['a role the giver lacks', {}, { roles: ['reviewer', 'owner'] }, 'FORBIDDEN'],
    ['no role', {}, { roles: [] }, 'INVALID_INPUT'],
    ['oneself', {}, { to: 'ben' }, 'INVALID_INPUT'],
    ['what was delegated', { for: 'ann' }, {}, 'FORBIDDEN'],
    ['what an agent may', { kind: 'agent', sponsor: 'ann' }, {}, 'FORBIDDEN'],
    ['what the system may', { kind: 'system' }, {}, 'FORBIDDEN'],
  ] as const)('is refused for %s', async (_, who, given, code) => {
    await expect(delegate({ ...ben, ...who }, 'pat', given)).rejects.toMatchObject({ code });
  });

  it.each([
    ['an end that has come', () => ({ endsAt: now() }), 'ends_at'],
    ['an end before the start', () => ({ startsAt: now() + HOUR, endsAt: now() + HOUR }), 'ends_at'],
    ['more than a year', () => ({ endsAt: now() + LONGEST_MS + 1 }), 'ends_at'],
    ['a start in the past', () => ({ startsAt: now() - HOUR }), 'starts_at'],
  ])('is refused for %s', async (_, times, path) => {
    await expect(delegate(ben, 'pat', times())).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path }],
    });
  });

  it('says which role is lacking', async () => {
    await expect(delegate(ben, 'pat', { roles: ['owner'] })).rejects.toThrow(
      'ben cannot give pat the role owner: the token of ben does not carry it.',
    );
  });

  it('gives all roles of the token where none is named', async () => {
    const made = await delegate(ann, 'pat', { endsAt: now() + LONGEST_MS });
    expect(made).toMatchObject({ from: 'ann', to: 'pat', roles: ['reviewer', 'owner'], project: null });
    expect(await database.store.delegation(TENANT, made.id)).toEqual(made);
  });

  it('stops at as many as one person can keep an eye on', async () => {
    const quinn = principal('quinn', ['reviewer']);
    for (let made = 0; made < 50; made++) await delegate(quinn, 'pat');
    await expect(delegate(quinn, 'pat')).rejects.toThrow('quinn has 50 delegations that are not over');
  });
});

describe('revoking a delegation', () => {
  it('is for whoever gave it and for operators, not for the delegate', async () => {
    const { id } = await delegate(ann, 'rob');
    const revoke = (by: Principal) => server.runtime.revokeDelegation(id, by);
    await expect(revoke(nobody('rob'))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const revoked = await revoke(principal('root', ['operator']));
    expect(revoked.revokedAt).toBe(server.clock.now());
    server.clock.moveTo(server.clock.now() + 5);
    expect(await revoke(ann)).toEqual(revoked);
  });

  it('finds only what the tenant has', async () => {
    const { id } = await delegate(ann, 'rob');
    const elsewhere = server.runtime.revokeDelegation(id, { ...ann, tenant: 'other' });
    await expect(elsewhere).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
