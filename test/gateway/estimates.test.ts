/** Estimates and suggestions over HTTP, on a real database with a small past; and on every transport. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { estimate } from '../../src/gateway/http/estimates.ts';
import { reviewers } from '../../src/gateway/http/reviewers.ts';
import { basicApproval } from '../../src/machines/catalog/basic-approval.ts';
import { cli, fake } from '../cli/rig.ts';
import { type Change, type Process, startProcess, startProcessOf } from '../processes/rig.ts';
import { read } from '../repo/sources.ts';
import { expectProblem, startTestGateway } from './harness.ts';

const HOUR = 3_600_000;
const NOWHERE = '00000000-0000-7000-8000-000000000000';

describe.each(['node', 'uws'] as const)('over %s', (transport) => {
  it('changes that do not exist have neither, and limits are kept', async () => {
    const { gateway, backend, call } = await startTestGateway({ transport });
    const id = backend.addChange('acme', 'web');
    expect(estimate.parse((await call('GET', `/v1/changes/${id}/estimate`)).json)).toMatchObject({
      next_step: null,
      outcome: null,
      why: 'No changes were in Review.',
    });
    const asked = await call('GET', `/v1/changes/${id}/reviewers?limit=50`);
    expect(reviewers.parse(asked.json)).toEqual({ change: id, needs: [] });
    expectProblem(await call('GET', `/v1/changes/${id}/reviewers?limit=51`), 400, 'INVALID_INPUT');
    for (const what of ['estimate', 'reviewers'])
      expectProblem(await call('GET', `/v1/changes/${NOWHERE}/${what}`), 404, 'NOT_FOUND');
    await gateway.close();
  });
});

describe('an estimate', () => {
  const ann = { sub: 'ann', roles: ['developer'] };
  const rob = { sub: 'rob', roles: ['reviewer'] };
  let process: Process;
  let began: number;
  const estimated = async (id: string) =>
    estimate.parse(await process.call(ann, 'GET', `/v1/changes/${id}/estimate`));
  const submitted = async (): Promise<Change> => {
    const change = await process.propose(ann);
    await change.send(ann, 'submit');
    return change;
  };

  beforeAll(async () => {
    process = await startProcessOf(basicApproval as { name: string });
    began = process.clock.now();
  });
  afterAll(() => process.close());

  it('is none, with the reason, while there is no past', async () => {
    const { id } = await submitted();
    expect(await estimated(id)).toEqual({
      change: id,
      at: new Date(began).toISOString(),
      next_step: null,
      outcome: null,
      why: 'No changes were in Review; an estimate takes 10.',
    });
  });

  it('is a range learnt from reviews of this project, counted from now', async () => {
    const past = await Promise.all(Array.from({ length: 12 }, submitted));
    for (const [at, change] of past.entries()) {
      process.clock.moveTo(began + (at + 1) * HOUR);
      await change.send(rob, at % 4 === 3 ? 'reject' : 'approve');
    }
    // The very first one is still open: 12 hours at least.
    const { id } = await submitted();
    const found = await estimated(id);
    expect(found).toMatchObject({
      next_step: { low_ms: 2 * HOUR, likely_ms: 7 * HOUR, high_ms: 12 * HOUR, scope: 'project' },
      outcome: { low_ms: 2 * HOUR, likely_ms: 7 * HOUR, high_ms: 12 * HOUR, like: 'configuration' },
      why: null,
    });
    expect(found.outcome?.by_outcome).toEqual({ approved: 0.692, rejected: 0.231, open: 0.077 });

    process.clock.moveTo(process.clock.now() + 2 * HOUR);
    expect((await estimated(id)).next_step).toMatchObject({ likely_ms: 6 * HOUR, based_on: 11 });
    process.clock.moveTo(process.clock.now() + 4 * HOUR);
    expect((await estimated(id)).why).toBe(
      '7 changes were in Review for longer than 6 hours; an estimate takes 10.',
    );
  });

  it('looks at other projects where this one has no past, and says so', async () => {
    const body = { definition: 'BasicApproval', project: 'new', title: 't' };
    const { id } = await process.call(ann, 'POST', '/v1/changes', body);
    await process.call(ann, 'POST', `/v1/changes/${id}/events`, { trigger: 'submit' });
    expect((await estimated(id)).next_step).toMatchObject({ scope: 'all_projects', low_ms: 2 * HOUR });
  });

  it('looks at earlier versions of the workflow where this one is new', async () => {
    const definition = { ...basicApproval, title: 'Basic approval, renamed' };
    await process.call({ sub: 'root', roles: ['deployer'] }, 'POST', '/v1/definitions', { definition });
    const { id } = await submitted();
    expect((await estimated(id)).next_step).toMatchObject({ scope: 'all_versions', low_ms: 2 * HOUR });
  });

  it('of a closed change is none', async () => {
    const change = await submitted();
    await change.send(rob, 'approve');
    expect((await estimated(change.id)).why).toBe('The change is approved already.');
  });
});

describe('suggested reviewers', () => {
  const ada = { sub: 'ada', roles: ['member'] };
  const rita = { sub: 'rita', roles: ['member'] };
  const remy = { sub: 'remy', roles: ['member'] };
  const alma = { sub: 'alma', roles: ['member', 'approver'] };
  const owners = (file: string) => [
    { name: 'auth/OWNERS', members: ['alma', 'bert', '@org/team'], files: [file] },
  ];
  let process: Process;
  const asked = async (change: Change) => {
    const document = await process.call(ada, 'GET', `/v1/changes/${change.id}/reviewers`);
    const { needs } = reviewers.parse(document);
    return (ballot: string | null) => needs.find((need) => need.ballot === ballot)!;
  };
  const pushed = async (file: string) => {
    const change = await process.propose(ada);
    await change.push(ada, { tree: 't1', files: [file], owners: owners(file) });
    return change;
  };

  beforeAll(async () => {
    process = await startProcess('prow.toml');
    const past = await pushed('auth/token.go');
    await past.send(rita, 'lgtm');
    await past.send(alma, 'approve');
    await past.send(ada, 'close');
    const elsewhere = await pushed('web/page.go');
    await elsewhere.send(remy, 'lgtm');
  });
  afterAll(() => process.close());

  it('are those who know the files, with the numbers and a sentence', async () => {
    const lgtm = (await asked(await pushed('auth/token.go')))('lgtm');
    expect(lgtm).toMatchObject({
      need: 'lgtm: needs 1 approval; has 0',
      triggers: ['lgtm'],
      roles: ['member'],
    });
    const [first, second] = lgtm.suggested;
    expect(first).toMatchObject({
      principal: 'rita',
      knowledge: { score: 1, reviewed: 1, where: 'auth' },
      load: { open_reviews: 0, asked: 0, recent_votes: 1 },
      why: 'reviewed 1 change in auth in the last 60 days; no open review',
    });
    expect(second).toMatchObject({
      principal: 'remy',
      knowledge: { score: 0 },
      load: { open_reviews: 1 },
      why: 'nothing of this in the last 60 days; 1 open review',
    });
  });

  it('are members of the owners that are missing, seen before or not, and no teams', async () => {
    const need = (await asked(await pushed('auth/login.go')))('approve');
    expect(need).toMatchObject({ owners: ['auth/OWNERS'], roles: [] });
    expect(need.suggested.map(({ principal }) => principal)).toEqual(['alma', 'bert']);
    expect(need.suggested[0]).toMatchObject({
      owns: ['auth/OWNERS'],
      knowledge: { score: 0.5, reviewed: 1 },
      why: expect.stringContaining('owner by auth/OWNERS; reviewed 1 change in auth'),
    });
  });

  it('leave out whom the workflow would refuse, in the words they would get', async () => {
    const change = await process.propose(rita);
    await change.push(rita, { tree: 't1', files: ['auth/token.go'], owners: [] });
    const lgtm = (await asked(change))('lgtm');
    expect(lgtm.suggested.map(({ principal }) => principal)).not.toContain('rita');
    expect(lgtm.excluded).toContainEqual({
      principal: 'rita',
      why: expect.stringContaining('rita is the author of this change'),
    });
  });

  it('are not those who approved already', async () => {
    const change = await process.propose(ada);
    const file = 'auth/x.go';
    const both = [
      ...owners(file),
      { name: 'b/OWNERS', members: ['alma', 'bert'], files: [file], required: 2 },
    ];
    await change.push(ada, { tree: 't1', files: [file], owners: both });
    await change.send(alma, 'approve');
    const need = (await asked(change))('approve');
    expect(need.owners).toEqual(['b/OWNERS']);
    expect(need.suggested.map(({ principal }) => principal)).toEqual(['bert']);
    expect(need.excluded).toEqual([{ principal: 'alma', why: 'alma has approved already.' }]);
  });

  it('stand beside other steps that need a role', async () => {
    const change = await pushed('auth/token.go');
    expect((await asked(change))(null)).toMatchObject({ roles: ['bot'], suggested: [] });
    await change.send(ada, 'close');
    const document = await process.call(ada, 'GET', `/v1/changes/${change.id}/reviewers`);
    expect(document.needs).toEqual([]);
  });
});

it('the documents in docs/reviews.md are such as the server sends', () => {
  const [first, second] = [...read('docs/reviews.md').matchAll(/^```json\n([\s\S]*?)^```/gm)].map((block) =>
    JSON.parse(block[1] ?? ''),
  );
  expect(estimate.parse(first)).toEqual(first);
  expect(reviewers.shape.needs.element.parse(second)).toEqual(second);
});

describe('on the command line', () => {
  const range = { low_ms: 2 * HOUR, likely_ms: 30 * HOUR, high_ms: null, based_on: 12, scope: 'project' };
  const answering = async (body: object) => {
    const { server, at } = await fake();
    server.intercept = ({ path }) => ({
      status: 200,
      body: /\/(estimate|reviewers)$/.test(path) ? body : { id: NOWHERE },
    });
    return at;
  };

  it('an estimate says when, how sure, and out of what', async () => {
    const outcome = { ...range, like: 'state', high_ms: 96 * HOUR, by_outcome: { open: 0.1, approved: 0.9 } };
    const at = await answering({ next_step: range, outcome, why: null });
    const said = await cli(['estimate', NOWHERE], at);
    expect(said).toMatchObject({ exit: 0, err: '' });
    expect(said.out).toBe(
      [
        'next step  in about 30h; nine of ten take 2h or more (12 stays in this project)',
        'outcome    in about 30h; 2h to 4d for eight of ten (12 stays in this project)',
        '           approved 90%, not seen to end 10%',
        '',
      ].join('\n'),
    );
  });

  it('what cannot be estimated is said in a sentence', async () => {
    const why = 'No changes were in Review; an estimate takes 10.';
    const at = await answering({ next_step: null, outcome: null, why });
    expect((await cli(['estimate', NOWHERE], at)).out).toBe(`No estimate of either: ${why}\n`);
  });

  it('reviewers stand below what they are asked for, with those who may not', async () => {
    const suggested = [{ principal: 'rita', why: 'reviewed 7 changes in src; no open review' }];
    const excluded = [{ principal: 'ada', why: 'ada is the author of this change.' }];
    const needs = [
      { need: 'Code: needs 2 approvals; has 1', suggested, excluded },
      { need: 'ship → Done', suggested: [], excluded: [] },
    ];
    const { out } = await cli(['reviewers', NOWHERE], await answering({ needs }));
    expect(out.split('\n')).toEqual([
      'Code: needs 2 approvals; has 1',
      'WHO   WHY',
      'rita  reviewed 7 changes in src; no open review',
      'ada   not: ada is the author of this change.',
      '',
      'ship → Done',
      'Nobody is known who could; whoever acts in the role is suggested from then on.',
      '',
    ]);
    expect((await cli(['reviewers', NOWHERE], await answering({ needs: [] }))).out).toBe(
      'Nobody is waited for.\n',
    );
  });
});
