/** What git itself says of two commits: by really picking in a scratch clone, and by blame. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Revision } from '../src/vcs/git/revisions.ts';
import { patchIdsIn } from '../src/vcs/git/revisions.ts';
import { git, gitFailureOf, gitPipe } from '../src/vcs/git/run.ts';

const WHO = { GIT_COMMITTER_NAME: 'bench', GIT_COMMITTER_EMAIL: 'bench@example.com', GIT_EDITOR: 'true' };
const PATCH = ['diff-tree', '--stdin', '-r', '-M', '--root', '-p', '-U0', '--full-index'];

/** The commits that blame names for what a commit touches. */
export type Blame = ReadonlySet<string>;

export class PickTruth {
  readonly #clone: string;
  readonly #commits: readonly string[];
  readonly #places: ReadonlyMap<string, number>;

  /** `commits`: a straight history, oldest first. */
  constructor(clone: string, commits: readonly string[]) {
    this.#clone = clone;
    this.#commits = commits;
    this.#places = new Map(commits.map((commit, at) => [commit, at]));
  }

  /** Whether `b` fails, or becomes another patch, with `a` and what depends on it left out. */
  async depends(a: string, b: string): Promise<boolean> {
    const [from = 0, to = 0] = [this.#places.get(a), this.#places.get(b)];
    let list = this.#commits.slice(from + 1, to + 1);
    for (;;) {
      const kept = await this.#picked(`${a}^`, list);
      const changed = await this.#firstChanged(`${a}^`, kept);
      if (changed === undefined) return !kept.includes(b);
      if (changed === b) return true;
      list = list.filter((commit) => commit !== changed);
    }
  }

  #git(...args: string[]): Promise<Buffer> {
    return git(args, { cwd: this.#clone, environment: WHO });
  }

  /** Picks one after the other, passing over those that do not apply; those that did. */
  async #picked(onto: string, list: readonly string[]): Promise<string[]> {
    await this.#git('checkout', '--quiet', '--force', '--detach', onto);
    const failed = new Set<string>();
    let ended = await this.#tried(['cherry-pick', ...list]);
    while (!ended) {
      const head = join(this.#clone, '.git', 'CHERRY_PICK_HEAD');
      if (!existsSync(head)) throw new Error('git cherry-pick ended without saying at which commit');
      failed.add((await readFile(head, 'utf8')).trim());
      ended = await this.#tried(['cherry-pick', '--skip']);
    }
    return list.filter((commit) => !failed.has(commit));
  }

  async #tried(args: string[]): Promise<boolean> {
    try {
      await this.#git(...args);
      return true;
    } catch (error) {
      if (gitFailureOf(error)?.kind === 'failed') return false;
      throw error;
    }
  }

  async #firstChanged(base: string, originals: readonly string[]): Promise<string | undefined> {
    const listed = await this.#git('rev-list', '--reverse', `${base}..HEAD`);
    const made = listed.toString('latin1').split('\n').filter(Boolean);
    if (made.length !== originals.length) throw new Error('git cherry-pick made another number of commits');
    const input = [...originals, ...made].map((commit) => `${commit}\n`).join('');
    const ids = patchIdsIn(await gitPipe(PATCH, ['patch-id', '--stable'], { input, cwd: this.#clone }));
    return originals.find((commit, at) => ids.get(commit) !== ids.get(made[at] ?? ''));
  }
}

/** Of the lines a commit replaced, and of those on both sides of what it inserted. */
export async function blameOf(clone: string, { commit, files }: Revision): Promise<Blame> {
  const named = new Set<string>();
  for (const { kind, path, from, hunks, binary, submodule } of files ?? []) {
    if (kind === 'added' || binary || submodule || hunks.length === 0) continue;
    const ranges = hunks.map(([start, lines]) =>
      lines === 0 ? `${Math.max(1, start)},+${start === 0 ? 1 : 2}` : `${start},+${lines}`,
    );
    const args = [
      'blame',
      '--porcelain',
      ...ranges.map((range) => `-L${range}`),
      `${commit}^`,
      '--',
      from ?? path,
    ];
    const told = (await git(args, { cwd: clone })).toString('latin1');
    for (const [, id = ''] of told.matchAll(/^([0-9a-f]{40}) \d+ \d+/gm)) named.add(id);
  }
  return named;
}
