/** A stored diff put together again does to a repository what the commit did. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { linesOf } from '../../src/actors/contents/lines.ts';
import { parseDiff } from '../../src/actors/contents/parse-diff.ts';
import { patchOf } from '../../src/cli/checkout/patch.ts';
import type { FileLines } from '../../src/cli/wire.ts';
import { diffOf } from '../../src/vcs/git/content.ts';
import { openRepository } from '../../src/vcs/git/repository.ts';
import { readRevisions } from '../../src/vcs/git/revisions.ts';
import { type Content, lines, makeRepository } from '../vcs/repository.ts';

/** As the server shows it. */
async function served(directory: string, commit: string): Promise<FileLines[]> {
  const repository = await openRepository(directory);
  const [revision] = await readRevisions(repository, [commit]);
  const diff = (await diffOf(repository, revision!, { binary: true, limit: 1e7 })) ?? Buffer.alloc(0);
  const parsed = parseDiff(diff);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.files.map((file, at) => ({
    place: at + 1,
    path: file.path,
    old_path: file.oldPath,
    kind: file.kind,
    is_binary: file.isBinary,
    added: file.added,
    removed: file.removed,
    old_mode: file.oldMode,
    mode: file.mode,
    next_line: null,
    lines: linesOf(diff.subarray(file.start, file.end), { line: 1, limit: 1e6 }).lines.map((line) => ({
      kind: line.kind,
      old: line.old,
      new: line.new,
      text: line.text,
      ...(line.isCut && { is_cut: true as const }),
      ...(line.endsFile && { no_newline: true as const }),
    })),
  }));
}

describe('a patch made of served lines', () => {
  it.each<[string, Content, Content]>([
    [
      'edits, with CRLF and without a last line feed',
      { a: lines(30), b: 'x\r\n', c: 'end' },
      { a: lines(30, { 3: 'x', 25: null }), b: 'y\r\n', c: 'END' },
    ],
    [
      'new and deleted files, empty ones too',
      { a: 'a\n', e: '' },
      { a: null, e: null, n: 'n\n', 'dir/empty': '' },
    ],
    [
      'names with spaces, quotes, tabs and accents',
      { 'a b': '1\n' },
      { 'a b': '2\n', 'q"uote\\': 'q\n', 't\tab': 't\n', é: 'e\n' },
    ],
    ['a rename with an edit', { old: lines(30) }, { old: null, 'new name': lines(30, { 4: 'four' }) }],
  ])('does the same: %s', async (_, before, after) => {
    const { directory, git, commit } = makeRepository();
    const base = commit({ keep: 'k\n', ...before });
    const tip = commit(after);
    const patch = patchOf(await served(directory, tip));
    if (patch.kind !== 'patch') throw new Error(patch.why);
    git('reset', '--quiet', '--hard', base);
    execFileSync('git', ['apply', '--index', '--whitespace=nowarn', '-'], {
      cwd: directory,
      input: patch.text,
    });
    expect(git('write-tree')).toBe(git('rev-parse', `${tip}^{tree}`));
  });

  it('says what it cannot hold: binary content, bytes that are no UTF-8', async () => {
    const { directory, commit } = makeRepository();
    commit({ a: 'a\n' });
    const binary = patchOf(await served(directory, commit({ b: Buffer.from([0, 1, 2]) })));
    expect(binary).toEqual({ kind: 'lost', why: 'b is binary, and the server shows no binary content' });
    const bytes = patchOf(await served(directory, commit({ c: Buffer.from([0x61, 0xff, 0x0a]) })));
    expect(bytes).toEqual({ kind: 'lost', why: 'c holds bytes that are no UTF-8' });
  });
});
