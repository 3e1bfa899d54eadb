/** What is told of people and the past says nothing of restricted projects to those who may not read them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Said } from '../../src/actors/directory/entries.ts';
import { openRig, type Rig } from '../client/rig.ts';
import { startProcessOf } from '../processes/rig.ts';
import { token } from './harness.ts';

const OLGA = { tenant: 'acme', id: 'olga', kind: 'person', roles: ['administrator'] } as const;
const grant = (principal: string, project: string): Said => ({
  kind: 'grant',
  grant: { role: 'reviewer', to: { principal }, in: { project } },
  removed: false,
});
const REVIEWED = {
  name: 'Reviewed',
  roles: ['reviewer'],
  triggers: ['approve'],
  initial: 'Open',
  states: { Open: {}, Done: { final: 'approved' } },
  transitions: { 'Open -> Done': { trigger: 'approve', role: 'reviewer', exclude: 'author' } },
};

describe('of a restricted project', () => {
  let rig: Rig;
  const tokens: Record<string, string> = {};
  const call = async (who: string, method: string, path: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${tokens[who]}`, 'content-type': 'application/json' };
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const answer = await fetch(rig.gateway.url + path, init);
    const text = await answer.text();
    // biome-ignore lint/suspicious/noExplicitAny: tests look into documents of every kind
    return { status: answer.status, text, json: JSON.parse(text) as any };
  };

  beforeAll(async () => {
    rig = await openRig({ transport: 'node' });
    for (const who of ['ann', 'sam']) tokens[who] = await token({ sub: who, roles: ['deployer'] });
    tokens.olga = await token({ sub: 'olga', roles: ['administrator', 'deployer'] });
    const project: Said = { kind: 'project', name: 'secret', value: { restricted: true } };
    const grants = [
      grant('ann', 'core'),
      grant('sam', 'core'),
      grant('sam', 'secret'),
      grant('sly', 'secret'),
    ];
    await rig.runtime.say('acme', [project, ...grants], null, OLGA);
  });
  afterAll(() => rig.close());

  it('nobody is named or counted where staffing is asked for, and nothing when a workflow is deployed', async () => {
    const definition = { ...REVIEWED };
    const deployed = await call('ann', 'POST', '/v1/definitions', { definition });
    expect(deployed.status).toBe(201);
    expect(deployed.text).toContain('in project core');
    expect(deployed.text).not.toMatch(/secret|sly/);
    const title = await call('sam', 'POST', '/v1/definitions', {
      definition: { ...definition, title: 'again' },
    });
    expect(title.text).toContain('in project secret');
    const ask = (who: string, query: string) => call(who, 'GET', `/v1/definitions/Reviewed/staffing${query}`);
    expect((await ask('ann', '?project=secret')).status).toBe(403);
    expect((await ask('sam', '?project=secret')).status).toBe(200);
    for (const query of ['', '?project=core']) {
      const { json, text } = await ask('ann', query);
      expect(text).not.toContain('sly');
      expect(json.authors.all).toBe(3);
      expect((await ask('olga', query)).json.authors.all).toBe(4);
    }
    expect((await ask('ann', '?project=core&away=sly')).json.unknown).toEqual(['sly']);
  });
});

describe('of a restricted project, in a past of some hours', () => {
  it('no change is learnt from, for estimates and for suggested reviewers', async () => {
    const process = await startProcessOf(REVIEWED);
    const rob = { sub: 'rob', roles: ['reviewer'] };
    const ann = { sub: 'ann' };
    const past = await Promise.all(Array.from({ length: 12 }, () => process.propose(ann)));
    process.clock.moveTo(process.clock.now() + 3_600_000);
    for (const change of past) await change.send(rob, 'approve');
    const entries = [{ kind: 'project', name: 'p', value: { restricted: true } }, grant('sam', 'p')];
    await process.call({ sub: 'olga', roles: ['administrator'] }, 'POST', '/v1/directory', { entries });
    const open = { definition: 'Reviewed', project: 'open', title: 't' };
    const { id } = await process.call(ann, 'POST', '/v1/changes', open);
    const ask = (sub: string, what: string) => process.call({ sub }, 'GET', `/v1/changes/${id}/${what}`);
    expect((await ask('sam', 'estimate')).next_step).toMatchObject({ scope: 'all_projects', based_on: 12 });
    // Asked after somebody who may: what is remembered is not shared.
    expect(await ask('ann', 'estimate')).toMatchObject({ next_step: null, outcome: null });
    expect(JSON.stringify(await ask('sam', 'reviewers'))).toContain('"rob"');
    expect(JSON.stringify(await ask('ann', 'reviewers'))).not.toContain('"rob"');
    await process.close();
  });
});
