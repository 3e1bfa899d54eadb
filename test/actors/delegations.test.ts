/** Acting for somebody else: when it holds, with which roles, and that it gives nobody a second voice. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Envelope, EventCommand, Principal } from '../../src/actors/commands.ts';
import { LONGEST_MS, type NewDelegation, REMEMBERED_MS } from '../../src/actors/delegations.ts';
import type { Store } from '../../src/actors/ports.ts';
import { CountersignError } from '../../src/errors.ts';
import { workflow } from '../../src/machines/workflow.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { ManualClock } from './clock.ts';
import { accepted, principal, refusedWith, type Server, START, startServer, TENANT } from './rig.ts';

const HOUR = 3_600_000;

/** Two independent approvals, then two more by people who gave none of the first. */
const fourEyes = workflow({
  name: 'FourEyes',
  roles: ['developer', 'reviewer', 'owner'],
  triggers: ['approve', 'reject', 'retract', 'sign_off'],
  ballots: {
    review: {
      in: 'Review',
      role: 'reviewer',
      exclude: 'contributors',
      cast: { approve: 'approve', reject: { value: 'reject', reason: 'required' }, retract: 'retract' },
      needs: { approvals: 2 },
    },
    release: {
      in: 'Release',
      role: 'owner',
      exclude: 'contributors',
      apart: ['review'],
      cast: { sign_off: 'approve' },
      needs: { approvals: 1 },
    },
  },
  initial: 'Review',
  states: { Review: {}, Release: {}, Done: { final: 'approved' } },
  transitions: {
    'Review -> Release': { when: 'ballots.review.passed' },
    'Release -> Done': { when: 'ballots.release.passed' },
  },
});

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

const author = principal('author', ['developer', 'reviewer']);
const ann = principal('ann', ['reviewer', 'owner']);
const ben = principal('ben', ['reviewer']);
const cat = principal('cat', ['owner']);

let database: TestDatabase;
let server: Server;

beforeAll(async () => {
  database = await testDatabase();
  await database.store.createTenant({ tenant: TENANT, title: 'Acme', createdAt: START });
  server = startServer(database.store);
  await server.runtime.deploy(TENANT, fourEyes, author, null);
});
afterAll(() => database.drop());

async function proposed(project = 'web', by = author): Promise<string> {
  const proposal = { definition: 'FourEyes', project, title: 'Rotate keys' };
  return accepted(await server.runtime.propose(proposal, { principal: by })).change;
}
const delegate = (from: Principal, to: string, over: Partial<NewDelegation> = {}, on = server) =>
  on.runtime.delegate({ to, endsAt: on.clock.now() + HOUR, reason: 'away', ...over }, from);
const send = (by: Principal, command: EventCommand, more: Partial<Envelope> = {}, on = server) =>
  on.runtime.send(command, { principal: by, ...more });
const approve = (by: Principal, change: string, actsFor?: string, on = server) =>
  send(by, { change, trigger: 'approve' }, actsFor === undefined ? {} : { actsFor }, on);
const approvals = async (change: string) =>
  (await server.runtime.view({ tenant: TENANT, change }, ann))?.ballots.review?.approvals;

/** A server of its own, whose clock no other test moves. */
const aside = () => startServer(database.store, { clock: new ManualClock(server.clock.now()) });
const nobody = (name: string, roles: string[] = []) => principal(name, roles);

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

describe('separation of duties', () => {
  it('holds for the author behind a delegate', async () => {
    await delegate(author, 'ben');
    const change = await proposed();
    expect(refusedWith(await approve(ben, change, 'author'))).toBe('SELF_APPROVAL');
    accepted(await approve(ben, change));
  });

  it('holds for the author as somebody else\u2019s delegate', async () => {
    await delegate(ann, 'author');
    expect(refusedWith(await approve(author, await proposed(), 'ann'))).toBe('SELF_APPROVAL');
  });

  it('counts a vote and the vote of a delegate for the same person as one voice', async () => {
    await delegate(ann, 'ben');
    const change = await proposed();
    accepted(await approve(ann, change));
    accepted(await approve(ben, change, 'ann'));
    expect(await approvals(change)).toBe(1);
    accepted(await approve(ben, change));
    expect(await approvals(change)).toBe(1);
  });

  it('counts a delegate who votes as himself and for another as one voice', async () => {
    await delegate(ann, 'ben');
    const change = await proposed();
    accepted(await approve(ben, change));
    const row = accepted(await approve(ben, change, 'ann'));
    expect([row.to, await approvals(change)]).toEqual(['Review', 1]);
  });

  it('keeps ballots apart for both: neither decides where the other did before', async () => {
    await delegate(ann, 'sue');
    await delegate(cat, 'ben');
    const change = await proposed();
    accepted(await approve(ben, change));
    expect(accepted(await approve(nobody('sue'), change, 'ann')).to).toBe('Release');
    const signOff = (by: Principal, actsFor?: string) =>
      send(by, { change, trigger: 'sign_off' }, actsFor === undefined ? {} : { actsFor });
    expect(refusedWith(await signOff(ann))).toBe('NOT_INDEPENDENT');
    expect(refusedWith(await signOff(ben, 'cat'))).toBe('NOT_INDEPENDENT');
    expect(accepted(await signOff(cat)).to).toBe('Done');
  });

  it('an agent is not the delegate of whom it works for, and its own sponsor speaks with it', async () => {
    const bot: Principal = { ...principal('bot', [], 'agent'), sponsor: 'ben' };
    await delegate(ben, 'bot');
    await delegate(ann, 'bot');
    const change = await proposed();
    const answer = await approve(bot, change, 'ben');
    expect(answer).toMatchObject({ refusal: { code: 'NOT_DELEGATED', accepted: ['ann'] } });
    accepted(await approve(ben, change));
    accepted(await approve(bot, change, 'ann'));
    expect(await approvals(change)).toBe(1);
  });

  it('needs two disjoint groups of people, without the author, whoever votes for whom', async () => {
    const people = ['author', 'p1', 'p2', 'p3'].map((id) => principal(id, ['reviewer']));
    for (const from of people)
      for (const to of people) if (from !== to) await delegate(from, to.id, { project: 'rule' });
    const person = fc.nat(people.length - 1);
    const votes = fc.array(fc.tuple(person, person), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(votes, async (cast) => {
        const change = await proposed('rule');
        const counted: string[][] = [];
        for (const [voter, other] of cast) {
          const by = people[voter]!;
          const from = people[other]!.id;
          const answer = await approve(by, change, from === by.id ? undefined : from);
          const parties = [by.id, from];
          if (counted.length > 0 && groups(counted) >= 2) expect(refusedWith(answer)).toBe('NOT_ENABLED');
          else if (parties.includes('author')) expect(refusedWith(answer)).toBe('SELF_APPROVAL');
          else expect(accepted(answer).to).toBe(groups([...counted, parties]) >= 2 ? 'Release' : 'Review');
          if (answer.ok) counted.push(parties);
        }
      }),
      { numRuns: 40 },
    );
  });
});

/** How many groups the votes fall into where those that share a person are one. */
function groups(votes: readonly (readonly string[])[]): number {
  let found: Set<string>[] = [];
  for (const parties of votes) {
    const linked = found.filter((group) => parties.some((each) => group.has(each)));
    const others = found.filter((group) => !linked.includes(group));
    found = [...others, new Set([...parties, ...linked.flatMap((group) => [...group])])];
  }
  return found.length;
}
