/** Commits as revisions, from real repositories with everything people put into them. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openRepository, tooOld } from '../../src/vcs/git/repository.ts';
import { commitsBetween, type Revision, readRevisions, resolveCommit } from '../../src/vcs/git/revisions.ts';
import { git, gitFailureOf } from '../../src/vcs/git/run.ts';
import { pathBytes, pathText, unquoted } from '../../src/vcs/paths.ts';
import { lines, makeRepository, runGit, type TestRepository, temporaryDirectory } from './repository.ts';

async function revisionsOf(
  { directory }: Pick<TestRepository, 'directory'>,
  tip = 'HEAD',
): Promise<Revision[]> {
  const repository = await openRepository(directory);
  return readRevisions(repository, await commitsBetween(repository, null, tip));
}

const filesOf = async (made: TestRepository) => (await revisionsOf(made)).at(-1)?.files;
const file = { from: null, oldMode: '100644', mode: '100644', submodule: false, binary: false };

describe('a revision', () => {
  it('says whose it is, which change it belongs to, and when', async () => {
    const made = makeRepository();
    const trailers = 'Change-Id: I1\nDepends-On: I0\nCo-authored-by: Eve  <eve@x.org>\nChange-Id: I2';
    const commit = made.commit({ f: 'x\n' }, `Subject\n\nBody: not a trailer\n\nmore\n\n${trailers}\n`);
    const [revision] = await revisionsOf(made);
    expect(revision).toMatchObject({
      commit,
      parents: [],
      tree: made.git('rev-parse', 'HEAD^{tree}'),
      changeId: 'I2',
      dependsOn: ['I0'],
      author: { name: 'Ada', email: 'ada@example.com' },
      committer: { name: 'Bob', email: 'bob@example.com' },
      coAuthors: [{ name: 'Eve', email: 'eve@x.org' }],
      subject: 'Subject',
      authoredAt: '2024-05-01T10:00:00+02:00',
      committedAt: '2024-05-02T10:00:00+00:00',
    });
    expect(revision?.message).toContain('more');
    expect(revision?.patchId).toBe(
      runGit(made.directory, ['patch-id', '--stable'], `${made.git('show')}\n`).split(' ')[0],
    );
  });

  it('is its own change without a Change-Id', async () => {
    const made = makeRepository();
    const commit = made.commit({ f: 'x\n' });
    expect((await revisionsOf(made))[0]?.changeId).toBe(commit);
  });

  it('lists its files with what became of them, and hunks without context', async () => {
    const made = makeRepository();
    made.commit({
      edited: lines(9),
      gone: 'x\n',
      old: lines(5),
      run: 'x\n',
      link: 'x\n',
      bin: Buffer.from([0]),
    });
    made.git('rm', '--quiet', '--cached', 'link');
    made.git('update-index', '--chmod=+x', 'run');
    const target = made.gitWith('target', 'hash-object', '-w', '--stdin');
    made.git('update-index', '--add', '--cacheinfo', `120000,${target},link`);
    made.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},sub`);
    const blob = (text: string | Buffer) => made.gitWith(text, 'hash-object', '-w', '--stdin');
    for (const [path, content] of [
      ['edited', lines(9, { 2: 'A', 7: 'B\n-- not a header\n+++ nor this' })],
      ['new', '@@ -1 +1 @@\n'],
      ['renamed', lines(5)],
      ['bin', Buffer.from([0, 1])],
    ] as const)
      made.git('update-index', '--add', '--cacheinfo', `100644,${blob(content)},${path}`);
    made.git('rm', '--quiet', '--cached', 'gone', 'old');
    made.git('commit', '--quiet', '-m', 'all');
    expect(await filesOf(made)).toEqual([
      { ...file, path: 'bin', kind: 'modified', binary: true, hunks: [], added: 0, removed: 0 },
      { ...file, path: 'edited', kind: 'modified', hunks: [[2, 1, 2, 1], [7, 1, 7, 3]], added: 4, removed: 2 }, // biome-ignore format: as in the file
      { ...file, path: 'gone', kind: 'deleted', mode: null, hunks: [[1, 1, 0, 0]], added: 0, removed: 1 },
      {
        ...file,
        path: 'link',
        kind: 'modified',
        mode: '120000',
        hunks: [[1, 1, 1, 1]],
        added: 1,
        removed: 1,
      },
      { ...file, path: 'new', kind: 'added', oldMode: null, hunks: [[0, 0, 1, 1]], added: 1, removed: 0 },
      { ...file, path: 'renamed', from: 'old', kind: 'renamed', hunks: [], added: 0, removed: 0 },
      { ...file, path: 'run', kind: 'modified', mode: '100755', hunks: [], added: 0, removed: 0 },
      { ...file, path: 'sub', kind: 'added', oldMode: null, mode: '160000', submodule: true, hunks: [], added: 0, removed: 0 }, // biome-ignore format: as in the file
    ]);
  });

  it('keeps names that are no UTF-8, hold newlines, or look like options', async () => {
    const names = ['--upload-pack=x', '-rf', '$(x)', 'new\nline', `q"uo'te\\`, 'tab\t', 'ü', '100%', 'a%41'];
    const made = makeRepository();
    for (const name of names) writeFileSync(join(made.directory, name), 'x\n');
    writeFileSync(Buffer.concat([Buffer.from(`${made.directory}/`), Buffer.from([0x61, 0xff, 0xfe])]), 'x\n');
    made.commit({});
    const paths = (await filesOf(made))?.map(({ path }) => path) ?? [];
    expect(paths).toContain('a%FF%FE');
    expect(paths).toContain('new%0Aline');
    expect(paths).toContain('a%2541');
    expect(paths).toContain('100%');
    expect(paths.map((path) => pathBytes(path).toString('latin1')).sort()).toEqual(
      [...names.map((name) => Buffer.from(name).toString('latin1')), 'a\xff\xfe'].sort(),
    );
  });

  it('that is empty has no files and no patch, and a merge has what it brings to its first parent', async () => {
    const made = makeRepository();
    const base = made.commit({ f: 'x\n' });
    made.commit({});
    made.git('checkout', '--quiet', '-b', 'side', base);
    made.commit({ side: 'x\n' });
    made.git('checkout', '--quiet', 'main');
    made.git('merge', '--quiet', '--no-ff', '-m', 'merge', 'side');
    const revisions = await revisionsOf(made);
    expect(revisions.find(({ parents }) => parents.length === 2)?.files?.map(({ path }) => path)).toEqual([
      'side',
    ]);
    const empty = revisions.find(({ files }) => files?.length === 0);
    expect(empty).toMatchObject({ patchId: null, files: [] });
  });

  it('reads CRLF as it stands and ten thousand files at once', async () => {
    const made = makeRepository();
    mkdirSync(join(made.directory, 'd'));
    const blob = made.gitWith('a\r\nb\r\n', 'hash-object', '-w', '--stdin');
    const index = Array.from({ length: 10_000 }, (_, at) => `100644 ${blob}\td/${at}\n`).join('');
    made.gitWith(index, 'update-index', '--add', '--index-info');
    made.git('commit', '--quiet', '-m', 'many');
    const files = (await filesOf(made)) ?? [];
    expect(files.length).toBe(10_000);
    expect(files.every(({ added, hunks }) => added === 2 && hunks.length === 1)).toBe(true);
  });

  it('has unknown files where its parents were not fetched', async () => {
    const made = makeRepository();
    made.commit({ f: 'x\n' });
    made.commit({ g: 'x\n' });
    made.commit({ h: 'x\n' });
    const directory = join(temporaryDirectory(), 'shallow');
    runGit('/', ['clone', '--quiet', '--depth=2', `file://${made.directory}`, directory]);
    const files = (await revisionsOf({ directory })).map(
      (revision) => revision.files?.map(({ path }) => path) ?? null,
    );
    expect(files).toEqual([null, ['h']]);
  });
});

describe('git', () => {
  it('takes no name for an option and no program from the environment or the repository', async () => {
    const made = makeRepository();
    made.commit({ f: 'x\n' });
    const mark = join(made.directory, 'ran');
    made.git('config', 'core.fsmonitor', `touch ${mark}`);
    made.git('config', 'diff.external', `touch ${mark}`);
    const repository = await openRepository(made.directory);
    for (const name of ['--upload-pack=touch ran', '-rf', '$(touch ran)', 'a\nb', '', 'a\0b'])
      await expect(resolveCommit(repository, name)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    await readRevisions(repository, [await resolveCommit(repository, 'main')]);
    expect(existsSync(mark) || existsSync(join(made.directory, 'ran'))).toBe(false);
  });

  it('says what is wrong: no repository, no such commit, no git, a git that is too old, too much output', async () => {
    const nowhere = temporaryDirectory();
    await expect(openRepository(nowhere)).rejects.toMatchObject({
      message: expect.stringContaining('not a git repository'),
    });
    const made = makeRepository();
    made.commit({ f: 'x\n' });
    const repository = await openRepository(made.directory);
    await expect(readRevisions(repository, ['HEAD'])).rejects.toMatchObject({
      message: expect.stringContaining('"HEAD"'),
    });
    await expect(readRevisions(repository, ['0'.repeat(40)])).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
    });
    const absent = await git(['version'], { environment: { PATH: nowhere } }).catch(gitFailureOf);
    expect(absent).toMatchObject({ kind: 'absent' });
    const long = await git(['help', '--all'], { limit: 10 }).catch(gitFailureOf);
    expect(long).toMatchObject({ kind: 'too-much-output' });
    expect(tooOld('git version 2.37.7')?.message).toContain('too old');
    expect(tooOld('git version 2.38.0')).toBeUndefined();
    expect(tooOld('git version 3.0.0')).toBeUndefined();
  });
});

describe('the text of a path', () => {
  const bytes = fc.uint8Array({ maxLength: 12 }).map((array) => Buffer.from(array));

  it('leads back to its bytes, whatever they are', () => {
    fc.assert(
      fc.property(bytes, (path) => {
        expect(pathBytes(pathText(path))).toEqual(path);
      }),
    );
    const escapes = fc.stringMatching(/^[%4aF\n]{0,8}$/).map((text) => Buffer.from(text));
    fc.assert(
      fc.property(escapes, (path) => {
        expect(pathBytes(pathText(path))).toEqual(path);
      }),
    );
  });

  it('is the path itself where that is plain text', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zäß/ ."'\\-]*$/u), (text) => {
        expect(pathText(Buffer.from(text))).toBe(text);
      }),
    );
  });

  it('is read from the quotes of git', () => {
    expect(unquoted(Buffer.from(String.raw`"a\n\"\\\303\274\t"`))).toEqual(Buffer.from('a\n"\\ü\t'));
    expect(unquoted(Buffer.from('a b'))).toEqual(Buffer.from('a b'));
  });
});
