/** Change-Ids added to commits: what stays, what is refused. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkedOutAt, headBranch, moveRef, publishedAmong } from '../../src/vcs/git/refs.ts';
import { openRepository } from '../../src/vcs/git/repository.ts';
import { commitsBetween, readRevisions } from '../../src/vcs/git/revisions.ts';
import { addChangeIds, changeIdFor } from '../../src/vcs/git/rewrite.ts';
import { makeRepository, runGit, temporaryDirectory } from './repository.ts';

async function range(directory: string, tip = 'HEAD') {
  const repository = await openRepository(directory);
  return {
    repository,
    revisions: await readRevisions(repository, await commitsBetween(repository, null, tip)),
  };
}

describe('adding Change-Ids', () => {
  it('keeps trees, authors, dates, encodings and messages to the byte, and gives the same commits each time', async () => {
    const { directory, git, gitWith, commit } = makeRepository();
    commit({ a: 'a\n' }, 'named\n\nChange-Id: I1\n');
    const tree = git('rev-parse', 'HEAD^{tree}');
    const raw = Buffer.concat([
      Buffer.from(
        `tree ${tree}\nparent ${git('rev-parse', 'HEAD')}\nauthor \xc9va <e@x> 100000000 +0130\n`,
        'latin1',
      ),
      Buffer.from(
        'committer B <b@x> 200000000 -0800\nencoding ISO-8859-1\n\ncaf\xe9\n\n--- not a patch\n\nSigned-off-by: X\n',
        'latin1',
      ),
    ]);
    const odd = gitWith(raw, 'hash-object', '-t', 'commit', '-w', '--stdin');
    git('reset', '--quiet', '--hard', odd);
    const last = commit({ b: 'b\n' }, 'last');
    const { repository, revisions } = await range(directory);
    const made = await addChangeIds(repository, revisions);
    if (made.kind !== 'done') throw new Error(made.kind);
    expect([...made.renamed.keys()]).toEqual([odd, last]);
    const renamed = made.renamed.get(odd) ?? '';
    const changeId = changeIdFor(odd);
    const text = (id: string) => runGitBytes(directory, id);
    expect(text(renamed).toString('latin1')).toBe(
      `${text(odd).toString('latin1').trimEnd()}\nChange-Id: ${changeId}\n`,
    );
    const [, second, third] = await readRevisions(repository, [
      ...[odd],
      renamed,
      made.renamed.get(last) ?? '',
    ]);
    expect(second).toMatchObject({ changeId, tree });
    expect(third).toMatchObject({ changeId: changeIdFor(last), parents: [renamed] });
    expect(await addChangeIds(repository, revisions)).toEqual(made);
    expect(git('rev-parse', 'HEAD')).toBe(last);
  });

  it('leaves the commits before the first nameless one as they are, and does nothing where all have names', async () => {
    const { directory, commit } = makeRepository();
    commit({ a: '1\n' }, 'one\n\nChange-Id: I1\n');
    commit({ a: '2\n' }, 'two\n\nChange-Id: I2\n');
    const { repository, revisions } = await range(directory);
    expect(await addChangeIds(repository, revisions)).toEqual({ kind: 'done', renamed: new Map() });
  });

  it('refuses merges it would have to make anew', async () => {
    const { directory, git, commit } = makeRepository();
    commit({ a: '1\n' }, 'one');
    git('switch', '--quiet', '-c', 'side');
    commit({ b: '1\n' }, 'side');
    git('switch', '--quiet', 'main');
    commit({ c: '1\n' }, 'main');
    git('merge', '--quiet', '--no-edit', 'side');
    const { repository, revisions } = await range(directory);
    expect(await addChangeIds(repository, revisions)).toEqual({
      kind: 'merge',
      commit: git('rev-parse', 'HEAD'),
    });
  });

  it('works in repositories of SHA-256', async () => {
    const directory = temporaryDirectory();
    runGit(directory, ['init', '--quiet', '--object-format=sha256', '.']);
    runGit(directory, ['commit', '--quiet', '--allow-empty', '-m', 'one']);
    const { repository, revisions } = await range(directory);
    const made = await addChangeIds(repository, revisions);
    expect(made).toMatchObject({ kind: 'done' });
    expect(changeIdFor(revisions[0]?.commit ?? '')).toMatch(/^I[0-9a-f]{40}$/);
  });
});

describe('refs', () => {
  it('move only from where they were seen', async () => {
    const { directory, git, commit } = makeRepository();
    const [one, two] = [commit({ a: '1\n' }), commit({ a: '2\n' })];
    const repository = await openRepository(directory);
    const ref = 'refs/heads/other';
    expect(await moveRef(repository, ref, { from: null, to: one, why: 'test' })).toBe(true);
    expect(await moveRef(repository, ref, { from: null, to: two, why: 'test' })).toBe(false);
    expect(await moveRef(repository, ref, { from: two, to: one, why: 'test' })).toBe(false);
    expect(await moveRef(repository, ref, { from: one, to: two, why: 'test' })).toBe(true);
    expect(git('rev-parse', 'other')).toBe(two);
    const linked = join(temporaryDirectory(), 'linked');
    git('worktree', 'add', '--quiet', linked, 'other');
    expect(await checkedOutAt(repository, ref)).toBe(linked);
    const there = await openRepository(linked);
    expect(await headBranch(there)).toBe(ref);
    expect(await checkedOutAt(there, 'refs/heads/main')).toBe(directory);
    expect(await checkedOutAt(there, 'refs/heads/none')).toBeUndefined();
    git('update-ref', 'refs/remotes/origin/main', one);
    expect(await publishedAmong(repository, [one, two])).toEqual(new Set([one]));
  });
});

function runGitBytes(directory: string, id: string): Buffer {
  return execFileSync('git', ['cat-file', 'commit', id], { cwd: directory });
}
