/** Which versions are looked at before the directory changes: the active one of a project, and those of open changes. */
import { describe, expect, it } from 'vitest';
import { accepted } from '../rig.ts';
import { grant, person, tenants } from './rig.ts';

const acme = tenants('versions');

/** A workflow whose step is for one role. */
const forRole = (role: string) => ({
  name: 'Step',
  roles: ['old', 'new'],
  triggers: ['go'],
  initial: 'Open',
  states: { Open: {}, Done: { final: 'approved' } },
  transitions: { 'Open -> Done': { trigger: 'go', role } },
});
const APP = { project: 'app' };
const taking = (role: string, where?: { project: string }) => acme.warnings(grant(role, 'olaf', where, true));
const setUp = async () => {
  await acme.say(person('ann'), grant('old', 'olaf'), grant('new', 'nora'), grant('old', 'olaf', APP));
  await acme.deploy(forRole('old'));
};

describe('before the directory changes', () => {
  it('the version that is active in the project is looked at, not the newest', async () => {
    await setUp();
    await acme.deploy(forRole('new'));
    expect(await taking('old')).toEqual([]);
    await acme.activate('Step', 1, 'web');
    expect(await taking('old')).toEqual([
      expect.stringMatching(/^This takes the last old from project web: Step cannot be finished any more\./),
    ]);
    expect(await taking('old', APP)).toEqual([]);
    expect(await acme.warnings(grant('new', 'nora', undefined, true))).toEqual([]);
    expect((await acme.ask('Step')).version).toBe(1);
    expect((await acme.ask('Step', 'app')).version).toBe(2);
  });

  it('so is a version that is followed by open changes of the project alone, until they are done', async () => {
    await setUp();
    const change = await acme.propose('Step', 'app');
    await acme.deploy(forRole('new'));
    expect(await taking('old')).toEqual([]);
    expect(await taking('old', APP)).toEqual([
      expect.stringMatching(
        /^This takes the last old from project app: version 1 of Step, which open changes still follow, cannot/,
      ),
    ]);
    accepted(await acme.runtime().send({ change, trigger: 'go' }, { principal: acme.as('olaf') }));
    expect(await taking('old', APP)).toEqual([]);
  });

  it('open changes of projects in which nothing is granted by name go by what is granted everywhere', async () => {
    await setUp();
    await acme.say(grant('old', 'olga', 'everywhere'));
    await acme.propose('Step', 'lab');
    const away = grant('old', 'olga', 'everywhere', true);
    expect(await acme.warnings(away)).toEqual([
      expect.stringMatching(/^This takes the last old from the tenant: Step cannot be finished any more\./),
    ]);
    await acme.deploy(forRole('new'));
    expect(await acme.warnings(away)).toEqual([
      expect.stringMatching(
        /^This takes the last old from the tenant: version 1 of Step, which open changes/,
      ),
    ]);
  });

  it('a retired workflow is looked at as long as changes follow it', async () => {
    await setUp();
    const change = await acme.propose('Step', 'web');
    await acme.runtime().life.retire(acme.tenant(), 'Step', null, acme.ops());
    expect(await taking('old')).toHaveLength(1);
    accepted(await acme.runtime().send({ change, trigger: 'go' }, { principal: acme.as('olaf') }));
    expect(await taking('old')).toEqual([]);
  });
});
