/** What is done to a work tree: a branch is made and checked out, a patch applied. Only where nothing in it is unsaved. */
import { CountersignError } from '../../errors.ts';
import { git, gitFailureOf } from '../../vcs/git/run.ts';

/** Throws INVALID_INPUT where `directory` has no work tree, or one with changes that are not committed. */
export async function cleanWorkTree(directory: string): Promise<string> {
  const top = await git(['-C', directory, 'rev-parse', '--show-toplevel']).catch(() => undefined);
  if (!top)
    throw new CountersignError(
      'INVALID_INPUT',
      `${directory} is in no work tree, so nothing can be checked out.`,
      {
        hint: 'Go to a clone with a work tree; "git worktree add" makes one of a bare repository.',
      },
    );
  const place = top.toString('utf8').replace(/\n$/, '');
  const status = await git(['-C', place, 'status', '--porcelain', '-z', '--untracked-files=no']);
  if (status.length === 0) return place;
  const edited = status.toString('utf8').split('\0')[0]?.slice(3) ?? '';
  throw new CountersignError(
    'INVALID_INPUT',
    `The work tree has changes that are not committed, such as in ${JSON.stringify(edited)}.`,
    { hint: 'Commit them, or put them aside with "git stash".' },
  );
}

/** `change/KEY`, or undefined where that is no name for a branch. */
export async function branchFor(key: string): Promise<string | undefined> {
  const name = `change/${key}`;
  try {
    await git(['check-ref-format', '--branch', name]);
    return name;
  } catch (error) {
    if (gitFailureOf(error)?.kind === 'failed') return undefined;
    throw error;
  }
}

export async function switchTo(top: string, branch: string): Promise<void> {
  await git(['-C', top, 'switch', '--quiet', '--no-guess', branch]);
}

export async function switchToNew(top: string, branch: string, commit: string): Promise<void> {
  await git(['-C', top, 'switch', '--quiet', '--no-track', '-c', branch, commit]);
}

/** Applies a patch to index and work tree; git's complaint where it does not apply, and then nothing is changed. */
export async function applied(top: string, patch: string): Promise<string | undefined> {
  try {
    await git(['-C', top, 'apply', '--index', '--whitespace=nowarn', '-'], { input: patch });
    return undefined;
  } catch (error) {
    const failure = gitFailureOf(error);
    if (failure?.kind !== 'failed') throw error;
    return failure.complaint;
  }
}

/** The branch or commit that is checked out, as `git switch` takes it back. */
export async function leave(top: string, branch: string): Promise<void> {
  await git(['-C', top, 'switch', '--quiet', '-']);
  await git(['-C', top, 'branch', '--quiet', '-D', branch]);
}

export async function indexTree(top: string): Promise<string> {
  return (await git(['-C', top, 'write-tree'])).toString('latin1').trim();
}
