/** Where hooks are written: where git looks for them, however it was told. */
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { installHooks } from '../../src/cli/hooks/install.ts';
import { openRepository } from '../../src/vcs/git/repository.ts';
import { makeRepository, runGit, temporaryDirectory } from '../vcs/repository.ts';

/** Where git itself looks, seen from this directory. */
async function installedIn(directory: string): Promise<void> {
  const looked = runGit(directory, ['rev-parse', '--path-format=absolute', '--git-path', 'hooks']);
  const installed = await installHooks(
    { repository: await openRepository(directory), directory },
    ['pre-receive'],
    ['node'],
    [],
  );
  expect(installed.map(({ path }) => path)).toEqual([join(looked, 'pre-receive')]);
  expect(existsSync(join(looked, 'pre-receive'))).toBe(true);
}

it('are where git looks in a work tree, in a bare repository, a submodule, a linked work tree, or with the git directory apart, also by a relative core.hooksPath', async () => {
  const made = makeRepository(realpathSync(temporaryDirectory()));
  made.commit({ f: 'x\n' });
  const bare = join(realpathSync(temporaryDirectory()), 'bare.git');
  made.git('clone', '--quiet', '--bare', '.', bare);
  made.git('submodule', '--quiet', 'add', bare, 'sub');
  const linked = join(realpathSync(temporaryDirectory()), 'linked');
  made.git('worktree', 'add', '--quiet', linked);
  const apart = realpathSync(temporaryDirectory());
  runGit(apart, ['init', '--quiet', '--separate-git-dir', join(realpathSync(temporaryDirectory()), 'git')]);
  for (const directory of [made.directory, bare, join(made.directory, 'sub'), linked, apart]) {
    await installedIn(directory);
    runGit(directory, ['config', 'core.hooksPath', 'own/hooks']);
    await installedIn(directory);
  }
});
