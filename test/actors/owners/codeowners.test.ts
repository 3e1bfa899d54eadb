/** CODEOWNERS as the documentation of GitHub and of GitLab describes it, and globs against a naive matcher. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CodeOwnersDialect,
  codeOwnersLookup,
  parseCodeOwners,
} from '../../../src/actors/owners/codeowners.ts';

const lines = (...all: string[]) => all.join('\n');

function ownersOf(text: string, dialect: CodeOwnersDialect, path: string): string[][] {
  return codeOwnersLookup(parseCodeOwners(text, { dialect }))(path).map(({ members }) => [...members]);
}

function problemsOf(text: string, dialect: CodeOwnersDialect): string[] {
  return parseCodeOwners(text, { dialect }).problems.map(({ line, message }) => `${line}: ${message}`);
}

describe('CODEOWNERS of GitHub', () => {
  const example = lines(
    '# This is a comment.',
    '*       @global-owner1 @global-owner2',
    '*.js    @js-owner #This is an inline comment.',
    '*.go docs@example.com',
    '*.txt @octo-org/octocats',
    '/build/logs/ @doctocat',
    'docs/*  docs@example.com',
    'apps/ @octocat',
    '/docs/ @doctocat',
    '/scripts/ @doctocat @octocat',
    '**/logs @octocat',
    '/apps/ @octocat',
    '/apps/github',
    '/apps/github/important @doctocat',
  );
  it.each<[path: string, owners: string[]]>([
    ['README.md', ['@global-owner1', '@global-owner2']],
    ['lib/.hidden', ['@global-owner1', '@global-owner2']],
    ['lib/a.js', ['@js-owner']],
    ['main.go', ['docs@example.com']],
    ['deep/down/notes.txt', ['@octo-org/octocats']],
    ['build/logs', ['@octocat']],
    ['build/logs/today/x', ['@octocat']],
    ['other/apps/x.bin', ['@octocat']],
    ['docs/getting-started.md', ['@doctocat']],
    ['docs/build-app/troubleshooting.md', ['@doctocat']],
    ['scripts/run', ['@doctocat', '@octocat']],
    ['deeply/nested/logs/a/b', ['@octocat']],
    ['logs', ['@octocat']],
    ['apps/web/x', ['@octocat']],
    ['apps/github', []],
    ['apps/github/x', []],
    ['apps/githubber', ['@octocat']],
    ['apps/github/important/x', ['@doctocat']],
  ])('gives %s to the owners the documentation says', (path, owners) => {
    expect(ownersOf(example, 'github', path)).toEqual(owners.length > 0 ? [owners] : []);
  });

  it.each<[pattern: string, matching: string[], others: string[]]>([
    ['docs/*', ['docs/getting-started.md'], ['docs/build-app/troubleshooting.md', 'x/docs/a']],
    ['docs', ['docs', 'a/docs', 'a/docs/b/c'], ['mydocs', 'docs2/a']],
    ['/docs', ['docs', 'docs/a'], ['a/docs']],
    ['a/b', ['a/b', 'a/b/c'], ['x/a/b']],
    ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b/z'], ['a/xb', 'b']],
    ['/src/**', ['src/a', 'src/a/b'], ['src', 'x/src/a']],
    ['**', ['a', 'a/b'], []],
    ['*.js', ['a.js', 'x/y.js', 'dir.js/file'], ['a.jsx', 'ajs']],
    ['/*.js', ['a.js', 'dir.js/file'], ['x/y.js']],
    ['*test*.ts', ['a.test.ts', 'x/test1.ts'], ['a.tst.ts']],
    ['a?c', ['abc', 'x/a.c'], ['a/c', 'ac']],
    ['with\\ space/', ['with space/a', 'x/with space/b'], ['with space']],
    ['a\\*b', ['a*b'], ['axb']],
    ['a+(b)|{c,d}', ['a+(b)|{c,d}'], ['ab', 'ac']],
    ['😀?', ['😀a', '😀😀'], ['😀']],
  ])('matches %s as gitignore does, with the exceptions it documents', (pattern, matching, others) => {
    const owned = (path: string) => ownersOf(`${pattern} @x`, 'github', path).length > 0;
    expect(matching.filter((path) => !owned(path))).toEqual([]);
    expect(others.filter(owned)).toEqual([]);
  });

  it.each<[line: string, problem: RegExp]>([
    ['!a @x', /start with "!" do not work on GitHub/],
    ['\\#a @x', /start with "\\#" do not work on GitHub/],
    ['[ab] @x', /neither character ranges nor sections/],
    ['a someone', /"someone" is neither "@name" nor an email address; the line was skipped/],
    ['a***b @x', /three asterisks/],
    ['a//b @x', /no name between two slashes/],
    ['/ @x', /no name between two slashes/],
    ['a\\', /lone backslash/],
    [`${'a'.repeat(1001)} @x`, /longer than 1000 characters/],
  ])('skips the line "%s" and says why', (line, problem) => {
    const text = lines('* @all', line);
    expect(problemsOf(text, 'github').join('\n')).toMatch(problem);
    expect(problemsOf(text, 'github')).toHaveLength(1);
    expect(problemsOf(text, 'github')[0]).toMatch(/^2: /);
    expect(ownersOf(text, 'github', 'a')).toEqual([['@all']]);
  });

  it('loads no file above 3 MiB', () => {
    expect(problemsOf('# '.repeat(2_000_000), 'github').join()).toMatch(/larger than 3 MiB/);
  });
});

describe('CODEOWNERS of GitLab', () => {
  it.each<[name: string, text: string, path: string, owners: string[][]]>([
    [
      'a section beside the unnamed one',
      lines(
        '* @admin',
        '[README Owners]',
        'README.md @user1 @user2',
        'internal/README.md @user4',
        '[README other owners]',
        'README.md @user3',
      ),
      'internal/README.md',
      [['@admin'], ['@user4'], ['@user3']],
    ],
    [
      'the first of them at the root',
      lines(
        '* @admin',
        '[README Owners]',
        'README.md @user1 @user2',
        'internal/README.md @user4',
        '[README other owners]',
        'README.md @user3',
      ),
      'README.md',
      [['@admin'], ['@user1', '@user2'], ['@user3']],
    ],
    [
      'default owners of a section',
      lines('[Documentation] @docs-team', 'docs/', 'README.md'),
      'docs/a/b.md',
      [['@docs-team']],
    ],
    [
      'owners that stand before the default',
      lines('[Database] @database-team @agarcia', 'model/db/', 'config/db/database-setup.md @docs-team'),
      'config/db/database-setup.md',
      [['@docs-team']],
    ],
    [
      'sections of one name, in whatever case',
      lines('[Docs]', '*.md @a', '[Ruby]', '*.rb @r', '[DOCS]', 'x.md @b'),
      'x.md',
      [['@b']],
    ],
    [
      'an excluded file',
      lines('* @username', '!pom.xml', '[Ruby]', '*.rb @ruby-team', '!/config/**/*.rb'),
      'pom.xml',
      [],
    ],
    [
      'an exclusion inside one section only',
      lines('* @username', '!pom.xml', '[Ruby]', '*.rb @ruby-team', '!/config/**/*.rb'),
      'config/a/b.rb',
      [['@username']],
    ],
    [
      'what was excluded before',
      lines('* @default-owner', '!*.rb', '/special/*.rb @ruby-owner'),
      'special/x.rb',
      [],
    ],
    [
      'a path with escaped spaces',
      'path\\ with\\ spaces/ @space-owner',
      'x/path with spaces/y',
      [['@space-owner']],
    ],
    ['a path with an escaped #', '\\#file_with_pound.rb @owner', '#file_with_pound.rb', [['@owner']]],
    [
      'roles, groups and addresses',
      'LICENSE @@maintainer @group/with-nested/subgroup janedoe@gitlab.com',
      'LICENSE',
      [['@@maintainer', '@group/with-nested/subgroup', 'janedoe@gitlab.com']],
    ],
    [
      'words that are no owners, which are ignored',
      'LICENSE @legal this does not match janedoe@gitlab.com',
      'LICENSE',
      [['@legal', 'janedoe@gitlab.com']],
    ],
  ])('knows %s', (_name, text, path, owners) => {
    expect(ownersOf(text, 'gitlab', path)).toEqual(owners);
  });

  it.each<[pattern: string, matching: string[], others: string[]]>([
    ['*', ['a', '.a', 'a/b/.c'], []],
    ['/README.md', ['README.md'], ['docs/README.md']],
    ['README.md', ['README.md', 'app/lib/README.md'], ['README.md/x']],
    ['internal/README.md', ['internal/README.md', 'docs/api/internal/README.md'], ['README.md']],
    ['/docs/', ['docs/a', 'docs/a/b'], ['docs', 'x/docs/a']],
    ['/docs', ['docs'], ['docs/a']],
    ['/docs/*', ['docs/index.md'], ['docs/projects/index.md']],
    ['/docs/*.md', ['docs/a.md'], ['docs/a/b.md']],
    ['/docs/index.*', ['docs/index.md', 'docs/index.html'], ['docs/index']],
    ['/docs/*spec*', ['docs/qa_specs.rb', 'docs/runtime.spec'], ['docs/a/spec']],
    ['/docs/*/README.md', ['docs/api/README.md'], ['docs/README.md', 'docs/a/b/README.md']],
    ['/docs/**/index.md', ['docs/index.md', 'docs/api/graphql/index.md'], ['index.md']],
    ['/docs/**', ['docs/a'], ['docs/a/b']],
    ['**/generated/', ['generated/a', 'x/generated/a/b'], ['generated']],
    ['[a-c]x[!0-9]', ['axz', 'q/bxy'], ['dxz', 'ax1', 'ax/']],
    ['x[]a]', ['x]', 'xa'], ['xb']],
  ])('matches %s as the documentation of GitLab says', (pattern, matching, others) => {
    const text = pattern.startsWith('[') ? `/**/${pattern} @x` : `${pattern} @x`;
    const owned = (path: string) => ownersOf(text, 'gitlab', path).length > 0;
    expect(matching.filter((path) => !owned(path))).toEqual([]);
    expect(others.filter(owned)).toEqual([]);
  });

  it.each<[heading: string, required: number]>([
    ['[Docs]', 1],
    ['[Docs][2]', 2],
    ['[Docs][2] @group', 2],
    ['^[Docs]', 0],
    ['^[Docs] @group', 0],
  ])('reads how many must approve from the heading %s', (heading, required) => {
    const read = parseCodeOwners(lines(heading, 'a @x'), { dialect: 'gitlab' });
    expect(read.problems).toEqual([]);
    expect(codeOwnersLookup(read)('a')).toEqual([{ name: 'CODEOWNERS:2', members: ['@x'], required }]);
  });

  it('requires a section that is optional in one place only', () => {
    const text = lines('^[Go]', '*.go @a', '[Go]', '*.mod @b');
    expect(codeOwnersLookup(parseCodeOwners(text, { dialect: 'gitlab' }))('x.go')[0]?.required).toBe(1);
  });

  it.each<[line: string, problem: RegExp]>([
    ['[]', /needs a name/],
    ['[Docs', /needs a name/],
    ['[Docs][2.5] @x', /asks for "2.5" approvals/],
    ['[Docs][0] @x', /asks for "0" approvals/],
    ['^[Docs][2] @x', /is optional, so its number of approvals does not count/],
    ['[Docs] nobody', /"nobody" is neither "@name" nor an email address; the word was ignored/],
    ['a', /nobody owns what it matches/],
    ['a @@guest', /"@@guest" is neither/],
    ['a @x # ask @y', /"@y" is an owner; move the comment away/],
    ['a[z-b] @x', /range in brackets that runs backwards/],
    ['a[bc @x', /opens a "\[" it never closes/],
    ['a[/] @x', /opens a "\[" it never closes/],
  ])('says what is wrong with "%s"', (line, problem) => {
    expect(problemsOf(line, 'gitlab').join('\n')).toMatch(problem);
  });
});

/** A glob matcher that tries everything, for `*`, `?`, `**` as a segment, and plain names. */
function naive(pattern: readonly string[], path: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return path.length === 0;
  if (first === '**') {
    if (rest.length === 0) return path.length > 0;
    return path.some((_, index) => naive(rest, path.slice(index)));
  }
  return path.length > 0 && naiveName(first, path[0] ?? '') && naive(rest, path.slice(1));
}

function naiveName(pattern: string, name: string): boolean {
  if (pattern === '') return name === '';
  if (pattern[0] === '*')
    return Array.from({ length: name.length + 1 }, (_, index) => name.slice(index)).some((rest) =>
      naiveName(pattern.slice(1), rest),
    );
  return (
    name !== '' &&
    (pattern[0] === '?' || pattern[0] === name[0]) &&
    naiveName(pattern.slice(1), name.slice(1))
  );
}

describe('globs', () => {
  const word = (letters: string) =>
    fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 4 }).map((all) => all.join(''));
  const segment = fc.oneof(
    { weight: 4, arbitrary: word('ab.*?') },
    { weight: 1, arbitrary: fc.constant('**') },
  );
  const plain = (text: string) => (text.includes('**') && text !== '**' ? text.replace(/\*+/g, '*') : text);
  const pattern = fc.array(segment.map(plain), { minLength: 2, maxLength: 4 });
  const path = fc.array(word('ab.'), { minLength: 1, maxLength: 4 });

  it('agree with a matcher that tries everything', () => {
    fc.assert(
      fc.property(fc.array(pattern, { minLength: 1, maxLength: 8 }), path, (patterns, names) => {
        const text = patterns.map((segments, index) => `/${segments.join('/')} @o${index}`).join('\n');
        const last = (matches: (segments: readonly string[]) => boolean) => {
          const at = patterns.findLastIndex(matches);
          return at < 0 ? [] : [[`@o${at}`]];
        };
        const joined = names.join('/');
        expect(ownersOf(text, 'gitlab', joined)).toEqual(
          last((segments) =>
            naive(segments.at(-1) === '**' ? [...segments.slice(0, -1), '*'] : segments, names),
          ),
        );
        const below = (segments: readonly string[]) =>
          segments.at(-1) !== '*' &&
          segments.at(-1) !== '**' &&
          names.some((_, index) => naive(segments, names.slice(0, index)));
        expect(ownersOf(text, 'github', joined)).toEqual(
          last((segments) => naive(segments, names) || below(segments)),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('cost no more than a walk along the path, whatever they ask for', () => {
    const text = `${'*a'.repeat(200)}b @x`;
    expect(ownersOf(text, 'gitlab', 'a'.repeat(4_000))).toEqual([]);
  });
});
