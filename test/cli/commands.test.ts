/** Every command that talks to a server, against the fake one. */
import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/machines/catalog/index.ts';
import { refusal } from './fake-server.ts';
import { cli, fake, file, only } from './rig.ts';
import { definition } from './samples.ts';

/** A server with one ParallelReview change that waits for both reviews; alice wrote it, bob and carol review. */
async function underReview() {
  const { server, at } = await fake();
  await cli(['deploy', definition('ParallelReview')], at);
  const argv = [
    'propose',
    '--definition',
    'ParallelReview',
    '--project',
    'p',
    '--title',
    'Be kind',
    '--key',
    'k1',
  ];
  const { id } = only(await cli([...argv, '--json'], at));
  await cli(['send', 'k1', 'submit'], at);
  const as = (name: string, ...roles: string[]) => {
    server.principal = { id: name, kind: 'person', roles };
  };
  as('bob', 'code_reviewer', 'security_reviewer');
  return { server, at, id: String(id), as };
}

describe('deploy and definitions', () => {
  it('deploys once, says so the second time, and lists', async () => {
    const { server, at } = await fake();
    const path = definition('BasicApproval');
    const first = await cli(['deploy', path, '--reason', 'new policy'], at);
    expect(first).toMatchObject({ exit: 0, err: '' });
    expect(first.out).toMatch(/^Deployed BasicApproval v1\. {2}digest [0-9a-f]{12}\n$/);
    expect(server.seen.at(-1)?.body.reason).toBe('new policy');
    expect((await cli(['deploy', path], at)).out).toContain('is this definition already; nothing changed');
    expect((await cli(['definitions'], at)).out).toMatch(/^WORKFLOW .*\nBasicApproval +1 /);
    expect(only(await cli(['definitions', '--json'], at)).items).toHaveLength(1);
  });

  it('does not bother the server with a definition that has defects', async () => {
    const { server, at } = await fake();
    const path = file('bad.json', JSON.stringify({ ...catalog.BasicApproval, initial: 'Nowhere' }));
    const said = await cli(['deploy', path], at);
    expect(said.exit).toBe(1);
    expect(said.err).toContain('bad.json:1:');
    expect(said.err).toContain('UNKNOWN_INITIAL');
    expect(server.seen).toEqual([]);
  });
});

describe('propose and send', () => {
  it('proposes a change and says what may happen next', async () => {
    const { at } = await fake();
    await cli(['deploy', definition('BasicApproval')], at);
    const argv = ['propose', '--definition', 'BasicApproval', '--project', 'p', '--title', 'Be kind'];
    const said = await cli(argv, at);
    expect(said.out).toMatch(/^[0-9a-f-]{36} {2}Recorded {2}Be kind\nYou may next: submit\n$/);
  });

  it('sends an event with reason, data, version and key', async () => {
    const { server, at, id } = await underReview();
    const more = ['--reason', 'fine', '--event-data', '{"build":42}', '--version', '2', '--key', 'mine'];
    const said = await cli(['send', id, 'code_approve', ...more], at);
    expect(said.out).toMatch(/^code_approve: code: pending → approved {2}version 3, seq \d+\n$/);
    expect(server.seen.at(-1)).toMatchObject({
      body: { trigger: 'code_approve', reason: 'fine', data: { build: 42 } },
      headers: { 'if-match': '"2"', 'idempotency-key': 'mine', authorization: 'Bearer secret-token' },
    });
  });

  it('answers a refusal with exit 1, the code and what is accepted', async () => {
    const { at } = await underReview();
    const said = await cli(['send', 'k1', 'resubmit'], at);
    expect(said).toMatchObject({ exit: 1, out: '' });
    expect(said.err).toMatch(/^refused \(NOT_ENABLED\): .*\naccepted now: .*code_approve/);
    const json = await cli(['send', 'k1', 'resubmit', '--json'], at);
    expect(json.exit).toBe(1);
    expect(only(json)).toMatchObject({ refusal: { code: 'NOT_ENABLED' } });
    const stale = await cli(['send', 'k1', 'code_approve', '--version', '1'], at);
    expect(stale.err).toContain('STALE_VERSION');
  });

  it('finds a change by its key, and asks for the project where several have it', async () => {
    const { at } = await underReview();
    const argv = [
      'propose',
      '--definition',
      'ParallelReview',
      '--project',
      'q',
      '--title',
      't',
      '--key',
      'k1',
    ];
    await cli(argv, at);
    const several = await cli(['send', 'k1', 'code_approve'], at);
    expect(several.exit).toBe(2);
    expect(several.err).toContain('Several changes have the key "k1", in p, q.\nName one with --project');
    expect((await cli(['send', 'k1', 'code_approve', '--project', 'p'], at)).exit).toBe(0);
    const none = await cli(['send', 'k9', 'code_approve'], at);
    expect(none).toMatchObject({ exit: 2 });
    expect(none.err).toContain('no change with the id or key "k9"');
  });

  it('refuses data that is not JSON before anything is sent', async () => {
    const { server, at } = await fake();
    const said = await cli(['send', 'k1', 'go', '--event-data', '{'], at);
    expect(said.exit).toBe(2);
    expect(server.seen).toEqual([]);
  });
});

describe('approve and reject', () => {
  it('asks which region where the caller may approve several', async () => {
    const { server, at } = await underReview();
    const sent = server.seen.length;
    const said = await cli(['approve', 'k1'], at);
    expect(said.exit).toBe(2);
    expect(said.err).toContain('security_approve (--region security), code_approve (--region code)');
    expect(server.seen.slice(sent).every(({ method }) => method === 'GET')).toBe(true);
  });

  it('sends the one that fits, on the version that was seen', async () => {
    const { server, at, as } = await underReview();
    expect((await cli(['approve', 'k1', '--region', 'code'], at)).out).toMatch(
      /^code_approve: code: pending → /,
    );
    as('carol', 'security_reviewer');
    const said = await cli(['approve', 'k1'], at);
    expect(said.out).toMatch(/^security_approve: Review → Approved/);
    expect(server.seen.at(-1)?.headers['if-match']).toBe('"3"');
  });

  it('says why where the caller may not, and what there is instead', async () => {
    const { at, as } = await underReview();
    as('alice', 'code_reviewer');
    const own = await cli(['approve', 'k1', '--region', 'code'], at);
    expect(own.exit).toBe(1);
    expect(own.err).toContain('refused (SELF_APPROVAL)');
    const nowhere = await cli(['approve', 'k1', '--region', 'qa'], at);
    expect(nowhere.exit).toBe(1);
    expect(nowhere.err).toContain('nothing to approve in region "qa"');
    expect(nowhere.err).toContain('accepted now: security_approve');
  });

  it('rejects with the reason that is required, and not without', async () => {
    const { at, as } = await underReview();
    as('carol', 'security_reviewer');
    const bare = await cli(['reject', 'k1'], at);
    expect(bare.exit).toBe(1);
    expect(bare.err).toContain('REASON_REQUIRED');
    const said = await cli(['reject', 'k1', '--reason', 'leaks keys', '--json'], at);
    expect(only(said)).toMatchObject({ event: 'security_reject', outcome: 'rejected' });
    const closed = await cli(['reject', 'k1', '--reason', 'again'], at);
    expect(closed.exit).toBe(1);
    expect(closed.err).toContain('refused (CHANGE_CLOSED)');
  });

  it('passes on what the server says when the change has moved on meanwhile', async () => {
    const { server, at } = await underReview();
    server.intercept = ({ path }) =>
      path.endsWith('/events') ? refusal('STALE_VERSION', 'The change is at version 9.', ['9']) : undefined;
    const said = await cli(['approve', 'k1', '--region', 'code'], at);
    expect(said.exit).toBe(1);
    expect(said.err).toContain('The change is at version 9.');
  });
});

describe('status', () => {
  it('shows one change with its regions, and for whom each trigger is', async () => {
    const { at, as, id } = await underReview();
    as('carol', 'security_reviewer');
    const { out } = await cli(['status', 'k1'], at);
    expect(out).toContain(`Be kind\nchange      ${id}\n`);
    expect(out).toMatch(/\nstate {7}Review\n {2}security {2}pending\n {2}code {6}pending\n/);
    expect(out).toMatch(/\nsecurity_approve .*security_reviewer, not the author +you may\n/);
    expect(out).toMatch(/\ncode_approve .*not you: .*needs the role code_reviewer/);
    expect(only(await cli(['status', id, '--json'], at))).toMatchObject({ id, version: 2 });
  });

  it('lists changes under how many there are', async () => {
    const { server, at } = await underReview();
    const { out } = await cli(['status', '--project', 'p', '--state', 'Review.*', '--limit', '5'], at);
    expect(out).toMatch(
      /^1 change: 1 open\n\nCHANGE +STATE .*\nk1 +Review \(security: pending, code: pending\) +alice /,
    );
    expect(server.seen.at(-1)?.query).toMatchObject({ project: 'p', state: 'Review.*' });
    expect(only(await cli(['status', '--json'], at))).toMatchObject({ outcomes: { open: 1 } });
    expect((await cli(['status', '--project', 'none'], at)).out).toBe('No changes.\n');
  });

  it('does not let titles steer the terminal', async () => {
    const { at } = await underReview();
    const title = 'x\x1b]0;owned\x07\u202ey';
    await cli(['propose', '--definition', 'ParallelReview', '--project', 'p', '--title', title], at);
    const { out } = await cli(['status'], at);
    for (const character of ['\x1b', '\x07', '\u202e']) expect(out).not.toContain(character);
  });
});

describe('log', () => {
  it('reads as what happened, of a change or of the tenant', async () => {
    const { at } = await underReview();
    await cli(['approve', 'k1', '--region', 'code'], at);
    await cli(['send', 'k1', 'resubmit'], at);
    const { out } = await cli(['log', 'k1'], at);
    expect(out.split('\n').map((line) => line.replace(/ {2,}/g, '  '))).toEqual([
      'SEQ  TIME (UTC)  WHO  EVENT  WHAT',
      '1  2026-11-23 12:00  alice  proposed  Recorded',
      '2  2026-11-23 12:00  alice  submit  Recorded → Review (security: pending, code: pending)',
      '3  2026-11-23 12:00  bob  code_approve  code: pending → approved',
      '4  2026-11-23 12:00  bob  resubmit  refused NOT_ENABLED: "resubmit" is not enabled.',
      '',
    ]);
    const page = only(await cli(['log', '--tenant', '--after', '1', '--limit', '2', '--json'], at));
    expect(page.items?.map(({ seq }) => seq)).toEqual([2, 3]);
    expect(page.next_after).toBe(3);
  });

  it('reads page after page', async () => {
    const { server, at, id } = await underReview();
    for (let n = 0; n < 450; n += 1) {
      const held = server.runtime.changes.get(id);
      if (held) server.runtime.send(held, { trigger: 'resubmit' }, server.principal);
    }
    expect(only(await cli(['log', 'k1', '--json'], at)).items).toHaveLength(452);
  });

  it('is of a change or of the tenant, not of both or neither', async () => {
    const { at } = await fake();
    expect((await cli(['log'], at)).exit).toBe(2);
    expect((await cli(['log', 'k1', '--tenant'], at)).exit).toBe(2);
  });
});

describe('tenant', () => {
  it('is created and listed', async () => {
    const { server, at } = await fake();
    expect(await cli(['tenant', 'create', 'acme', '--title', 'Acme'], at)).toMatchObject({
      exit: 0,
      out: 'Created the tenant acme.\n',
    });
    expect(server.seen.at(-1)?.body).toEqual({ tenant: 'acme', title: 'Acme' });
    expect((await cli(['tenant', 'list'], at)).out).toBe('TENANT   TITLE\ndefault  Default\n');
    expect(only(await cli(['tenant', 'list', '--json'], at)).items).toHaveLength(1);
  });
});
