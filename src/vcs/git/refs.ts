/**
 * Names in a repository: which commit a branch stands at, where it is checked out, what the repository's configuration says,
 * and moving a ref only from where it was seen (compare and swap).
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gitIn, type Repository } from './repository.ts';
import { gitFailureOf } from './run.ts';

/** What one command prints, without the last line feed; undefined where it answers with this status. */
async function said(
  repository: Repository,
  args: readonly string[],
  no: readonly number[] = [1],
): Promise<string | undefined> {
  try {
    return (await gitIn(repository, args)).toString('utf8').replace(/\n$/, '');
  } catch (error) {
    const failure = gitFailureOf(error);
    if (failure?.kind === 'failed' && no.includes(failure.status ?? -1)) return undefined;
    throw error;
  }
}

/** The branch that is checked out, as `refs/heads/main`; undefined where HEAD is detached. */
export function headBranch(repository: Repository): Promise<string | undefined> {
  return said(repository, ['symbolic-ref', '--quiet', 'HEAD']);
}

/** `work` → `refs/heads/work`; undefined for what is no name of a ref, such as `HEAD~2`. */
export async function fullName(repository: Repository, name: string): Promise<string | undefined> {
  const args = ['rev-parse', '--verify', '--quiet', '--symbolic-full-name', '--end-of-options', name];
  const full = (await said(repository, args, [1, 128]))?.split('\n').find((line) => line.startsWith('refs/'));
  return full || undefined;
}

/** Where a ref with its full name points; undefined where there is none. */
export function refCommit(repository: Repository, ref: string): Promise<string | undefined> {
  return said(repository, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);
}

export async function isAncestor(repository: Repository, older: string, newer: string): Promise<boolean> {
  return (await said(repository, ['merge-base', '--is-ancestor', older, newer])) !== undefined;
}

/** Of these commits, those that a remote-tracking ref holds. */
export async function publishedAmong(
  repository: Repository,
  commits: readonly string[],
): Promise<ReadonlySet<string>> {
  const tip = commits.at(-1);
  if (tip === undefined) return new Set();
  const args = ['rev-list', tip, '--not', '--remotes'];
  const mine = new Set((await gitIn(repository, args)).toString('latin1').split('\n'));
  return new Set(commits.filter((commit) => !mine.has(commit)));
}

/** The work tree in which a branch is checked out; undefined where none has it. */
export async function checkedOutAt(repository: Repository, ref: string): Promise<string | undefined> {
  const listed = await gitIn(repository, ['worktree', 'list', '--porcelain', '-z']);
  for (const record of listed.toString('utf8').split('\0\0')) {
    const fields = record.split('\0');
    if (!fields.includes(`branch ${ref}`) || fields.includes('bare')) continue;
    return fields.find((field) => field.startsWith('worktree '))?.slice('worktree '.length) ?? '';
  }
  return undefined;
}

/** Moves a ref that stands at `before` (null: does not exist yet); false where it no longer does. */
export async function moveRef(
  repository: Repository,
  ref: string,
  { from, to, why }: { readonly from: string | null; readonly to: string; readonly why: string },
): Promise<boolean> {
  const before = from ?? '0'.repeat(to.length);
  try {
    await gitIn(repository, ['update-ref', '-m', why, ref, to, before]);
    return true;
  } catch (error) {
    if ((await refCommit(repository, ref)) !== (from ?? undefined)) return false;
    throw error;
  }
}

export function configValue(repository: Repository, name: string): Promise<string | undefined> {
  return said(repository, ['config', '--get', name]);
}

export async function configValues(repository: Repository, name: string): Promise<readonly string[]> {
  return (await said(repository, ['config', '--null', '--get-all', name]))?.split('\0').filter(Boolean) ?? [];
}

export async function setConfig(repository: Repository, name: string, value: string): Promise<void> {
  await gitIn(repository, ['config', '--local', name, value]);
}

/** The directory that linked work trees share. */
export async function commonDirectory({ gitDirectory, ...rest }: Repository): Promise<string> {
  const asked = await said({ gitDirectory, ...rest }, ['rev-parse', '--git-common-dir']);
  return resolve(gitDirectory, asked ?? '.');
}

const OPERATIONS = [
  ['rebase-merge', 'A rebase', '"git rebase --continue" or "--abort"'],
  ['rebase-apply', 'A rebase or "git am"', '"git rebase --continue" or "git am --abort"'],
  ['MERGE_HEAD', 'A merge', '"git merge --continue" or "--abort"'],
  ['CHERRY_PICK_HEAD', 'A cherry-pick', '"git cherry-pick --continue" or "--abort"'],
  ['REVERT_HEAD', 'A revert', '"git revert --continue" or "--abort"'],
] as const;

/** What is half done in the work tree, and how to end it. */
export function operationUnderWay({
  gitDirectory,
}: Repository): { readonly what: string; readonly end: string } | undefined {
  const found = OPERATIONS.find(([file]) => existsSync(join(gitDirectory, file)));
  return found && { what: found[1], end: found[2] };
}
