/** The repository that is built from the hunks of a history has these hunks, and dependencies to go with them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildFromHistory } from '../../bench/history-repository.ts';
import { dependenciesAmong } from '../../src/vcs/git/dependencies.ts';
import { openRepository } from '../../src/vcs/git/repository.ts';
import { commitsBetween, readRevisions } from '../../src/vcs/git/revisions.ts';
import { makeRepository, temporaryDirectory } from './repository.ts';

it('a repository built from hunks has the same hunks', async () => {
  const history = [
    { commit: 'c1', files: [{ path: 'a"b', kind: 'new', hunks: [[0, 0, 1, 9]] }] },
    { commit: 'c2', files: [{ path: 'a"b', hunks: [[2, 1, 2, 3], [7, 0, 10, 1]] }] }, // biome-ignore format: hunks
    { commit: 'c3', files: [{ path: 'a"b', hunks: [[3, 1, 2, 0]] }] },
    { commit: 'c4', files: [{ path: 'a"b', kind: 'deleted', hunks: [[1, 11, 0, 0]] }] },
  ];
  const file = join(temporaryDirectory(), 'history.jsonl');
  writeFileSync(file, history.map((commit) => JSON.stringify(commit)).join('\n'));
  const { directory } = makeRepository();
  expect(await buildFromHistory(directory, file)).toBe(4);
  const repository = await openRepository(directory);
  const commits = await commitsBetween(repository, null, 'main');
  const revisions = await readRevisions(repository, commits);
  expect(revisions.map(({ files }) => files?.map(({ path, hunks }) => ({ path, hunks })))).toEqual(
    history.map(({ files }) => files.map(({ path, hunks }) => ({ path, hunks }))),
  );
  const all = await dependenciesAmong(repository, commits.at(-1) ?? '', commits.slice(1));
  expect(all.map(({ edges }) => edges.map(({ commit }) => commits.indexOf(commit)))).toEqual([
    [],
    [1],
    [2, 1],
  ]);
});
