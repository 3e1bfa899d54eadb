/** Repositories as nobody wishes them: what is read of them is told in sentences or exactly, and nothing else happens. */
import { describe, expect, it, vi } from 'vitest';
import { parseDiff } from '../../src/actors/contents/parse-diff.ts';
import { identified } from '../../src/cli/recording/change-ids.ts';
import { factsOf } from '../../src/cli/recording/facts.ts';
import { rangeOf } from '../../src/cli/recording/range.ts';
import { diffOf } from '../../src/vcs/git/content.ts';
import { openRepository } from '../../src/vcs/git/repository.ts';
import { readRevisions } from '../../src/vcs/git/revisions.ts';
import { makeRepository } from './repository.ts';

vi.setConfig({ testTimeout: 60_000 });

/** A commit written byte for byte. */
function rawCommit({ git, gitWith }: ReturnType<typeof makeRepository>, message: string | Buffer): string {
  const head = `tree ${git('rev-parse', 'HEAD^{tree}')}\nparent ${git('rev-parse', 'HEAD')}\nauthor A <a@x> 1 +0000\ncommitter A <a@x> 1 +0000\n\n`;
  const object = Buffer.concat([Buffer.from(head), Buffer.from(message)]);
  return gitWith(object, 'hash-object', '-t', 'commit', '-w', '--stdin', '--literally');
}

describe('a commit', () => {
  it('with a message of 1 MB, or one that looks like separators, keeps its Change-Id and a short title', async () => {
    const made = makeRepository();
    made.commit({ f: 'x\n' });
    const repository = await openRepository(made.directory);
    const long = rawCommit(made, `${'x'.repeat(1_000_000)}\n\nChange-Id: I1\n`);
    const odd = rawCommit(made, 'a\x1fb\x01c\n\nbody\n\nChange-Id: I2\x1fI3\nChange-Id: I4\n');
    const [first, second] = await readRevisions(repository, [long, odd]);
    expect(first).toMatchObject({ changeId: 'I1', commit: long });
    expect(second).toMatchObject({ changeId: 'I4', subject: 'a b c' });
  });

  it('with a NUL in its message is read up to it, and the commits around it are themselves', async () => {
    const made = makeRepository();
    const before = made.commit({ f: 'x\n' }, 'before\n\nChange-Id: I0\n');
    const repository = await openRepository(made.directory);
    const cut = rawCommit(made, 'cut\0here\n\nChange-Id: I9\n');
    const read = await readRevisions(repository, [cut, before]);
    expect(read.map(({ commit, subject }) => [commit, subject])).toEqual([
      [cut, 'cut'],
      [before, 'before'],
    ]);
  });

  it('says what it is based on, and a root that it is based on nothing', async () => {
    const made = makeRepository();
    const root = made.commit({ f: 'x\n' });
    const next = made.commit({});
    const repository = await openRepository(made.directory);
    const [one, other] = await readRevisions(repository, [root, next]);
    expect(factsOf(one!, [], null)).not.toHaveProperty('base');
    expect(factsOf(other!, [], null)).toMatchObject({ base: root, files: [], lines: 0 });
  });

  it('of names, links, modes, modules and CRLF that nobody chose in earnest has a diff that can be stored', async () => {
    const made = makeRepository();
    made.commit({ f: 'a\r\nb\r\n', run: 'x\n' });
    const blob = made.gitWith('x\n', 'hash-object', '-w', '--stdin');
    const names = [
      '-rf',
      '--help',
      'a "quoted" b',
      'new\nline',
      'tab\t',
      'back\\slash',
      '%41',
      ' b/x',
      'x b/x',
    ];
    const index = names.map((name) => `100644 ${blob}\t${name}\0`).join('');
    made.gitWith(index, 'update-index', '-z', '--index-info');
    made.gitWith(
      Buffer.concat([Buffer.from(`100644 ${blob}\t`), Buffer.from([0xff, 0xfe, 0x0a]), Buffer.from('\0')]),
      ...['update-index', '-z', '--index-info'],
    );
    made.git('update-index', '--chmod=+x', 'run');
    made.git('update-index', '--add', '--cacheinfo', `120000,${blob},link`);
    made.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},module`);
    made.git(
      'update-index',
      '--cacheinfo',
      `100644,${made.gitWith('a\nb\r\n', 'hash-object', '-w', '--stdin')},f`,
    );
    made.git('commit', '--quiet', '-m', 'all');
    const repository = await openRepository(made.directory);
    const [revision] = await readRevisions(repository, [made.git('rev-parse', 'HEAD')]);
    const parsed = parseDiff((await diffOf(repository, revision!, { binary: true, limit: 1e6 }))!);
    if (!parsed.ok) throw new Error(`${parsed.line}: ${parsed.message}`);
    const paths = (all: readonly { path: string }[]) => all.map(({ path }) => path).sort();
    expect(paths(parsed.files)).toEqual(paths(revision?.files ?? []));
    expect(parsed.files).toHaveLength(names.length + 5);
  });
});

describe('a range', () => {
  it.each([
    [
      'an unborn branch',
      (made: ReturnType<typeof makeRepository>) => made.git('switch', '-q', '--orphan', 'new'),
    ],
  ])('of %s is refused in a sentence', async (_, arrange) => {
    const made = makeRepository();
    made.commit({ f: 'x\n' });
    arrange(made);
    const repository = await openRepository(made.directory);
    await expect(rangeOf(repository, undefined, 'main')).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: 'The repository has no commit "HEAD".',
    });
  });

  it('with one Change-Id in two commits names both, and nothing is rewritten', async () => {
    const made = makeRepository();
    const base = made.commit({ f: 'x\n' });
    const [one, two] = ['1', '2'].map((text) => made.commit({ f: text }, `x\n\nChange-Id: I1\n`));
    const repository = await openRepository(made.directory);
    await expect(rangeOf(repository, base)).rejects.toMatchObject({
      message: `${one?.slice(0, 12)} and ${two?.slice(0, 12)} have the same Change-Id I1, and a change has one commit.`,
    });
    expect(made.git('rev-parse', 'HEAD')).toBe(two);
  });

  it('on a detached HEAD is recorded where all have names, and refused where one has none', async () => {
    const made = makeRepository();
    const base = made.commit({ f: 'x\n' });
    made.git('switch', '--quiet', '--detach');
    made.commit({ f: '1\n' }, 'x\n\nChange-Id: I1\n');
    const repository = await openRepository(made.directory);
    const named = await rangeOf(repository, base);
    expect((await identified(repository, named, true)).rewritten).toBeNull();
    made.commit({ f: '2\n' }, 'nameless');
    await expect(identified(repository, await rangeOf(repository, base), true)).rejects.toThrow(
      'HEAD is detached',
    );
  });

  it('is refused where a commit has no subject for a Change-Id to stand under, and nothing moves', async () => {
    const made = makeRepository();
    const base = made.commit({ f: 'x\n' });
    made.git('switch', '--quiet', '-c', 'work');
    made.git('commit', '--quiet', '--allow-empty', '--allow-empty-message', '-m', '');
    const silent = made.git('rev-parse', 'HEAD');
    made.commit({ f: '1\n' }, 'named');
    const tip = made.git('rev-parse', 'HEAD');
    const repository = await openRepository(made.directory);
    await expect(identified(repository, await rangeOf(repository, base), true)).rejects.toThrow(
      `${silent.slice(0, 12)} has no message`,
    );
    expect(made.git('rev-parse', 'work')).toBe(tip);
  });
});
