/** What git itself prints, of a repository made for it. */
import { spawnSync } from 'node:child_process';
import { renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { linesOf } from '../../../src/actors/contents/lines.ts';
import { type ParsedFile, parseDiff } from '../../../src/actors/contents/parse-diff.ts';
import { lines, makeRepository, type TestRepository } from '../../vcs/repository.ts';

/** The bytes git prints; the shared helper makes text of them. */
function diffOf({ directory }: TestRepository, ...options: string[]): Buffer {
  const done = spawnSync('git', ['-c', 'core.autocrlf=false', 'diff', ...options, 'HEAD~1', 'HEAD'], {
    cwd: directory,
    env: { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
  });
  if (done.status !== 0) throw new Error(String(done.stderr));
  return done.stdout;
}

function read(diff: Buffer): readonly ParsedFile[] {
  const parsed = parseDiff(diff);
  if (!parsed.ok) throw new Error(`${parsed.line}: ${parsed.message}`);
  return parsed.files;
}

function brief({ kind, path, oldPath, isBinary, added, removed, oldMode, mode }: ParsedFile) {
  return [kind, oldPath, path, isBinary, added, removed, oldMode, mode];
}

const BINARY = Buffer.from(Array.from({ length: 3_000 }, (_, at) => (at * at * 31 + (at >> 3)) % 256));

function grown(): TestRepository {
  const repository = makeRepository();
  const { directory } = repository;
  repository.git('config', 'core.quotePath', 'true');
  repository.commit({
    'edited.txt': lines(40),
    'moved here.txt': lines(30),
    'gone.txt': 'a\nb\n',
    'mode.sh': 'run\n',
    'picture.png': BINARY,
    'crlf.txt': 'one\r\ntwo\r\nthree\r\n',
    'last.txt': 'no newline',
    'tüb.txt': 'x\n',
    'twin.txt': lines(25, { 3: 'twin' }),
    link: 'text\n',
  });
  writeFileSync(Buffer.concat([Buffer.from(`${directory}/raw-`), Buffer.from([0xff, 0xe9])]), 'raw\n');
  writeFileSync(join(directory, 'tab\tand "quote".txt'), 'q\n');
  renameSync(join(directory, 'moved here.txt'), join(directory, 'moved there.txt'));
  unlinkSync(join(directory, 'link'));
  symlinkSync('edited.txt', join(directory, 'link'));
  const edited = lines(40, { 2: 'two', 20: null, 21: null, 39: 'x\ny\nz' });
  repository.commit({
    'edited.txt': edited,
    'moved there.txt': lines(30, { 5: 'five' }),
    'gone.txt': null,
    'picture.png': Buffer.concat([BINARY, Buffer.from([0, 1, 2])]),
    'crlf.txt': 'one\r\n2\r\nthree\r\n',
    'last.txt': 'no newline either',
    'tüb.txt': 'y\n',
    'empty-new': '',
    'twin.txt': lines(25, { 3: 'twin', 4: 'changed' }),
    'twin-2.txt': lines(25, { 3: 'twin', 9: 'other' }),
    'new/file.txt': 'hello\n',
  });
  repository.git('update-index', '--chmod=+x', 'mode.sh');
  repository.git('commit', '--quiet', '--amend', '--no-edit');
  return repository;
}

it('is read whole: renames, copies, modes, links, binary files, names of every kind', () => {
  const repository = grown();
  const files = read(diffOf(repository, '-M', '-C', '--binary'));
  const found = Object.fromEntries(files.map((file) => [`${file.kind} ${file.path}`, brief(file)]));
  expect(found).toMatchObject({
    'modified edited.txt': ['modified', null, 'edited.txt', false, 4, 4, '100644', '100644'],
    'renamed moved there.txt': [
      'renamed',
      'moved here.txt',
      'moved there.txt',
      false,
      1,
      1,
      '100644',
      '100644',
    ],
    'deleted gone.txt': ['deleted', null, 'gone.txt', false, 0, 2, '100644', null],
    'modified mode.sh': ['modified', null, 'mode.sh', false, 0, 0, '100644', '100755'],
    'modified picture.png': ['modified', null, 'picture.png', true, 0, 0, '100644', '100644'],
    'modified crlf.txt': ['modified', null, 'crlf.txt', false, 1, 1, '100644', '100644'],
    'modified last.txt': ['modified', null, 'last.txt', false, 1, 1, '100644', '100644'],
    'modified tüb.txt': ['modified', null, 'tüb.txt', false, 1, 1, '100644', '100644'],
    'added empty-new': ['added', null, 'empty-new', false, 0, 0, null, '100644'],
    'copied twin-2.txt': ['copied', 'twin.txt', 'twin-2.txt', false, 1, 1, '100644', '100644'],
    'added raw-%FF%E9': ['added', null, 'raw-%FF%E9', false, 1, 0, null, '100644'],
    'added tab%09and "quote".txt': ['added', null, 'tab%09and "quote".txt', false, 1, 0, null, '100644'],
    'deleted link': ['deleted', null, 'link', false, 0, 1, '100644', null],
    'added link': ['added', null, 'link', false, 1, 0, null, '120000'],
    'added new/file.txt': ['added', null, 'new/file.txt', false, 1, 0, null, '100644'],
  });
});

it('counts the edits as git does without context, whatever the context', () => {
  const repository = grown();
  const withoutContext = diffOf(repository, '-U0', '-M').toString('latin1');
  const headings = withoutContext
    .split(/^diff --git .*$/m)
    .slice(1)
    .map((part) =>
      [...part.matchAll(/^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/gm)].map(([, a, b = 1, c, d = 1]) =>
        [a, b, c, d].map(Number),
      ),
    );
  for (const context of ['-U0', '-U1', '-U3', '-U100', '-W'])
    expect(read(diffOf(repository, context, '-M')).map(({ hunks }) => hunks)).toEqual(headings);
});

it('reads the same under other settings: raw names, no binary patches, a submodule', () => {
  const repository = makeRepository();
  repository.git('config', 'core.quotePath', 'false');
  repository.commit({ 'ö b.bin': BINARY, 'plain.bin': BINARY, empty: '' });
  repository.commit({ 'ö b.bin': Buffer.concat([BINARY, BINARY]), 'plain.bin': null, empty: null });
  repository.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},module`);
  repository.git('commit', '--quiet', '--amend', '--no-edit');
  const files = read(diffOf(repository, '--no-renames'));
  expect(files.map(brief)).toEqual([
    ['deleted', null, 'empty', false, 0, 0, '100644', null],
    ['added', null, 'module', false, 1, 0, null, '160000'],
    ['deleted', null, 'plain.bin', true, 0, 0, '100644', null],
    ['modified', null, 'ö b.bin', true, 0, 0, '100644', '100644'],
  ]);
});

it('gives every line its numbers, and says where a file ends without a line feed', () => {
  const diff = diffOf(grown(), '-M');
  const part = (path: string) => {
    const file = read(diff).find((each) => each.path === path);
    return diff.subarray(file?.start, file?.end);
  };
  const all = { line: 1, limit: 100 };
  expect(linesOf(part('last.txt'), all).lines).toEqual([
    { kind: 'hunk', old: null, new: null, text: '@@ -1 +1 @@', isCut: false, endsFile: false },
    { kind: 'removed', old: 1, new: null, text: 'no newline', isCut: false, endsFile: true },
    { kind: 'added', old: null, new: 1, text: 'no newline either', isCut: false, endsFile: true },
  ]);
  const crlf = linesOf(part('crlf.txt'), all).lines.map(({ old, new: behind, text }) => [old, behind, text]);
  expect(crlf.slice(1)).toEqual([
    [1, 1, 'one\r'],
    [2, null, 'two\r'],
    [null, 2, '2\r'],
    [3, 3, 'three\r'],
  ]);
  const edited = linesOf(part('edited.txt'), all).lines;
  expect(edited.at(-1)).toMatchObject({ kind: 'context', old: 40, new: 40, text: 'line 40' });
});
