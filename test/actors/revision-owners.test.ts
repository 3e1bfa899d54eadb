/** A revision that names its files is judged by the owners of its project, whoever sent it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EMPTY } from '../../src/actors/directory/state.ts';
import { groupsFor } from '../../src/actors/known-facts.ts';
import { readOwners } from '../../src/actors/owners/read-owners.ts';
import type { OwnersFormat } from '../../src/persistence/records.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { accepted, principal, refusedWith, type Server, START, startServer, TENANT } from './rig.ts';

const OWNED = {
  name: 'Owned',
  roles: ['member'],
  triggers: ['approve', 'merge'],
  ballots: {
    owners: { in: 'Open', role: 'member', needs: { each: 'owners' }, cast: { approve: 'approve' } },
  },
  initial: 'Open',
  states: { Open: {}, Merged: { final: 'applied' } },
  transitions: { 'Open -> Merged': { trigger: 'merge', if: 'ballots.owners.passed' } },
};
const ann = { principal: principal('ann') };
const ops = principal('ops', ['operator', 'deployer']);

let database: TestDatabase;
let server: Server;
beforeAll(async () => {
  database = await testDatabase();
  await database.store.createTenant({ tenant: TENANT, title: 'Acme', createdAt: START });
});
afterAll(async () => {
  await server.runtime.close();
  await database.drop();
});
beforeEach(async () => {
  server = startServer(database.store);
  await server.runtime.deploy(TENANT, OWNED, ops, null);
});

let projects = 0;
const fresh = () => `project ${++projects}`;
const set = (project: string, format: OwnersFormat, files: Record<string, string>, at = server) =>
  at.runtime.setOwners({ tenant: TENANT, project }, { format, files, reason: null }, ops);
const propose = async (project: string) =>
  accepted(await server.runtime.propose({ definition: 'Owned', project, title: 't' }, ann)).change;
const revise = (change: string, data: object, key?: string, at = server) =>
  at.runtime.send(
    { change, trigger: 'change.revise', data: data as never },
    { ...ann, ...(key !== undefined && { idempotencyKey: key }) },
  );
const say = (change: string, who: string, trigger: string) =>
  server.runtime.send({ change, trigger }, { principal: principal(who, ['member']) });
const view = async (change: string) => {
  const seen = await server.runtime.view({ tenant: TENANT, change }, ann.principal);
  return { owners: seen?.revision?.owners, need: seen?.ballots.owners?.needs[0] };
};

describe('owners', () => {
  it('of the touched files are found, stand in the log, and must approve', async () => {
    const project = fresh();
    await set(project, 'github', { CODEOWNERS: '*.go @bob\n/docs/ @cleo docs@acme.example\n' });
    const change = await propose(project);
    const row = accepted(await revise(change, { files: ['a.go', 'docs/x.md', 'LICENSE'] }));
    const owners = [
      { name: 'CODEOWNERS:1', members: ['bob'], files: ['a.go'] },
      { name: 'CODEOWNERS:2', members: ['cleo', 'docs@acme.example'], files: ['docs/x.md'] },
    ];
    expect(row.data).toMatchObject({ owners: owners.toReversed().toSorted(byName) });
    expect((await view(change)).owners?.toSorted(byName)).toEqual(owners);
    accepted(await say(change, 'bob', 'approve'));
    expect((await view(change)).need).toMatchObject({ satisfied: false, missing: ['CODEOWNERS:2'] });
    expect(refusedWith(await say(change, 'bob', 'merge'))).toBe('CONDITION_UNMET');
    accepted(await say(change, 'docs@acme.example', 'approve'));
    accepted(await say(change, 'bob', 'merge'));
  });

  it('are left out where the project has no rules, where no files are named, and where the sender names them', async () => {
    const bare = await propose(fresh());
    expect(accepted(await revise(bare, { files: ['a.go'] })).data).toEqual({ files: ['a.go'] });
    expect((await view(bare)).need).toMatchObject({ missing: ['owners of the touched files'] });
    const project = fresh();
    await set(project, 'github', { CODEOWNERS: '* @bob' });
    const change = await propose(project);
    expect(accepted(await revise(change, { tree: 't' })).data).toEqual({ tree: 't' });
    const own = { files: ['a'], owners: [{ name: 'mine', members: ['ann'], files: ['a'] }] };
    expect(accepted(await revise(change, own)).data).toMatchObject(own);
  });

  it('need nobody for files that no rule names', async () => {
    const project = fresh();
    await set(project, 'kubernetes', { 'lib/OWNERS': 'approvers: [bob]\n' });
    const change = await propose(project);
    expect(accepted(await revise(change, { files: ['README.md'] })).data).toMatchObject({ owners: [] });
    accepted(await say(change, 'ann', 'merge'));
  });

  it('count as they stand when the revision comes, also at a server that has read them before', async () => {
    const project = fresh();
    const other = startServer(database.store);
    await set(project, 'github', { CODEOWNERS: '* @bob' });
    const change = await propose(project);
    const membersAt = async (at: Server) =>
      (
        accepted(await revise(change, { files: ['a'] }, undefined, at)).data as {
          owners: { members: string[] }[];
        }
      ).owners[0]?.members;
    expect(await membersAt(other)).toEqual(['bob']);
    await set(project, 'github', { CODEOWNERS: '* @cleo' });
    expect(await membersAt(other)).toEqual(['cleo']);
    await set(project, 'github', { CODEOWNERS: '* @dan' });
    expect(await membersAt(server)).toEqual(['dan']);
    await other.runtime.close();
  });

  it('leave an idempotency key to stand for what was sent', async () => {
    const project = fresh();
    await set(project, 'github', { CODEOWNERS: '* @bob' });
    const change = await propose(project);
    const first = accepted(await revise(change, { files: ['a'] }, 'k1'));
    await set(project, 'github', { CODEOWNERS: '* @cleo' });
    expect(await revise(change, { files: ['a'] }, 'k1')).toEqual({ ok: true, row: first, replayed: true });
    expect(refusedWith(await revise(change, { files: ['b'] }, 'k1'))).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('do not let what is sent behind a revision overtake it', async () => {
    const project = fresh();
    await set(project, 'github', { CODEOWNERS: '* @bob' });
    const change = await propose(project);
    const [revised, approved] = await Promise.all([
      revise(change, { files: ['a'] }),
      say(change, 'bob', 'approve'),
    ]);
    expect(accepted(revised).version).toBeLessThan(accepted(approved).version);
    accepted(await say(change, 'bob', 'merge'));
  });

  it('are the same to somebody who only asks what would happen', async () => {
    const project = fresh();
    await set(project, 'github', { CODEOWNERS: '* @bob' });
    const change = await propose(project);
    const command = { change, trigger: 'change.revise', data: { files: ['a'] } };
    expect((await server.runtime.ask(command, ann))?.data).toMatchObject({
      owners: [{ members: ['bob'] }],
    });
  });

  it('leave files that do not fit to the refusal', async () => {
    const project = fresh();
    await set(project, 'github', { CODEOWNERS: '* @bob' });
    const change = await propose(project);
    for (const files of ['a', [1], Array.from({ length: 10_001 }, (_, n) => `f${n}`)])
      expect(refusedWith(await revise(change, { files }))).toBe('DATA_INVALID');
  });
});

describe('setting owners', () => {
  it('refuses files that cannot be read, with file and line', async () => {
    const bad = set('p', 'github', { 'docs/CODEOWNERS': '*.go @bob\n\n!x @cleo\n*.md nobody\n' });
    await expect(bad).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: 'The owners of p have 2 defects and were not set.',
      issues: [
        { path: 'files.docs/CODEOWNERS:3', message: expect.stringContaining('"!"') },
        { path: 'files.docs/CODEOWNERS:4', message: expect.stringContaining('"nobody"') },
      ],
    });
    expect(await database.store.projectOwners(TENANT, 'p')).toBeUndefined();
  });

  it('refuses files that are not of the format', async () => {
    const two = { CODEOWNERS: '', 'docs/CODEOWNERS': '' };
    await expect(set('p', 'gitlab', two)).rejects.toMatchObject({
      issues: [{ path: 'files', message: 'a project has one CODEOWNERS file; 2 were sent' }],
    });
    await expect(set('p', 'gerrit', { CODEOWNERS: '' })).rejects.toMatchObject({
      issues: [{ path: 'files', message: expect.stringContaining('no file is named OWNERS') }],
    });
  });
});

describe('groups', () => {
  const groups = (format: OwnersFormat, files: Record<string, string>, touched: string[]) =>
    groupsFor({ rules: readOwners(format, files), directory: EMPTY, project: 'web' }, touched);

  it('say how many of them must approve where that is not one', () => {
    const text = '[Two][2]\n*.go @a @b @c\n^[Maybe]\n*.go @d\n';
    expect(groups('gitlab', { CODEOWNERS: text }, ['x.go'])).toEqual([
      { name: 'CODEOWNERS:2', members: ['a', 'b', 'c'], files: ['x.go'], required: 2 },
      { name: 'CODEOWNERS:4', members: ['d'], files: ['x.go'], required: 0 },
    ]);
  });

  it('name people by their id and leave teams, roles and addresses as they are written', () => {
    const text = '* @jane @acme/web @@maintainer x@acme.example\n';
    expect(groups('gitlab', { CODEOWNERS: text }, ['x'])[0]?.members).toEqual([
      '@@maintainer',
      '@acme/web',
      'jane',
      'x@acme.example',
    ]);
  });

  it('say how many files they own where they cannot name all', () => {
    const files = Array.from({ length: 150 }, (_, n) => `f${n}`);
    const [group] = groups('gerrit', { OWNERS: 'bob@acme.example\n' }, files);
    expect(group).toMatchObject({ fileCount: 150 });
    expect(group?.files).toHaveLength(100);
  });
});

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
