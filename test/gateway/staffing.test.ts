/** Staffing over HTTP, with a real runtime and a real database: asked for, and told before the last of a role leaves. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/actors/clock.ts';
import { Runtime } from '../../src/actors/runtime.ts';
import { Hub } from '../../src/gateway/hub.ts';
import { type Gateway, startGateway } from '../../src/gateway/server.ts';
import { createLogger } from '../../src/log.ts';
import { ManualClock } from '../actors/clock.ts';
import { Alarms, START, TENANT } from '../actors/rig.ts';
import { cli, file, only } from '../cli/rig.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { KEY, token } from './harness.ts';

const RELEASE = {
  name: 'ReleaseApproval',
  roles: ['developer', 'security_reviewer'],
  triggers: ['submit', 'approve'],
  ballots: {
    release: {
      title: 'Release',
      in: 'Review',
      role: 'security_reviewer',
      exclude: 'author',
      cast: { approve: 'approve' },
    },
  },
  initial: 'Draft',
  states: { Draft: {}, Review: {}, Approved: { final: 'approved' } },
  transitions: {
    'Draft -> Review': { trigger: 'submit', role: 'developer' },
    'Review -> Approved': { when: 'ballots.release.passed' },
  },
};
const WEB = { project: 'web' };
const grant = (role: string, name: string, removed = false) => ({
  kind: 'grant',
  grant: { role, to: { principal: name }, in: WEB },
  removed,
});

let database: TestDatabase;
let runtime: Runtime;
let gateway: Gateway;
let administrator = '';
beforeAll(async () => {
  database = await testDatabase();
  const { store } = database;
  await store.createTenant({ tenant: TENANT, title: 'Acme', createdAt: START });
  const log = createLogger('silent');
  const clock = new ManualClock(START);
  const hub = new Hub({ store, log, pollMs: 60_000 });
  runtime = new Runtime({ store, clock, newId, scheduler: new Alarms(), publisher: hub, log });
  gateway = await startGateway({ backend: runtime, hub, log, auth: { key: KEY }, transport: 'node' });
  administrator = await token({ sub: 'adam', roles: ['administrator', 'deployer'] });
});
afterAll(async () => {
  await gateway.close();
  await runtime.close();
  await database.drop();
});

async function call(method: string, path: string, body?: unknown) {
  const response = await fetch(gateway.url + path, {
    method,
    headers: {
      authorization: `Bearer ${administrator}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: JSON.parse(await response.text()) };
}
const say = (entries: unknown[], query = '') => call('POST', `/v1/directory${query}`, { entries });
const deploy = (definition: object, more: object = {}) =>
  call('POST', '/v1/definitions', { definition, ...more });
const positionOf = async () => (await call('GET', '/v1/directory/history?limit=1')).json.items[0].seq;

describe('staffing over HTTP', () => {
  it('answers for a project, without those who are away, and as far as it was asked', async () => {
    await say(['ann', 'bob'].map((name) => grant('developer', name)));
    await say(['sam', 'sue'].map((name) => grant('security_reviewer', name)));
    expect((await deploy(RELEASE)).json.warnings.map(({ message }: { message: string }) => message)).toEqual([
      expect.stringMatching(
        /^IRREPLACEABLE: "Release" of ReleaseApproval in project web .* without sam changes of sue/,
      ),
      expect.stringMatching(/^IRREPLACEABLE: .* without sue changes of sam/),
    ]);
    const path = '/v1/definitions/ReleaseApproval/staffing';
    const { json } = await call('GET', `${path}?project=web&k=2`);
    expect(json).toMatchObject({
      staffed: true,
      decided: true,
      authors: { served: 5, all: 5 },
      irreplaceable: ['sam', 'sue'],
      resilience: { holds: 0, asked: 2 },
      unknown: [],
    });
    expect((await call('GET', `${path}?project=web&away=sam,nemo&k=0`)).json).toMatchObject({
      staffed: false,
      unknown: ['nemo'],
      resilience: { holds: 0, asked: 0, broken: null },
      findings: [{ code: 'UNSTAFFED', people: ['sue'], authors: ['sue'], roles: ['security_reviewer'] }],
    });
    expect((await call('GET', path)).json).toMatchObject({ project: null, authors: { served: 0 } });
    expect((await call('GET', '/v1/definitions/Nothing/staffing')).status).toBe(404);
    expect((await call('GET', `${path}?k=9`)).status).toBe(400);
  });

  it('warns with the entry that takes the last of a role, and only shows it in a dry run', async () => {
    const entries = ['sam', 'sue'].map((name) => grant('security_reviewer', name, true));
    const before = await positionOf();
    const dry = await say(entries, '?dry_run=true');
    expect(dry.json.warnings).toEqual([
      {
        code: 'UNSTAFFED',
        definition: 'ReleaseApproval',
        project: 'web',
        message: expect.stringMatching(
          /^This takes the last security_reviewer from project web: ReleaseApproval cannot be finished any more\. /,
        ),
      },
    ]);
    expect(dry.json.seq).toBe(before);
    expect(await positionOf()).toBe(before);
    expect((await say([...entries, ...entries], '?dry_run=true')).status).toBe(400);
    const real = await say(entries);
    expect(real.json).toEqual({ seq: before + 2, warnings: dry.json.warnings });
    // Said already: nothing gets lost by saying it again.
    expect((await say(entries)).json.warnings).toEqual([]);
  });

  it('refuses to deploy what nobody can finish, where that is asked for', async () => {
    const other = { ...RELEASE, name: 'Other' };
    const refused = await deploy(other, { strict_staffing: true });
    expect(refused.status).toBe(422);
    expect(refused.json.detail).toMatch(
      /The people of the tenant cannot finish it: "Release" of Other in project web/,
    );
    const deployed = await deploy(other);
    expect(deployed.status).toBe(201);
    expect(deployed.json.warnings[0].message).toMatch(/^UNSTAFFED: .* nobody can give that/);
  });
});

describe('staffing of owners over HTTP', () => {
  it('names whoever alone owns a pattern, and who may not be away, and warns before the last of them leaves', async () => {
    const OWN = { project: 'own' };
    const reviewer = (name: string) => ({
      kind: 'grant',
      grant: { role: 'security_reviewer', to: { principal: name }, in: OWN },
      removed: false,
    });
    const team = (...members: string[]) => ({ kind: 'group', name: 'acme/pay', value: { members } });
    await say([...['alice', 'bea', 'cleo', 'dan'].map(reviewer), team('alice', 'bea')]);
    const operator = await token({ sub: 'oscar', roles: ['operator'] });
    const owners = await fetch(`${gateway.url}/v1/projects/own/owners`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${operator}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        format: 'github',
        files: { CODEOWNERS: '/src/pay/ @acme/pay\n/docs/ @cleo @dan @alice @bea\n' },
      }),
    });
    expect(owners.status).toBe(200);
    const release = { ...RELEASE.ballots.release, exclude: undefined, needs: [{ each: 'owners' }] };
    const transitions = { ...RELEASE.transitions, 'Draft -> Review': { trigger: 'submit' } };
    const definition = { ...RELEASE, name: 'Owned', ballots: { release }, transitions };
    expect((await deploy(definition)).status).toBe(201);
    const ask = async (k: number) =>
      (await call('GET', `/v1/definitions/Owned/staffing?project=own&k=${k}`)).json;
    expect(await ask(2)).toMatchObject({
      staffed: true,
      decided: true,
      irreplaceable: [],
      resilience: {
        holds: 1,
        broken: {
          away: ['alice', 'bea'],
          message: expect.stringContaining(
            'no change that touches src/pay/** (owners CODEOWNERS:1) can be finished',
          ),
        },
      },
    });
    await say([team('alice')]);
    expect(await ask(1)).toMatchObject({
      staffed: true,
      irreplaceable: ['alice'],
      findings: [
        {
          code: 'IRREPLACEABLE',
          people: ['alice'],
          place: '"Release", owners CODEOWNERS:1',
          message: expect.stringContaining(
            'alice is the only owner of src/pay/** who may: without alice no change that touches src/pay/**',
          ),
        },
      ],
    });
    expect((await deploy({ ...definition, title: 'again' })).json.warnings).toContainEqual({
      path: 'ballots/release',
      message: expect.stringContaining('IRREPLACEABLE: '),
    });
    const dry = await say([team()], '?dry_run=true');
    expect(dry.json.warnings).toMatchObject([{ code: 'UNSTAFFED', definition: 'Owned', project: 'own' }]);
    await say([{ ...reviewer('alice'), removed: true }]);
    expect((await ask(1)).staffed).toBe(false);
    const gone = ['alice', 'bea', 'cleo', 'dan'].map((name) => ({ ...reviewer(name), removed: true }));
    await say([...gone, { ...team(), value: null }]);
  });
});

describe('staffing on the command line', () => {
  const at = () => ({ env: { COUNTERSIGN_URL: gateway.url, COUNTERSIGN_TOKEN: administrator } });

  it('shows what is missing, and exits 1 where somebody is', async () => {
    await say(['sam', 'sue', 'tim'].map((name) => grant('security_reviewer', name)));
    const all = await cli(['staffing', 'ReleaseApproval', '--project', 'web', '--resilience', '2'], at());
    expect(all.exit).toBe(0);
    expect(all.out).toContain('ReleaseApproval v1 in web can be finished, whoever writes the change.');
    expect(all.out).toContain('It still holds with any one person away, not with 2: With ');
    const away = ['staffing', 'ReleaseApproval', '--project', 'web', '--away', 'sam,sue,tim'];
    expect(await cli(away, at())).toMatchObject({
      exit: 1,
      out: expect.stringContaining('UNSTAFFED "Release"'),
    });
    expect(only(await cli([...away, '--json'], at()))).toMatchObject({
      staffed: false,
      name: 'ReleaseApproval',
    });
  });

  it('warns where a directory file is applied, in a dry run too', async () => {
    const path = file('directory.toml', '[principals]\nann = {}\n');
    const dry = await cli(['directory', 'apply', path, '--prune', '--dry-run'], at());
    expect(dry).toMatchObject({ exit: 0, err: expect.stringContaining('warning: This takes the last') });
    expect(dry.out).toContain('would be said.');
    const said = await cli(['directory', 'apply', path, '--prune', '--json'], at());
    expect(only(said)).toMatchObject({
      applied: true,
      warnings: expect.arrayContaining([expect.anything()]),
    });
  });

  it('refuses a strict deployment that nobody could finish', async () => {
    await say([grant('developer', 'ann')]);
    const path = file('other.json', JSON.stringify({ ...RELEASE, name: 'Third' }));
    const strict = await cli(['deploy', path, '--strict-staffing'], at());
    expect(strict).toMatchObject({ exit: 1, err: expect.stringContaining('cannot finish it') });
    const loose = await cli(['deploy', path], at());
    expect(loose).toMatchObject({ exit: 0, err: expect.stringContaining('UNSTAFFED: ') });
  });
});
