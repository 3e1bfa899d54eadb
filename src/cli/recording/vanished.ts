/**
 * Changes whose commits the branch held and no branch holds any more, though they are still under review: two commits were made
 * one, or one was dropped. Nobody but git's own memory of the branch (its reflog) knows of them.
 */
import { gitIn, type Repository } from '../../vcs/git/repository.ts';
import { CHANGE_IDS, changeIdIn } from '../../vcs/git/revisions.ts';
import type { Api } from '../api.ts';
import { type Range, short } from './range.ts';
import { shortName } from './settings.ts';

/** So many of the last moves of the branch, and commits that got lost by them, are looked at. */
const MOST_MOVES = 50;
const MOST_COMMITS = 200;

/** A sentence on each, with what to do. */
export async function vanishedFrom(
  api: Api,
  repository: Repository,
  project: string,
  range: Range,
): Promise<readonly string[]> {
  const { branch } = range;
  const lost = branch === undefined ? new Map() : await lostBy(repository, branch);
  for (const { changeId } of range.revisions) lost.delete(changeId);
  const notes: string[] = [];
  for (const [key, commits] of lost) {
    const [found] = (await api.changes({ key, project, limit: 1 })).items;
    const commit = found?.outcome === null ? (await api.change(found.id)).revision?.commit : undefined;
    if (!commit || !commits.has(commit)) continue;
    notes.push(
      `${key} is still under review with ${short(commit)}, which ${shortName(branch ?? '')} does not hold any more: where another change has its content now, withdraw it ("countersign status ${key}" says what it can do); else put the commit back and record again.`,
    );
  }
  return notes;
}

/** By Change-Id: the commits that the branch has left behind. */
async function lostBy(repository: Repository, branch: string): Promise<Map<string, Set<string>>> {
  const moves = await gitIn(repository, [
    'log',
    '--walk-reflogs',
    `--max-count=${MOST_MOVES}`,
    '--format=%H',
    '--end-of-options',
    branch,
    '--',
  ]).catch(() => Buffer.alloc(0));
  const tips = moves.toString('utf8').split('\n').filter(Boolean);
  const by = new Map<string, Set<string>>();
  if (tips.length === 0) return by;
  const listed = await gitIn(repository, [
    'log',
    '-z',
    `--max-count=${MOST_COMMITS}`,
    `--format=%H%x01${CHANGE_IDS}`,
    '--ignore-missing',
    ...tips,
    ...['--not', '--branches', '--remotes', '--'],
  ]);
  for (const entry of listed.toString('utf8').split('\0')) {
    const [commit = '', trailers = ''] = entry.split('\x01');
    const key = changeIdIn(trailers);
    if (key !== undefined) by.set(key, (by.get(key) ?? new Set()).add(commit));
  }
  return by;
}
