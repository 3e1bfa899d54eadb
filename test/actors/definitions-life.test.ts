/** Versions of definitions: deployed, forced, activated, rolled back, retired, reviewed; on real PostgreSQL. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Principal } from '../../src/actors/commands.ts';
import { REMEMBERED_MS } from '../../src/actors/life/activations.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { accepted, principal, refusedWith, type Server, START, startServer, TENANT } from './rig.ts';

const simple = (title: string, more: object = {}, name = 'Simple') => ({
  ...{ name, title, roles: ['reviewer'], triggers: ['approve', 'reject'], initial: 'Open' },
  states: { Open: {}, Done: { final: 'approved' }, Rejected: { final: 'rejected' } },
  transitions: {
    'Open -> Done': { trigger: 'approve', role: 'reviewer' },
    'Open -> Rejected': { trigger: 'reject', role: 'reviewer' },
  },
  ...more,
});
/** Nobody gets out of Lost. */
const unsound = simple('stuck', {
  states: { Open: {}, Lost: {}, Done: { final: 'approved' }, Rejected: { final: 'rejected' } },
  transitions: {
    'Open -> Done': { trigger: 'approve', role: 'reviewer' },
    'Open -> Rejected': { trigger: 'reject', role: 'reviewer' },
    'Open -> Lost': { after: '1d' },
  },
});

const dan = principal('dan', ['deployer']);
const root = principal('root', ['deployer', 'administrator']);
const rob = principal('rob', ['reviewer']);

let database: TestDatabase;
let server: Server;
beforeEach(async () => {
  database = await testDatabase();
  await database.store.createTenant({ tenant: TENANT, title: 'Acme', createdAt: START });
  server = startServer(database.store);
});
afterEach(async () => {
  await server.runtime.close();
  await database.drop();
});

const deploy = (source: object, by: Principal = dan) => server.runtime.deploy(TENANT, source, by, 'because');
const activate = (version: number | null, project: string | null = null, by = server) =>
  by.runtime.life.activate(TENANT, 'Simple', { version, project, reason: null }, dan);
const propose = (project: string, by = server) =>
  by.runtime.propose({ definition: 'Simple', project, title: 't' }, { principal: principal('ann') });
const versionOf = async (project: string, by = server) => {
  const { change } = accepted(await propose(project, by));
  return (await database.store.change({ tenant: TENANT, change }))?.definitionVersion;
};

describe('which version new changes follow', () => {
  it('is the newest, until something is said; then what is said of the project, or else of all', async () => {
    for (const title of ['one', 'two', 'three']) await deploy(simple(title));
    expect(await versionOf('web')).toBe(3);
    expect(await activate(2)).toMatchObject({ ok: true });
    await activate(1, 'api');
    expect([await versionOf('web'), await versionOf('api')]).toEqual([2, 1]);
    await deploy(simple('four'));
    expect(await versionOf('web')).toBe(2);
    await activate(null, 'api');
    expect(await versionOf('api')).toBe(2);
    await activate(null);
    expect(await versionOf('api')).toBe(4);
  });

  it('is rolled back to the version before, and all that was said stays in the history', async () => {
    for (const title of ['one', 'two']) await deploy(simple(title));
    const { life } = server.runtime;
    expect(await life.rollback(TENANT, 'Simple', { project: null, reason: 'broken' }, dan)).toMatchObject({
      ok: true,
      value: { version: 1, reason: 'broken', setBy: 'dan' },
    });
    expect(await versionOf('web')).toBe(1);
    expect(await life.rollback(TENANT, 'Simple', { project: null, reason: null }, dan)).toMatchObject({
      ok: false,
      refusal: { code: 'NOT_ACTIVE' },
    });
    await activate(2);
    const history = await life.history(TENANT, 'Simple', { limit: 10 });
    expect(history.map(({ version }) => version)).toEqual([2, 1]);
    expect((await life.versions(TENANT, 'Simple')).map(({ version, active }) => [version, active])).toEqual([
      [2, true],
      [1, false],
    ]);
  });

  it('is none once it is retired, while running changes go on; activating it ends that', async () => {
    await deploy(simple('one'));
    const { change } = accepted(await propose('web'));
    await server.runtime.life.retire(TENANT, 'Simple', 'replaced', dan);
    expect(refusedWith(await propose('web'))).toBe('NOT_ACTIVE');
    accepted(await server.runtime.send({ change, trigger: 'approve' }, { principal: rob }));
    await activate(1);
    expect(await versionOf('web')).toBe(1);
  });

  it('is known to this server at once, and to others within a second', async () => {
    for (const title of ['one', 'two']) await deploy(simple(title));
    const other = startServer(database.store, { clock: server.clock });
    expect(await versionOf('web', other)).toBe(2);
    await activate(1);
    expect(await versionOf('web')).toBe(1);
    server.clock.moveTo(START + REMEMBERED_MS);
    expect(await versionOf('web', other)).toBe(1);
    await other.runtime.close();
  });

  it('has to be there', async () => {
    await deploy(simple('one'));
    await expect(activate(7)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(server.runtime.life.versions(TENANT, 'Nothing')).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('deploying in spite of errors', () => {
  it('is for administrators, and keeps the errors that were overridden', async () => {
    await expect(deploy(unsound)).rejects.toMatchObject({ code: 'DEFINITION_INVALID' });
    const force = (by: Principal) => server.runtime.deploy(TENANT, unsound, by, 'urgent', { force: true });
    await expect(force(dan)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await force(root)).toMatchObject({ version: 1, forced: true });
    const [version] = await server.runtime.life.versions(TENANT, 'Simple');
    expect(version).toMatchObject({ forced: true, deployedBy: 'root', reason: 'urgent' });
    expect(version?.findings).toContainEqual(
      expect.objectContaining({ code: 'DEAD_END', severity: 'error' }),
    );
    expect(await versionOf('web')).toBe(1);
  });

  it('does not help what no machine can be made of', async () => {
    const lost = simple('lost', { initial: 'Nowhere' });
    const done = server.runtime.deploy(TENANT, lost, root, null, { force: true });
    await expect(done).rejects.toMatchObject({ code: 'DEFINITION_INVALID' });
  });
});

describe('definitions under review', () => {
  beforeEach(async () => {
    await deploy(simple('the review', {}, 'Review'));
    await deploy(simple('one'));
    const value = { definitions: { review: 'Review' } };
    await server.runtime.say(TENANT, [{ kind: 'tenant', name: 'tenant', value }], null, root);
  });

  it('are drafts with a change that has to be approved before they can be active', async () => {
    const { review, version, digest } = await deploy(simple('two'));
    expect(review).toEqual({ change: expect.any(String), key: `Simple@${digest}` });
    expect([version, await versionOf('web')]).toEqual([2, 1]);
    const refused = await activate(2);
    expect(refused).toMatchObject({ ok: false, refusal: { code: 'NOT_ACTIVE', accepted: [review?.change] } });
    if (!refused.ok) expect(refused.refusal.message).toContain('has to be approved before');
    const send = { change: review!.change, trigger: 'approve' };
    accepted(await server.runtime.send(send, { principal: rob }));
    expect(await activate(2)).toMatchObject({ ok: true });
    expect(await versionOf('web')).toBe(2);
  });

  it('are reviewed by one change, however often they are deployed', async () => {
    const first = await deploy(simple('two'));
    const again = await deploy(simple('two'));
    expect(again).toMatchObject({ created: false, review: first.review });
  });

  it('stay inactive where the review said no', async () => {
    const { review } = await deploy(simple('two'));
    const send = { change: review!.change, trigger: 'reject' };
    accepted(await server.runtime.send(send, { principal: rob }));
    expect(await activate(2)).toMatchObject({ ok: false });
  });

  it('cannot be deployed while the workflow that reviews them takes no changes', async () => {
    await server.runtime.life.retire(TENANT, 'Review', null, dan);
    await expect(deploy(simple('two'))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});
