/** OWNERS files as Prow's and Gerrit's documentation describes them. */
import { describe, expect, it } from 'vitest';
import {
  type OwnersOptions,
  ownersLookup,
  parseOwnersFiles,
} from '../../../src/actors/owners/owners-files.ts';

type Files = Readonly<Record<string, string>>;

const parse = (files: Files, format: OwnersOptions['format'], resolve?: OwnersOptions['resolve']) =>
  parseOwnersFiles(new Map(Object.entries(files)), resolve ? { format, resolve } : { format });

function ownerOf(
  files: Files,
  format: OwnersOptions['format'],
  path: string,
): [string, string[]] | undefined {
  const [found] = ownersLookup(parse(files, format))(path);
  return found && [found.name, [...found.members].sort()];
}

function problemsOf(files: Files, format: OwnersOptions['format']): string[] {
  return parse(files, format).problems.map(({ file, line, message }) => `${file}:${line}: ${message}`);
}

describe('OWNERS files of Kubernetes', () => {
  const files = {
    OWNERS:
      'approvers:\n- alice\n- bob # this is a comment\nreviewers:\n- carol\n- sig-foo # this is an alias\n',
    OWNERS_ALIASES: 'aliases:\n  sig-foo:\n  - Dave\n  - erin\n',
    'a/OWNERS': 'approvers: [sig-foo]\nemeritus_approvers: [frank]\n',
    'a/deep/nested/OWNERS': 'options:\n  no_parent_owners: true\napprovers:\n- "@Grace"\n',
    'a/reviewed/OWNERS': 'reviewers: [heidi]\nlabels: [area/x]\n',
    'f/OWNERS': 'filters:\n  ".*":\n    approvers: [ivan]\n  "\\\\.go$":\n    approvers: [judy]\n',
    'g/OWNERS': 'filters:\n  "^sub/":\n    approvers: [kim]\n',
  };
  it.each<[path: string, name: string, owners: string[]]>([
    ['README', 'OWNERS', ['alice', 'bob']],
    ['b/c/d', 'OWNERS', ['alice', 'bob']],
    ['a/x', 'a/OWNERS', ['alice', 'bob', 'dave', 'erin']],
    ['a/OWNERS', 'a/OWNERS', ['alice', 'bob', 'dave', 'erin']],
    ['a/deep/x', 'a/OWNERS', ['alice', 'bob', 'dave', 'erin']],
    ['a/deep/nested/bit/of/code', 'a/deep/nested/OWNERS', ['grace']],
    ['a/reviewed/x', 'a/OWNERS', ['alice', 'bob', 'dave', 'erin']],
    ['f/x.md', 'f/OWNERS', ['alice', 'bob', 'ivan']],
    ['f/y/x.go', 'f/OWNERS (\\.go$)', ['alice', 'bob', 'ivan', 'judy']],
    ['g/sub/x', 'g/OWNERS (^sub/)', ['alice', 'bob', 'kim']],
    ['g/x/sub/x', 'OWNERS', ['alice', 'bob']],
  ])('give %s to the group %s', (path, name, owners) => {
    expect(ownerOf(files, 'kubernetes', path)).toEqual([name, owners]);
    expect(problemsOf(files, 'kubernetes')).toEqual([]);
  });

  it('keep reviewers and former approvers apart from those who approve', () => {
    const [level] = parse(
      { OWNERS: 'approvers: [a]\nreviewers: [b]\nemeritus_approvers: [c]' },
      'kubernetes',
    ).levels;
    expect(level?.entries).toEqual([{ approvers: ['a'], reviewers: ['b'], emeritus: ['c'], alone: false }]);
  });

  it('own nothing where none names an approver', () => {
    expect(ownerOf({ 'a/OWNERS': 'approvers: [x]' }, 'kubernetes', 'b')).toBeUndefined();
    expect(ownerOf({ OWNERS: '' }, 'kubernetes', 'b')).toBeUndefined();
  });

  it.each<[name: string, text: string, problem: RegExp]>([
    ['what is not YAML', 'approvers:\n\t- x', /^OWNERS:2: OWNERS is not YAML/],
    ['nesting without end', '['.repeat(100_000), /nests too much/],
    ['nesting over many lines', '{\n'.repeat(1_000), /nests too much/],
    ['nesting in one line', '- '.repeat(2_000), /a line above 2000 characters/],
    ['nesting that is only deep', `${'['.repeat(400)}${']'.repeat(400)}`, /OWNERS must be a mapping/],
    ['a list for a file', '- alice', /^OWNERS:1: OWNERS must be a mapping/],
    ['a text for a list', 'approvers: alice', /^OWNERS:1: "approvers" must be a list of logins/],
    ['a list in a list', 'approvers:\n- [a]', /^OWNERS:2: "approvers" holds something that is no login/],
    ['an unknown key', 'approvers: [a]\napprover: [b]', /^OWNERS:2: "approver" is no key of an OWNERS file/],
    [
      'filters beside other keys',
      'approvers: [a]\nfilters:\n  x: {approvers: [b]}',
      /^OWNERS:2: "filters" does not count/,
    ],
    [
      'a filter that looks ahead',
      'filters:\n  "(?=x)": {approvers: [b]}',
      /^OWNERS:2: The filter "\(\?=x\)" is no regular expression of RE2/,
    ],
    [
      'a filter too large to compile',
      'filters:\n  "((a{900}){900}){900}": {approvers: [b]}',
      /is no regular expression of RE2/,
    ],
    [
      'an option that is no boolean',
      'options: {no_parent_owners: "no"}',
      /must be true or false; parent owners are kept out/,
    ],
    ['a file too large', `# ${'x'.repeat(200_000)}`, /larger than 128 KiB/],
  ])('say what is wrong with %s', (_name, text, problem) => {
    expect(problemsOf({ OWNERS: text }, 'kubernetes').join('\n')).toMatch(problem);
  });

  it('match a filter in linear time, however it is nested', () => {
    const files = { OWNERS: 'filters:\n  "^(a+)+$": {approvers: [x]}\n' };
    expect(ownerOf(files, 'kubernetes', `${'a'.repeat(4_000)}b`)).toBeUndefined();
    expect(ownerOf(files, 'kubernetes', 'aaaa')?.[1]).toEqual(['x']);
  });
});

describe('OWNERS files of Gerrit and Chromium', () => {
  const files = {
    OWNERS: '# everything\nroot@x.org\n',
    'foo/OWNERS': 'jane@x.org # lead\njohn@x.org\nper-file docs.config,*.md=richard@x.org\n',
    'foo/bar/OWNERS': 'set noparent\nanna@x.org\n',
    'own/OWNERS':
      'jane@x.org\nper-file docs.config,*.{md,txt}=set noparent\nper-file docs.config,*.{md,txt}=rick@x.org, ron@x.org\n',
    'all/OWNERS': '*\n',
    'imp/OWNERS': 'file://team/OWNERS\n',
    'rel/OWNERS': 'file:../team/OWNERS\nper-file BUILD=file:/own/OWNERS\n',
    'inc/OWNERS': 'include /foo/bar/OWNERS\n',
    'team/OWNERS': 'set noparent\nt1@x.org\nfile:/team/more_OWNERS\nper-file x=t3@x.org\n',
    'team/more_OWNERS': 't2@x.org\nfile://team/OWNERS\n',
    'abs/OWNERS': 'per-file /abs/only.txt=o@x.org\n',
  };
  it.each<[path: string, name: string, owners: string[]]>([
    ['x', 'OWNERS', ['root@x.org']],
    ['foo/a.c', 'foo/OWNERS', ['jane@x.org', 'john@x.org', 'root@x.org']],
    [
      'foo/docs.config',
      'foo/OWNERS (docs.config,*.md)',
      ['jane@x.org', 'john@x.org', 'richard@x.org', 'root@x.org'],
    ],
    [
      'foo/sub/a.md',
      'foo/OWNERS (docs.config,*.md)',
      ['jane@x.org', 'john@x.org', 'richard@x.org', 'root@x.org'],
    ],
    ['foo/bar/baz.md', 'foo/bar/OWNERS', ['anna@x.org']],
    ['own/a.txt', 'own/OWNERS (docs.config,*.{md,txt})', ['rick@x.org', 'ron@x.org']],
    ['own/a.c', 'own/OWNERS', ['jane@x.org', 'root@x.org']],
    ['all/x', 'all/OWNERS', ['*', 'root@x.org']],
    ['imp/x', 'imp/OWNERS', ['root@x.org', 't1@x.org', 't2@x.org']],
    ['rel/y', 'rel/OWNERS', ['root@x.org', 't1@x.org', 't2@x.org']],
    ['rel/BUILD', 'rel/OWNERS (BUILD)', ['jane@x.org', 'root@x.org', 't1@x.org', 't2@x.org']],
    ['inc/x', 'inc/OWNERS', ['anna@x.org']],
    ['abs/only.txt', 'abs/OWNERS (/abs/only.txt)', ['o@x.org', 'root@x.org']],
    ['abs/sub/only.txt', 'OWNERS', ['root@x.org']],
  ])('give %s to the group %s', (path, name, owners) => {
    expect(ownerOf(files, 'gerrit', path)).toEqual([name, owners]);
    expect(problemsOf(files, 'gerrit')).toEqual([]);
  });

  it('import what the resolver finds outside of the given files', () => {
    const resolve = (path: string) => (path === 'far/OWNERS' ? 'far@x.org' : undefined);
    const [found] = ownersLookup(parse({ OWNERS: 'file://far/OWNERS' }, 'gerrit', resolve))('x');
    expect(found?.members).toEqual(['far@x.org']);
  });

  it('end where imports go in circles', () => {
    const circle = { 'a/OWNERS': 'include /b/OWNERS\na@x.org', 'b/OWNERS': 'include /a/OWNERS\nb@x.org' };
    expect(ownerOf(circle, 'gerrit', 'a/x')).toEqual(['a/OWNERS', ['a@x.org', 'b@x.org']]);
  });

  it('follow a chain of twenty imports and no longer one', () => {
    const chain = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [
        `${index}/OWNERS`,
        `include /${index + 1}/OWNERS\nu${index}@x.org`,
      ]),
    );
    expect(ownerOf(chain, 'gerrit', '0/x')?.[1]).toHaveLength(21);
    expect(problemsOf(chain, 'gerrit').join('\n')).toMatch(/chain of more than 20 imports/);
  });

  it.each<[line: string, problem: RegExp]>([
    ['jane', /^OWNERS:1: "jane" is neither an email address nor a line of an OWNERS file/],
    ['set parent', /neither an email address/],
    ['per-file *.md', /"per-file" needs globs/],
    ['per-file =a@x.org', /"per-file" needs globs/],
    ['per-file {a,{b,c}}=a@x.org', /braces inside braces/],
    ['per-file [z-a]=a@x.org', /runs backwards/],
    ['file:project:/OWNERS', /no path to an OWNERS file of this repository/],
    ['file://../OWNERS', /no path to an OWNERS file/],
    ['file://missing/OWNERS', /"missing\/OWNERS" does not exist/],
    ['include /missing/OWNERS', /"missing\/OWNERS" does not exist/],
  ])('say what is wrong with "%s"', (line, problem) => {
    expect(problemsOf({ OWNERS: line }, 'gerrit').join('\n')).toMatch(problem);
    expect(problemsOf({ OWNERS: line }, 'gerrit')).toHaveLength(1);
  });
});
