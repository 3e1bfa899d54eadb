/**
 * What a repository is recorded as: its project and workflow, and from where on its commits count as under review. What is
 * said once on the command line is remembered in the repository's own configuration.
 */
import { basename, dirname } from 'node:path';
import { CountersignError } from '../../errors.ts';
import {
  commonDirectory,
  configValue,
  fullName,
  headBranch,
  refCommit,
  setConfig,
} from '../../vcs/git/refs.ts';
import type { Repository } from '../../vcs/git/repository.ts';
import { resolveCommit } from '../../vcs/git/revisions.ts';

export interface Given {
  readonly definition?: string;
  readonly project?: string;
  readonly base?: string;
}

const KEYS = {
  definition: 'countersign.definition',
  project: 'countersign.project',
  base: 'countersign.base',
} as const;

/** Keeps what was given for the next time. */
export async function remember(repository: Repository, given: Given): Promise<void> {
  for (const [name, key] of Object.entries(KEYS)) {
    const value = given[name as keyof Given];
    if (value !== undefined && value !== (await configValue(repository, key)))
      await setConfig(repository, key, value);
  }
}

export async function projectOf(repository: Repository, given?: string): Promise<string> {
  return given ?? (await configValue(repository, KEYS.project)) ?? (await nameOf(repository));
}

/** Of the directory that holds the repository: `web` for `web/.git` and for `web.git`. */
async function nameOf(repository: Repository): Promise<string> {
  const common = await commonDirectory(repository);
  const name = basename(common) === '.git' ? basename(dirname(common)) : basename(common, '.git');
  return name.slice(0, 100) || 'repository';
}

export async function definitionOf(repository: Repository, given?: string): Promise<string> {
  const name = given ?? (await configValue(repository, KEYS.definition));
  if (name !== undefined) return name;
  throw new CountersignError('INVALID_INPUT', 'It is not known which workflow the changes follow.', {
    hint: 'Name it once with --definition; the repository remembers it. "countersign definitions" lists them.',
  });
}

export interface Base {
  readonly name: string;
  readonly commit: string;
}

/** `--base`, what is remembered, the upstream of the branch, `origin/HEAD`, then `main` and `master`. */
export async function baseOf(repository: Repository, given?: string): Promise<Base> {
  const named = given ?? (await configValue(repository, KEYS.base));
  if (named !== undefined) return { name: named, commit: await resolveCommit(repository, named) };
  const own = await headBranch(repository);
  const candidates = [
    await fullName(repository, '@{upstream}'),
    'refs/remotes/origin/HEAD',
    'refs/heads/main',
    'refs/heads/master',
  ];
  for (const name of candidates) {
    if (name === undefined || name === own) continue;
    const commit = await refCommit(repository, name);
    if (commit !== undefined) return { name: shortName(name), commit };
  }
  throw new CountersignError(
    'INVALID_INPUT',
    'It is not known from where on commits are under review: the branch has no upstream, and there is neither origin/HEAD nor another branch main or master.',
    { hint: 'Name the branch they are meant for once with --base; the repository remembers it.' },
  );
}

/** `refs/heads/main` → `main`. */
export function shortName(ref: string): string {
  return ref.replace(/^refs\/(heads|remotes|tags)\//, '');
}
