/** Changes whose commits are on no branch any more, told when what is left is recorded. */
import { expect, it } from 'vitest';
import type { Api } from '../../src/cli/api.ts';
import { rangeOf } from '../../src/cli/recording/range.ts';
import { vanishedFrom } from '../../src/cli/recording/vanished.ts';
import { openRepository } from '../../src/vcs/git/repository.ts';
import { makeRepository } from '../vcs/repository.ts';

/** I1, I2 and I3 were recorded as they stood, then something is done to the branch. */
async function told(
  then: (made: ReturnType<typeof makeRepository>) => void,
  ended: Readonly<Record<string, string>> = {},
) {
  const made = makeRepository();
  made.commit({ f: 'base\n' });
  made.git('switch', '--quiet', '-c', 'work');
  const commits = new Map(
    ['I1', 'I2', 'I3'].map((key) => [key, made.commit({ [key]: 'x\n' }, `${key}\n\nChange-Id: ${key}\n`)]),
  );
  const view = (key: string) => ({
    id: key,
    outcome: ended[key] ?? null,
    revision: { commit: commits.get(key) },
  });
  const api = {
    changes: async ({ key }: { key: string }) => ({ items: commits.has(key) ? [view(key)] : [] }),
    change: async (id: string) => view(id),
  } as unknown as Api;
  then(made);
  const repository = await openRepository(made.directory);
  const notes = await vanishedFrom(api, repository, 'web', await rangeOf(repository, 'main..'));
  return notes.map((note) => note.split(' ')[0]).sort();
}

/** The last two become one, under the Change-Id of `key`. */
const squash = (key: string) => (made: ReturnType<typeof makeRepository>) => {
  made.git('reset', '--quiet', '--soft', 'HEAD~2');
  made.commit({}, `both\n\nChange-Id: ${key}\n`);
};

it('a change that was squashed into another is told, whichever Change-Id is left', async () => {
  expect(await told(squash('I2'))).toEqual(['I3']);
  expect(await told(squash('I3'))).toEqual(['I2']);
});

it('a change that was dropped is told, unless it has ended', async () => {
  const drop = (made: ReturnType<typeof makeRepository>) => {
    made.git('reset', '--quiet', '--hard', 'HEAD~1');
  };
  expect(await told(drop)).toEqual(['I3']);
  expect(await told(drop, { I3: 'withdrawn' })).toEqual([]);
});

it('nothing is said of what was amended, or is on another branch', async () => {
  expect(await told((made) => made.git('commit', '--quiet', '--amend', '--no-edit', '--date=now'))).toEqual(
    [],
  );
  const moved = (made: ReturnType<typeof makeRepository>) => {
    made.git('branch', 'other');
    made.git('reset', '--quiet', '--hard', 'HEAD~1');
  };
  expect(await told(moved)).toEqual([]);
});
