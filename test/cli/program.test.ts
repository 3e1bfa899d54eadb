import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/machines/catalog/index.ts';
import { cli, file, only } from './rig.ts';
import { definition } from './samples.ts';

describe('wrong use', () => {
  it.each([
    [['stauts'], /^Unknown command 'stauts'\n\(Did you mean status\?\)\n/],
    [['send', 'k1'], /^Missing required argument 'trigger'\n/],
    [['status', '--limit', 'many'], /whole number from 1 to 200/],
    [['status', '--colour'], /^Unknown option '--colour'\n/],
    [['status', 'a', 'b'], /^Too many arguments for 'status'/],
    [['propose', '--title', 't'], /^Required option '--definition <name>' not specified\n/],
    [['send', 'k1', 'go', '--key', 'ä'], /visible ASCII/],
    [['dev', '--port', '70000'], /whole number from 0 to 65535/],
  ])('%j is exit 2, with what to do', async (argv, message) => {
    const said = await cli(argv);
    expect(said).toMatchObject({ exit: 2, out: '' });
    expect(said.err).toMatch(message);
    expect(said.err).toMatch(/\nAdd --help to see what the command takes\.\n$/);
  });

  it('is one document with --json', async () => {
    const said = await cli(['stauts', '--json']);
    expect(said.exit).toBe(2);
    expect(only(said)).toMatchObject({ error: { code: 'INVALID_INPUT' } });
  });

  it('is no command at all', async () => {
    const said = await cli([]);
    expect(said.exit).toBe(2);
    expect(said.out).toBe('');
    expect(said.err).toContain('import [options] <path>');
  });
});

describe('help', () => {
  it('goes to the standard output, as the version does', async () => {
    const help = await cli(['--help']);
    expect(help).toMatchObject({ exit: 0, err: '' });
    for (const name of ['check', 'deploy', 'definitions', 'propose', 'send', 'approve', 'reject', 'import'])
      expect(help.out).toContain(`\n  ${name} `);
    for (const name of ['status', 'log', 'token', 'tenant', 'serve', 'dev'])
      expect(help.out).toContain(`\n  ${name} `);
    expect(await cli(['--version'])).toMatchObject({ exit: 0, err: '' });
    expect((await cli(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('check', () => {
  it('prints one document for one file and one line each for several', async () => {
    const good = definition('ParallelReview');
    const one = await cli(['check', good, '--json']);
    expect(one.exit).toBe(0);
    expect(only(one)).toEqual({
      sound: true,
      decided: true,
      states: expect.any(Number),
      findings: [],
      provided: [],
    });
    const bad = file('bad.json', JSON.stringify({ ...catalog.BasicApproval, initial: 'Nowhere' }));
    const two = await cli(['check', '--json', good, bad]);
    expect(two.exit).toBe(1);
    const documents = two.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(documents.map((each) => [each.file, each.sound])).toEqual([
      [good, true],
      [bad, false],
    ]);
    expect(documents[1].findings[0]).toMatchObject({
      code: 'UNKNOWN_INITIAL',
      where: { file: bad, line: 1 },
    });
  });

  it('shows people each finding at its place', async () => {
    const bad = file('bad.json', JSON.stringify({ ...catalog.BasicApproval, initial: 'Nowhere' }, null, 2));
    const { out, exit } = await cli(['check', bad]);
    expect(exit).toBe(1);
    expect(out).toMatch(/bad\.json:\d+:\d+ UNKNOWN_INITIAL /);
    expect(out).toMatch(/bad\.json: not sound/);
    expect((await cli(['check', definition('BasicApproval')])).out).toMatch(
      /: sound \(\d+ configurations\)\n$/,
    );
  });

  it('is wrong use where the file is not there', async () => {
    const said = await cli(['check', 'nowhere.toml', '--json']);
    expect(said.exit).toBe(2);
    expect(only(said)).toMatchObject({ error: { code: 'FILE_UNREADABLE' } });
  });
});
