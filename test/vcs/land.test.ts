/** Commits put onto others without a work tree, and whether two commits do the very same thing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentDigest, differingPaths, diffOf } from '../../src/vcs/git/content.ts';
import { pickOnto, withoutTrace } from '../../src/vcs/git/land.ts';
import { openRepository } from '../../src/vcs/git/repository.ts';
import { readRevisions } from '../../src/vcs/git/revisions.ts';
import { lines, makeRepository } from './repository.ts';

const WHO = 'Rob <rob@example.com> 1700000000 +0000';

/** `theirs` on main, `mine` on work; both after one commit with ten lines. */
async function apart(theirs: Record<string, string | null>, mine: Record<string, string | null>) {
  const made = makeRepository();
  const base = made.commit({ f: lines(10), g: 'g\n' }, 'base');
  const onto = made.commit(theirs, 'theirs');
  made.git('switch', '--quiet', '-c', 'work', base);
  const commit = made.commit(mine, 'mine\n\nChange-Id: I1\n');
  const repository = await openRepository(made.directory);
  const [revision] = await readRevisions(repository, [commit]);
  if (!revision) throw new Error('not there');
  return { ...made, repository, revision, base, onto };
}

describe('a commit that lands', () => {
  it('is taken as it is where it follows', async () => {
    const { repository, revision, base } = await apart({ g: 'G\n' }, { f: lines(10, { 2: 'two' }) });
    expect(await pickOnto(repository, revision, base, WHO)).toEqual({
      kind: 'follows',
      commit: revision.commit,
    });
  });

  it('is picked with its author and message, by whoever lands it', async () => {
    const { repository, revision, onto, git } = await apart({ g: 'G\n' }, { f: lines(10, { 2: 'two' }) });
    const picked = await pickOnto(repository, revision, onto, WHO);
    if (picked.kind !== 'picked') throw new Error(picked.kind);
    expect(git('log', '-1', '--format=%P %an %cn %aI %B', picked.commit)).toBe(
      `${onto} Ada Rob 2024-05-01T10:00:00+02:00 mine\n\nChange-Id: I1`,
    );
    expect(git('diff', '--name-only', onto, picked.commit)).toBe('f');
    expect(git('rev-parse', 'main')).toBe(onto);
  });

  it('names the files of a conflict, whatever they are called', async () => {
    const { repository, revision, onto } = await apart(
      { f: lines(10, { 2: 'ours' }), 'a\tb': '1\n' },
      { f: lines(10, { 2: 'mine' }), 'a\tb': '2\n' },
    );
    expect(await pickOnto(repository, revision, onto, WHO)).toEqual({
      kind: 'conflict',
      files: ['a%09b', 'f'],
    });
  });

  it('is nothing where all it does is there', async () => {
    const { repository, revision, onto } = await apart({ g: 'G\n' }, { g: 'G\n' });
    expect(await pickOnto(repository, revision, onto, WHO)).toEqual({ kind: 'nothing' });
  });

  it('may be a root, and leaves no object behind where it is only tried', async () => {
    const { repository, git, onto } = await apart({ g: 'G\n' }, { g: 'H\n' });
    git('switch', '--quiet', '--orphan', 'root');
    git('commit', '--quiet', '--allow-empty', '-m', 'root');
    const [root] = await readRevisions(repository, [git('rev-parse', 'HEAD')]);
    const before = git('count-objects');
    const tried = await withoutTrace(repository, (trial) => pickOnto(trial, root!, onto, WHO));
    expect(tried.kind).toMatch(/picked|nothing/);
    expect(git('count-objects')).toBe(before);
  });
});

describe('the content of a commit', () => {
  it('is the same wherever in a file it stands, and another where only white space differs', async () => {
    const { repository, revision, onto } = await apart(
      { f: `new\n${lines(10)}` },
      { f: lines(10, { 8: 'eight' }) },
    );
    const picked = await pickOnto(repository, revision, onto, WHO);
    if (picked.kind !== 'picked') throw new Error(picked.kind);
    const [moved] = await readRevisions(repository, [picked.commit]);
    expect(await contentDigest(repository, moved!)).toBe(await contentDigest(repository, revision));

    const spaced = await apart({ g: 'G\n' }, { f: lines(10, { 8: ' eight' }) });
    expect(spaced.revision.patchId).toBe(revision.patchId);
    expect(await contentDigest(spaced.repository, spaced.revision)).not.toBe(
      await contentDigest(repository, revision),
    );
  });

  it('counts every byte of a long line', async () => {
    const long = 'x'.repeat(200_000);
    const one = await apart({ g: 'G\n' }, { f: `${long}a\n` });
    const other = await apart({ g: 'G\n' }, { f: `${long}b\n` });
    expect(await contentDigest(one.repository, one.revision)).not.toBe(
      await contentDigest(other.repository, other.revision),
    );
  });

  it('is a diff with fixed prefixes, whatever the configuration says, and none beyond the limit', async () => {
    const { repository, revision, git } = await apart({ g: 'G\n' }, { f: lines(10, { 8: 'eight' }) });
    const before = await diffOf(repository, revision, { binary: true, limit: 10_000 });
    for (const [name, value] of Object.entries({
      noprefix: 'true',
      mnemonicPrefix: 'true',
      context: '0',
      algorithm: 'patience',
    }))
      git('config', `diff.${name}`, value);
    expect((await diffOf(repository, revision, { binary: true, limit: 10_000 }))?.toString()).toBe(
      before?.toString(),
    );
    expect(before?.toString()).toMatch(/^diff --git a\/f b\/f\n/);
    expect(await diffOf(repository, revision, { binary: true, limit: 100 })).toBeUndefined();
  });

  it('differs between revisions in the files that one of them treats otherwise', async () => {
    const { repository, revision, git, commit, base } = await apart(
      { g: 'G\n' },
      { f: lines(10, { 8: 'eight' }), same: 's\n' },
    );
    git('switch', '--quiet', '-c', 'again', base);
    const [next] = await readRevisions(repository, [
      commit({ f: lines(10, { 8: 'acht' }), same: 's\n', h: 'h\n' }),
    ]);
    expect(await differingPaths(repository, revision, next!)).toEqual(['f', 'h']);
    expect(await differingPaths(repository, revision, revision)).toEqual([]);
  });
});

describe('a hunk', () => {
  it('is never taken for a heading, whatever its lines look like', async () => {
    const odd = fc.constantFrom(
      '@@ -1,9 +1,9 @@',
      'index 1..2',
      '-- a/f',
      '++ b/f',
      'diff --git a/f b/f',
      '\\ No newline',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(odd, { minLength: 1, maxLength: 6 }), fc.nat(5), async (texts, at) => {
        const made = makeRepository();
        const repository = await openRepository(made.directory);
        const digest = async (all: readonly string[]) => {
          made.git('update-ref', '-d', 'HEAD');
          const [revision] = await readRevisions(repository, [made.commit({ f: `${all.join('\n')}\n` })]);
          return contentDigest(repository, revision!);
        };
        const other = texts.map((text, place) => (place === at % texts.length ? `${text}.` : text));
        expect(await digest(other)).not.toBe(await digest(texts));
      }),
      { numRuns: 4 },
    );
  });
});
