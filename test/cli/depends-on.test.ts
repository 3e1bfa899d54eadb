/** What `Depends-On` trailers name beyond the commits that are recorded: a commit, a change, something that landed. */
import { describe, expect, it } from 'vitest';
import type { Api } from '../../src/cli/api.ts';
import { dependenciesIn } from '../../src/cli/recording/depends-on.ts';
import { rangeOf } from '../../src/cli/recording/range.ts';
import { openRepository } from '../../src/vcs/git/repository.ts';
import { makeRepository } from '../vcs/repository.ts';

interface Known {
  readonly id: string;
  readonly key: string;
  readonly project: string;
}

/** What the server is told of one commit on a branch, whose trailer names what `name` comes to. */
async function told(name: (made: ReturnType<typeof makeRepository>) => string, known: readonly Known[] = []) {
  const made = makeRepository();
  made.commit({ f: 'x\n' }, 'base\n\nThis is not Change-Id: I3.\n\nChange-Id: I10\n');
  const named = name(made);
  made.git('switch', '--quiet', '-c', 'work', 'main');
  made.commit({ g: 'x\n' }, `mine\n\nDepends-On: ${named}\nChange-Id: I99\n`);
  const api = {
    changes: async ({ key, project }: { key: string; project?: string }) => ({
      items: known.filter((each) => each.key === key && (project ?? each.project) === each.project),
    }),
  } as unknown as Api;
  const repository = await openRepository(made.directory);
  const range = await rangeOf(repository, 'main..work');
  const { of } = await dependenciesIn(api, repository, 'web', range);
  return (of.get(range.tip) ?? []).map(({ on, rule }) => `${on} ${rule}`);
}

const beside = (made: ReturnType<typeof makeRepository>, message: string) => {
  made.git('switch', '--quiet', '-c', 'beside');
  return made.commit({ h: 'x\n' }, message);
};

describe('a Depends-On', () => {
  it('that names what the base holds has landed, by its Change-Id or by its commit', async () => {
    expect(await told(() => 'I10')).toEqual([]);
    expect(await told(({ git }) => git('rev-parse', 'main'))).toEqual([]);
    expect(await told(({ git }) => git('rev-parse', '--short=8', 'main'))).toEqual([]);
  });

  it('is waited for where the base only holds a Change-Id that begins alike, or mentions it', async () => {
    expect(await told(() => 'I1')).toEqual(['I1 trailer']);
    expect(await told(() => 'I3')).toEqual(['I3 trailer']);
  });

  it('that names a commit of another branch means the change of that commit', async () => {
    const known = [{ id: 'c7', key: 'I7', project: 'web' }];
    expect(await told((made) => beside(made, 'seven\n\nChange-Id: I7\n'), known)).toEqual(['c7 trailer']);
    expect(await told((made) => beside(made, 'seven\n\nChange-Id: I7\n'))).toEqual(['I7 trailer']);
  });

  it('means the change of its own project before that of another', async () => {
    const known = [
      { id: 'theirs', key: 'I7', project: 'other' },
      { id: 'ours', key: 'I7', project: 'web' },
    ];
    expect(await told(() => 'I7', known)).toEqual(['ours trailer']);
    expect(await told(() => 'I7', known.slice(0, 1))).toEqual(['theirs trailer']);
  });
});
