/** Roles, groups, managers and sponsors by the directory: what they let people do, and where. */
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Said } from '../../src/actors/directory/entries.ts';
import { EMPTY, holdersOf, managerOf, rolesOf, withSaid } from '../../src/actors/directory/state.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { accepted, principal, refusedWith, type Server, START, startServer, TENANT } from './rig.ts';

const REVIEWED = {
  name: 'Reviewed',
  roles: ['reviewer', 'lead', 'manager'],
  includes: { lead: ['reviewer'] },
  triggers: ['approve', 'merge', 'allow'],
  ballots: {
    share: {
      in: 'Open',
      role: 'reviewer',
      needs: { share: 50, of: 'reviewer' },
      cast: { approve: 'approve' },
    },
  },
  initial: 'Open',
  states: { Open: {}, Merged: { final: 'applied' }, Allowed: { final: 'approved' } },
  transitions: {
    'Open -> Merged': { trigger: 'merge', role: 'reviewer', if: 'ballots.share.passed' },
    'Open -> Allowed': { trigger: 'allow', role: 'manager' },
  },
};
const ops = principal('ops', ['deployer', 'administrator']);

let database: TestDatabase;
let server: Server;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

let tenants = 0;
let tenant = TENANT;
beforeEach(async () => {
  tenant = `${TENANT}-${++tenants}`;
  server = startServer(database.store);
  await database.store.createTenant({ tenant, title: 'Acme', createdAt: START });
  await server.runtime.deploy(tenant, REVIEWED, { ...ops, tenant }, null);
  return () => server.runtime.close();
});

const person = (id: string, roles: string[] = []) => ({ ...principal(id, roles), tenant });
const say = (...said: Said[]) => server.runtime.say(tenant, said, null, { ...ops, tenant });
const group = (name: string, ...members: string[]): Said => ({ kind: 'group', name, value: { members } });
const grant = (
  role: string,
  to: object,
  where: object | 'everywhere' = 'everywhere',
  removed = false,
): Said => ({ kind: 'grant', grant: { role, to, in: where }, removed }) as Said;
const propose = async (project = 'web', who = 'ann') =>
  accepted(
    await server.runtime.propose({ definition: 'Reviewed', project, title: 't' }, { principal: person(who) }),
  ).change;
const send = (change: string, who: string, trigger: string, at = server) =>
  at.runtime.send({ change, trigger }, { principal: person(who) });
const mayMerge = async (change: string, who: string) => {
  const view = await server.runtime.view({ tenant, change }, person(who));
  return view?.enabled.find(({ trigger }) => trigger === 'approve')?.refusal?.code ?? 'yes';
};

describe('a role that the directory grants', () => {
  it('counts in its project, in the projects of its portfolio, or everywhere', async () => {
    await say(
      grant('reviewer', { principal: 'bob' }, { project: 'web' }),
      grant('reviewer', { principal: 'cid' }, { portfolio: 'shop' }),
      grant('reviewer', { principal: 'dan' }),
      { kind: 'project', name: 'app', value: { portfolio: 'shop' } },
    );
    const [web, app] = [await propose('web'), await propose('app')];
    const who = ['bob', 'cid', 'dan', 'eve'];
    const may = (change: string) => Promise.all(who.map((each) => mayMerge(change, each)));
    expect(await may(web)).toEqual(['yes', 'MISSING_ROLE', 'yes', 'MISSING_ROLE']);
    expect(await may(app)).toEqual(['MISSING_ROLE', 'yes', 'yes', 'MISSING_ROLE']);
    expect(refusedWith(await send(web, 'cid', 'approve'))).toBe('MISSING_ROLE');
    const row = accepted(await send(web, 'bob', 'approve'));
    expect(row.role).toBe('reviewer');
  });

  it('reaches whoever is in the group, also through groups in it, and ends when it is taken away', async () => {
    const held = grant('lead', { group: 'all' });
    await say(group('all', '@team', 'cid'), group('team', 'bob', '@all'), held);
    const change = await propose();
    expect(await mayMerge(change, 'bob')).toBe('yes');
    expect(await mayMerge(change, 'cid')).toBe('yes');
    await say(group('team'));
    expect(await mayMerge(change, 'bob')).toBe('MISSING_ROLE');
    await say({ ...held, removed: true } as Said);
    expect(await mayMerge(change, 'cid')).toBe('MISSING_ROLE');
  });

  it('counts on another server within a second', async () => {
    const other = startServer(database.store);
    const change = await propose();
    expect(refusedWith(await send(change, 'bob', 'approve', other))).toBe('MISSING_ROLE');
    await say(grant('reviewer', { principal: 'bob' }));
    other.clock.moveTo(START + 1_000);
    accepted(await send(change, 'bob', 'approve', other));
    await other.runtime.close();
  });

  it('can be that of whoever manages the author, one level or two up, and never of the author', async () => {
    await say(
      { kind: 'principal', name: 'ann', value: { kind: 'person', manager: 'mia' } },
      { kind: 'principal', name: 'mia', value: { kind: 'person', manager: 'zoe' } },
      { kind: 'principal', name: 'bot', value: { kind: 'agent', sponsor: 'ann' } },
      grant('manager', { manager_level: 1 }),
      grant('manager', { manager_level: 2 }, { project: 'app' }),
    );
    expect(refusedWith(await send(await propose(), 'zoe', 'allow'))).toBe('MISSING_ROLE');
    expect(refusedWith(await send(await propose('web', 'mia'), 'mia', 'allow'))).toBe('MISSING_ROLE');
    accepted(await send(await propose('app'), 'zoe', 'allow'));
    accepted(await send(await propose(), 'mia', 'allow'));
    accepted(await send(await propose('web', 'bot'), 'mia', 'allow'));
  });

  it('is not given on by delegates, who act with what was delegated', async () => {
    await say(grant('reviewer', { principal: 'bob' }), grant('manager', { principal: 'cid' }));
    const until = START + 3_600_000;
    await server.runtime.delegate({ to: 'cid', endsAt: until, reason: 'away' }, person('bob'));
    const change = await propose();
    const forBob = { principal: person('cid'), actsFor: 'bob' };
    expect(refusedWith(await server.runtime.send({ change, trigger: 'allow' }, forBob))).toBe('MISSING_ROLE');
    accepted(await server.runtime.send({ change, trigger: 'approve' }, forBob));
  });
});

describe('the directory', () => {
  it('says how many hold a role of which a share is asked, those who hold it through another included', async () => {
    await say(
      grant('reviewer', { group: 'team' }),
      group('team', 'bob', 'cid', 'dan'),
      grant('lead', { principal: 'lea' }),
    );
    const change = await propose();
    accepted(await send(change, 'bob', 'approve'));
    expect(refusedWith(await send(change, 'bob', 'merge'))).toBe('CONDITION_UNMET');
    accepted(await send(change, 'lea', 'approve'));
    accepted(await send(change, 'lea', 'merge'));
  });

  it('knows whom an owners file means by a team, an address and a role', async () => {
    await say(
      group('acme/web', 'bob', 'cid'),
      { kind: 'principal', name: 'dan', value: { kind: 'person', aliases: ['dan@acme.example'] } },
      grant('maintainer', { principal: 'eve' }),
    );
    const files = {
      CODEOWNERS: '*.go @acme/web\n*.md dan@acme.example\n*.sql @acme/nobody\n*.rb @@maintainers\n',
    };
    const owners = { format: 'gitlab', files, reason: null } as const;
    await server.runtime.setOwners({ tenant, project: 'web' }, owners, { ...ops, tenant });
    const change = await propose();
    const data = { files: ['a.go', 'b.md', 'c.sql', 'd.rb'] };
    await server.runtime.send({ change, trigger: 'change.revise', data }, { principal: person('ann') });
    const view = await server.runtime.view({ tenant, change }, person('ann'));
    const members = view?.revision?.owners?.map((each) => each.members.join());
    expect(members?.sort()).toEqual(['@acme/nobody', 'bob,cid', 'dan', 'eve']);
  });

  it('takes all entries or none, and refuses two for the same thing', async () => {
    const twice = say(group('a', 'x'), group('a', 'y'));
    await expect(twice).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect((await server.runtime.directory(tenant)).seq).toBe(0);
  });

  it('lets agents work for people only: not for agents, for themselves, or for each other', async () => {
    const agent = (name: string, sponsor: string): Said => ({
      kind: 'principal',
      name,
      value: { kind: 'agent', sponsor },
    });
    await say(agent('bot', 'ann'));
    await expect(say(agent('helper', 'bot'))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining(
        'The agent helper cannot work for bot, which is an agent too; name the',
      ),
      issues: [{ path: 'principals.helper.sponsor' }],
    });
    await expect(say(agent('one', 'two'), agent('two', 'one'))).rejects.toMatchObject({
      issues: [{ path: 'principals.one.sponsor' }, { path: 'principals.two.sponsor' }],
    });
    await expect(say(agent('loner', 'loner'))).rejects.toThrow('cannot work for itself');
    // Whoever others work for cannot turn out to be an agent.
    await expect(say(agent('ann', 'mia'))).rejects.toThrow('The agent bot cannot work for ann');
    expect((await server.runtime.directory(tenant)).seq).toBe(1);
    // What ends the chain in the same breath is no chain.
    await say({ kind: 'principal', name: 'bot', value: null }, agent('ann', 'mia'));
    expect((await server.runtime.directory(tenant)).principals.get('ann')?.kind).toBe('agent');
  });

  it('gives no sponsor to a person, and none to an agent that becomes one', async () => {
    const said = (kind: 'person' | 'agent'): Said => ({
      kind: 'principal',
      name: 'bob',
      value: { kind, sponsor: 'ann' },
    });
    await expect(say(said('person'))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining(
        'The person bob cannot have a sponsor (ann): only agents work for somebody.',
      ),
      issues: [{ path: 'principals.bob.sponsor' }],
    });
    await say(said('agent'));
    await expect(say(said('person'))).rejects.toThrow('The person bob cannot have a sponsor');
    expect((await server.runtime.directory(tenant)).principals.get('bob')?.kind).toBe('agent');
  });
});

const name = fc.constantFrom('a', 'b', 'c', 'd');
const anyGrant = fc.record({
  role: name,
  to: fc.oneof(fc.record({ principal: name }), fc.record({ group: name })),
  in: fc.oneof(
    fc.constant('everywhere' as const),
    fc.record({ project: name }),
    fc.record({ portfolio: name }),
  ),
});

it('holders of a role are exactly those who have it among their roles', () => {
  fc.assert(
    fc.property(
      fc.array(anyGrant, { maxLength: 8 }),
      fc.dictionary(
        name,
        fc.array(
          fc.oneof(
            name,
            name.map((each) => `@${each}`),
          ),
          { maxLength: 4 },
        ),
      ),
      fc.dictionary(name, name),
      name,
      (grants, groups, portfolios, project) => {
        let seq = 0;
        const entry = (kind: 'grant' | 'group' | 'project', key: string, value: object) =>
          ({ seq: ++seq, kind, name: key, value, setBy: 'x', reason: null, setAt: 0 }) as never;
        const directory = withSaid(EMPTY, [
          ...grants.map((each) => entry('grant', JSON.stringify(each), each)),
          ...Object.entries(groups).map(([key, members]) => entry('group', key, { members })),
          ...Object.entries(portfolios).map(([key, portfolio]) => entry('project', key, { portfolio })),
        ]);
        for (const role of ['a', 'b', 'c', 'd']) {
          const holders = ['a', 'b', 'c', 'd'].filter((id) =>
            rolesOf(directory, id, { project }).includes(role),
          );
          expect(holdersOf(directory, [role], { project })).toEqual(holders);
        }
      },
    ),
  );
});

it('a circle of managers ends', () => {
  const manager = (id: string, of: string) =>
    ({ seq: 1, kind: 'principal', name: id, value: { kind: 'person', manager: of } }) as never;
  const directory = withSaid(EMPTY, [manager('a', 'b'), manager('b', 'a')]);
  expect([1, 2, 3].map((level) => managerOf(directory, 'a', level))).toEqual(['b', 'a', 'b']);
});
