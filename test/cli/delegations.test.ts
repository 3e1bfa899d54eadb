/** `delegate`, `delegations`, and `--for` of the commands that act. */
import { describe, expect, it } from 'vitest';
import { problem } from './fake-server.ts';
import { cli, fake, only } from './rig.ts';
import { definition } from './samples.ts';

const made = {
  id: '01890000-0000-7000-8000-000000000001',
  from: 'alice',
  to: 'bob',
  roles: ['reviewer', 'lead'],
  project: null,
  starts_at: '2026-11-23T12:00:00.000Z',
  ends_at: '2026-11-30T12:00:00.000Z',
  reason: 'away',
  revoked_at: null,
};

describe('delegate', () => {
  it('sends who may act, as what and until when, and says how to end it', async () => {
    const { server, at } = await fake();
    server.intercept = () => ({ status: 201, body: made });
    const said = await cli(
      ['delegate', 'bob', '--roles', 'reviewer,lead', '--until', '7d', '--reason', 'away'],
      at,
    );
    expect(server.seen.at(-1)).toMatchObject({
      method: 'POST',
      path: '/v1/delegations',
      body: { to: 'bob', roles: ['reviewer', 'lead'], ends_at: '2026-11-30T12:00:00.000Z', reason: 'away' },
    });
    expect(said).toMatchObject({ exit: 0, err: '' });
    expect(said.out).toContain(
      'bob may act for alice as reviewer, lead in all projects, from 2026-11-23 12:00 until 2026-11-30 12:00 UTC.',
    );
    expect(said.out).toContain(`--revoke ${made.id}`);
  });

  it('takes times, a start and a project', async () => {
    const { server, at } = await fake();
    server.intercept = () => ({ status: 201, body: made });
    const argv = ['delegate', 'bob', '--until', '2026-12-24T18:00:00+01:00', '--start', '2d', '--json'];
    expect(only(await cli([...argv, '--project', 'web', '--reason', 'away'], at))).toEqual(made);
    expect(server.seen.at(-1)?.body).toEqual({
      to: 'bob',
      starts_at: '2026-11-25T12:00:00.000Z',
      ends_at: '2026-12-24T17:00:00.000Z',
      project: 'web',
      reason: 'away',
    });
  });

  it('asks for an end, a reason, and times it can read', async () => {
    const { server, at } = await fake();
    expect((await cli(['delegate', 'bob', '--reason', 'x'], at)).err).toContain('--until');
    expect((await cli(['delegate', 'bob', '--until', '7d'], at)).err).toContain('--reason');
    const said = await cli(['delegate', 'bob', '--until', 'friday', '--reason', 'x'], at);
    expect(said.err).toContain('--until is neither a duration nor a time: friday');
    expect(server.seen).toEqual([]);
  });

  it('passes on why the server does not do it', async () => {
    const { server, at } = await fake();
    server.intercept = () => problem(403, 'FORBIDDEN', 'alice cannot give bob the role lead.');
    const said = await cli(['delegate', 'bob', '--until', '7d', '--reason', 'x', '--roles', 'lead'], at);
    expect(said.exit).not.toBe(0);
    expect(said.err).toContain('alice cannot give bob the role lead.');
  });
});

describe('delegations', () => {
  it('are listed with what they give, and when they end or ended', async () => {
    const { server, at } = await fake();
    const revoked = { ...made, project: 'web', revoked_at: '2026-11-24T08:00:00.000Z' };
    server.intercept = () => ({ status: 200, body: { items: [made, revoked], next_cursor: 'c' } });
    const { out } = await cli(['delegations', '--all'], at);
    expect(server.seen.at(-1)).toMatchObject({ path: '/v1/delegations', query: { all: 'true' } });
    expect(out).toMatch(/alice {2}bob {2}reviewer, lead {2}all +2026-11-23 12:00 {2}2026-11-30 12:00/);
    expect(out).toContain('revoked 2026-11-24 08:00');
    expect(out).toContain('More: --cursor c');
  });

  it('says so where there are none', async () => {
    const { server, at } = await fake();
    server.intercept = () => ({ status: 200, body: { items: [], next_cursor: null } });
    expect((await cli(['delegations'], at)).out).toBe('There are no delegations.\n');
  });

  it('are ended by their id', async () => {
    const { server, at } = await fake();
    server.intercept = () => ({ status: 200, body: { ...made, revoked_at: made.starts_at } });
    const { out } = await cli(['delegations', '--revoke', made.id], at);
    expect(server.seen.at(-1)).toMatchObject({ method: 'DELETE', path: `/v1/delegations/${made.id}` });
    expect(out).toBe(`bob does not act for alice by ${made.id} any more.\n`);
  });
});

describe('acting for somebody', () => {
  it('is said with --for, by send and by the votes, which leave it to the server whether one may', async () => {
    const { server, at } = await fake();
    await cli(['deploy', definition('BasicApproval')], at);
    const argv = [
      'propose',
      '--definition',
      'BasicApproval',
      '--project',
      'p',
      '--title',
      'T',
      '--key',
      'k1',
    ];
    await cli(argv, at);
    await cli(['send', 'k1', 'submit', '--for', 'carol'], at);
    expect(server.seen.at(-1)?.body).toEqual({ trigger: 'submit', for: 'carol' });
    server.principal = { id: 'bob', kind: 'person', roles: [] };
    expect((await cli(['approve', 'k1'], at)).err).toContain('MISSING_ROLE');
    await cli(['approve', 'k1', '--for', 'carol'], at);
    expect(server.seen.at(-1)).toMatchObject({
      method: 'POST',
      body: { trigger: 'approve', for: 'carol' },
    });
  });
});
