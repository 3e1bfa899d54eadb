/** Diffs of an imported history: stored where they are there, counted where they are not. */
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { parseDiff } from '../../src/actors/contents/parse-diff.ts';
import { lines, makeRepository } from '../vcs/repository.ts';
import { cli, fake, file, only } from './rig.ts';

async function imported(path: string, more: readonly string[] = []) {
  const { server, at } = await fake();
  const summary = only(await cli(['import', path, '--json', ...more], at));
  const diffs = [...server.diffs.values()].map((each) => gunzipSync(each));
  const paths = diffs.map((diff) => {
    const parsed = parseDiff(diff);
    return parsed.ok ? parsed.files.map(({ kind, path: name }) => `${kind} ${name}`) : parsed.message;
  });
  return { summary, diffs, paths, server, at };
}

const absent = 'content, for the history does not hold it';

it('of a repository are those of its commits, the root included', async () => {
  const made = makeRepository();
  made.commit({ f: lines(3), '-b\n"': 'x\n' }, 'first');
  made.commit({ f: lines(3, { 2: 'two' }) }, 'second');
  const { summary, paths, server, at } = await imported(made.directory, ['--project', 'p']);
  expect(summary).toMatchObject({ changes: 2, contents: 2 });
  expect(paths.sort()).toEqual([['added -b%0A"', 'added f'], ['modified f']]);
  const rows = server.runtime.rows.length;
  expect(only(await cli(['import', made.directory, '--project', 'p', '--json'], at))).toMatchObject({
    contents: 2,
    refused: {},
  });
  expect(server.runtime.rows.length).toBe(rows);
});

it('of pull requests are what GitHub printed, and counted where it is not in the export', async () => {
  const pull = (number: number, more: object) => ({
    ...{ number, title: 't', state: 'open', user: { login: 'ann' }, created_at: '2026-01-01T00:00:00Z' },
    ...more,
  });
  const diff = 'diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n';
  const path = file(
    'pulls.json',
    JSON.stringify([pull(1, { diff }), pull(2, {}), pull(3, { diff: 'x'.repeat(9e6) })]),
  );
  const { summary, diffs } = await imported(path);
  expect(diffs.map(String)).toEqual([diff]);
  expect(summary).toMatchObject({
    contents: 1,
    skipped: { [absent]: 1, 'content that is larger than a server takes': 1 },
  });
});

it('of merge requests are put together of what GitLab says of each file, or none where one is cut off', async () => {
  const change = (more: object) => ({
    ...{ old_path: 'a', new_path: 'a', a_mode: '100644', b_mode: '100644', diff: '@@ -1 +1 @@\n-a\n+b\n' },
    ...{ new_file: false, renamed_file: false, deleted_file: false },
    ...more,
  });
  const request = (iid: number, changes: readonly object[]) => ({
    ...{ iid, title: 't', state: 'opened', source_branch: 's', author: { username: 'ann' } },
    ...{ created_at: '2026-01-01T00:00:00Z', changes },
  });
  const all = [
    change({}),
    change({ old_path: 'n', new_path: 'n"\t', new_file: true, a_mode: '0', diff: '@@ -0,0 +1 @@\n+b\n' }),
    change({ old_path: 'd', new_path: 'd', deleted_file: true, b_mode: '0', diff: '@@ -1 +0,0 @@\n-b\n' }),
    change({ old_path: 'x', new_path: 'y', renamed_file: true, b_mode: '100755', diff: '' }),
  ].map((each, at) => (at === 1 ? { ...each, old_path: 'n"\t' } : each));
  const path = file(
    'mrs.json',
    JSON.stringify([request(1, all), request(2, [change({ diff: '', collapsed: true })])]),
  );
  const { summary, paths } = await imported(path);
  expect(paths).toEqual([['modified a', 'added n"%09', 'deleted d', 'renamed y']]);
  expect(summary).toMatchObject({ contents: 1, skipped: { [absent]: 1 } });
});
