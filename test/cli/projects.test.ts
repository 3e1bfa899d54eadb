/** Owners and calendars from the command line. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FakeServer } from './fake-server.ts';
import { cli, fake, file, only, scratch } from './rig.ts';

/** A directory with these files. */
function repository(files: Readonly<Record<string, string>>): string {
  const root = scratch();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** Answers every PUT with what it brought. */
function echo(server: FakeServer): void {
  server.intercept = ({ method, body }) =>
    method === 'PUT' ? { status: 200, body: { ...body, set_by: 'olga' } } : undefined;
}

describe('owners set', () => {
  it('sends the one CODEOWNERS file that the host would take', async () => {
    const { server, at } = await fake();
    echo(server);
    const root = repository({ 'docs/CODEOWNERS': '* @b\n', '.github/CODEOWNERS': '* @a\n', OWNERS: 'x' });
    const argv = ['owners', 'set', 'group/web', root, '--reason', 'moved'];
    const said = await cli([...argv, '--format', 'github'], at);
    expect(said).toMatchObject({ exit: 0, err: '' });
    expect(said.out).toBe('The owners of group/web are those of 1 file now (github).\n');
    expect(server.seen.at(-1)).toMatchObject({
      method: 'PUT',
      path: '/v1/projects/group/web/owners',
      body: { format: 'github', files: { '.github/CODEOWNERS': '* @a\n' }, reason: 'moved' },
    });
    await cli([...argv, '--format', 'gitlab'], at);
    expect(server.seen.at(-1)?.body.files).toEqual({ 'docs/CODEOWNERS': '* @b\n' });
  });

  it('sends every OWNERS file by its path, whatever it is called beside that', async () => {
    const { server, at } = await fake();
    echo(server);
    const files = { OWNERS: 'a', OWNERS_ALIASES: 'b', 'lib/deep/OWNERS': 'c', 'COMMON_OWNERS.txt': 'd' };
    const noise = { 'node_modules/x/OWNERS': 'e', '.git/OWNERS': 'f', CODEOWNERS: 'g', 'README.md': 'h' };
    const root = repository({ ...files, ...noise });
    const said = await cli(['owners', 'set', 'p', root, '--format', 'kubernetes', '--json'], at);
    expect(only(said)).toMatchObject({ set_by: 'olga' });
    expect(server.seen.at(-1)?.body.files).toEqual(files);
  });

  it('sends a single file where one is named', async () => {
    const { server, at } = await fake();
    echo(server);
    await cli(['owners', 'set', 'p', file('CODEOWNERS', '* @a'), '--format', 'gitlab'], at);
    expect(server.seen.at(-1)?.body.files).toEqual({ CODEOWNERS: '* @a' });
  });

  it('says what it looked for where there is nothing, and which formats there are', async () => {
    const { server, at } = await fake();
    const said = await cli(['owners', 'set', 'p', scratch(), '--format', 'github'], at);
    expect(said.exit).toBe(2);
    expect(said.err).toContain('has no owners file (.github/CODEOWNERS, CODEOWNERS, docs/CODEOWNERS)');
    expect((await cli(['owners', 'set', 'p', scratch(), '--format', 'gerrit'], at)).exit).toBe(2);
    expect((await cli(['owners', 'set', 'p', '/none', '--format', 'gerrit'], at)).exit).toBe(2);
    const binary = file('CODEOWNERS', new Uint8Array([0xff, 0xfe, 0x00]));
    expect((await cli(['owners', 'set', 'p', binary, '--format', 'github'], at)).exit).toBe(2);
    expect((await cli(['owners', 'set', 'p', scratch(), '--format', 'svn'], at)).err).toContain('kubernetes');
    expect(server.seen).toEqual([]);
  });

  it('shows what the server found wrong, line by line', async () => {
    const { server, at } = await fake();
    const issues = [{ path: 'files.CODEOWNERS:3', message: 'no owner' }];
    const problem = { code: 'INVALID_INPUT', detail: 'One defect.', hint: 'Correct it.', issues };
    server.intercept = () => ({ status: 400, body: { ...problem, status: 400, retryable: false } });
    const said = await cli(['owners', 'set', 'p', file('CODEOWNERS', 'x'), '--format', 'github'], at);
    expect(said).toMatchObject({ exit: 2, out: '' });
    expect(said.err).toContain('files.CODEOWNERS:3: no owner');
  });
});

it('owners show prints the files, and nothing that could steer the terminal', async () => {
  const { server, at } = await fake();
  const owners = {
    project: 'p',
    format: 'kubernetes',
    files: { 'lib/OWNERS': 'approvers:\n- bob\u001b[31m\n' },
    set_by: 'olga',
    reason: 'moved',
    set_at: '2026-11-23T09:30:00.000Z',
  };
  server.intercept = () => ({ status: 200, body: owners });
  const said = await cli(['owners', 'show', 'p'], at);
  expect(said.out).toMatch(
    /^kubernetes, set by olga at 2026-11-23 .*: moved\n\nlib\/OWNERS\napprovers:\n- bob/,
  );
  expect(said.out).not.toContain('\u001b');
  expect(only(await cli(['owners', 'show', 'p', '--json'], at))).toEqual(owners);
});

describe('calendar', () => {
  const calendar = { timeZone: 'UTC', week: { monday: [['09:00', '17:00']] }, holidays: ['2026-12-25'] };

  it('set sends the file, list shows what there is', async () => {
    const { server, at } = await fake();
    echo(server);
    const path = file('berlin.json', JSON.stringify(calendar));
    const said = await cli(['calendar', 'set', 'berlin', path], at);
    expect(said.out).toBe('The calendar berlin counts for timers that are set from now on.\n');
    expect(server.seen.at(-1)).toMatchObject({ path: '/v1/calendars/berlin', body: { calendar } });
    const item = { name: 'berlin', calendar, set_by: 'olga', set_at: '2026-11-23T09:30:00.000Z' };
    server.intercept = () => ({ status: 200, body: { items: [item], next_cursor: null } });
    const listed = await cli(['calendar', 'list'], at);
    expect(listed.out).toMatch(/^CALENDAR .*\nberlin +UTC +1 +2026-11-23/);
  });

  it('set names a file that is no JSON, and sends nothing', async () => {
    const { server, at } = await fake();
    const said = await cli(['calendar', 'set', 'berlin', file('x.json', '{')], at);
    expect(said.exit).toBe(2);
    expect(said.err).toContain('x.json is not JSON');
    expect(server.seen).toEqual([]);
  });
});
