/**
 * One repository, found once: where its git directory and its objects are, and what it does not hold. Commands run with the
 * git directory in the place of the work tree and with no index, so a bare repository, a linked work tree and a checkout with
 * attributes of its own all give the same answers.
 */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CountersignError } from '../../errors.ts';
import { type GitOptions, type GitTalk, git, gitEnvironment, gitPipe, gitStream, gitTalk } from './run.ts';

const OLDEST = [2, 38] as const;

export interface Repository {
  /** Absolute; of a linked work tree, the one under `.git/worktrees`. */
  readonly gitDirectory: string;
  /** Absolute, where new objects would be written. */
  readonly objects: string;
  readonly format: 'sha1' | 'sha256';
  /** Commits whose parents were not fetched. */
  readonly shallow: ReadonlySet<string>;
  /** Set for every command. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface Opening {
  /** Inside a hook: believe the environment about where the repository and its objects are. */
  readonly inHook?: boolean;
}

/** Throws FILE_UNREADABLE where git is absent or older than 2.38, or `directory` is in no repository. */
export async function openRepository(
  directory: string,
  { inHook = false }: Opening = {},
): Promise<Repository> {
  await requireGit();
  const environment = inHook ? gitEnvironment(true) : {};
  const ask = async (...what: string[]) => {
    const args = ['-C', resolve(directory), 'rev-parse', '--path-format=absolute', ...what];
    return (await git(args, { environment })).toString('utf8').replace(/\n$/, '');
  };
  const [gitDirectory, objects, shallowFile, format] = await Promise.all([
    ask('--git-dir'),
    ask('--git-path', 'objects'),
    ask('--git-path', 'shallow'),
    ask('--show-object-format'),
  ]);
  return {
    gitDirectory,
    objects,
    format: format === 'sha256' ? 'sha256' : 'sha1',
    shallow: await linesOf(shallowFile),
    environment: {
      ...(environment.GIT_ALTERNATE_OBJECT_DIRECTORIES && {
        GIT_ALTERNATE_OBJECT_DIRECTORIES: environment.GIT_ALTERNATE_OBJECT_DIRECTORIES,
      }),
      GIT_OBJECT_DIRECTORY: objects,
      GIT_DIR: gitDirectory,
      GIT_WORK_TREE: gitDirectory,
      GIT_INDEX_FILE: join(gitDirectory, 'countersign-has-no-index'),
    },
  };
}

const within = (repository: Repository, options: GitOptions): GitOptions => ({
  ...options,
  cwd: repository.gitDirectory,
  environment: { ...repository.environment, ...options.environment },
});

export function gitIn(
  repository: Repository,
  args: readonly string[],
  options: GitOptions = {},
): Promise<Buffer> {
  return git(args, within(repository, options));
}

export function gitStreamIn(
  repository: Repository,
  args: readonly string[],
  options: GitOptions = {},
): AsyncGenerator<Buffer> {
  return gitStream(args, within(repository, options));
}

export function gitPipeIn(
  repository: Repository,
  first: readonly string[],
  second: readonly string[],
  options: GitOptions = {},
): Promise<Buffer> {
  return gitPipe(first, second, within(repository, options));
}

export function gitTalkIn(repository: Repository, args: readonly string[]): GitTalk {
  return gitTalk(args, within(repository, {}));
}

let known: string | undefined;

async function requireGit(): Promise<void> {
  known ??= (await git(['version'])).toString('utf8').trim();
  const problem = tooOld(known);
  if (problem === undefined) return;
  known = undefined;
  throw problem;
}

/** What to say of a git that prints this version; undefined where it will do. */
export function tooOld(version: string): CountersignError | undefined {
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(version) ?? [];
  const [needMajor, needMinor] = OLDEST;
  if (+major > needMajor || (+major === needMajor && +minor >= needMinor)) return undefined;
  return new CountersignError(
    'FILE_UNREADABLE',
    `The git here is too old: it calls itself "${version}", and "git merge-tree --write-tree" came with ${OLDEST.join('.')}`,
    { hint: `Install git ${OLDEST.join('.')} or newer.` },
  );
}

async function linesOf(path: string): Promise<ReadonlySet<string>> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return new Set(text.split('\n').filter(Boolean));
}
