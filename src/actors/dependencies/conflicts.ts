/**
 * Who else edits what a new revision edits: the same lines, the same spot, or lines close by; and who of the two goes first.
 * The hunks of both count the lines of the same file only where both start from the same base; otherwise the answer says
 * that it is approximate. Two edits of a file without lines (an image, say) are taken for edits of the same lines.
 */
import type { Hunk, Proximity } from '../../vcs/hunks.ts';
import { closest, type Meeting } from './meeting.ts';
import { byPrecedence, goesFirst, type Needs, type Precedence, type Standing } from './precedence.ts';

/** What a revision does to one file. */
export interface FileHunks {
  readonly change: string;
  readonly path: string;
  /** The commit whose lines the old side counts; null where nobody knows. */
  readonly base: string | null;
  /** Without context lines, as `git diff -U0` has them. */
  readonly hunks: readonly Hunk[];
}

export type Closeness = Exclude<Proximity, 'apart'>;

export interface PathConflict {
  readonly path: string;
  readonly closeness: Closeness;
  /** Which lines of the old file are meant, to follow "edit"; the first place where they come that close. */
  readonly where: string;
  readonly approximate: boolean;
}

export interface Conflict extends Precedence {
  /** The change of the new revision, and the one it meets. */
  readonly change: string;
  readonly with: string;
  /** Of all paths, the closest. */
  readonly closeness: Closeness;
  /** Closest first, then by path as they came. */
  readonly paths: readonly PathConflict[];
  /** Whether any path is. */
  readonly approximate: boolean;
  readonly sentence: string;
}

export interface ConflictQuestion {
  /** All of one change. */
  readonly revision: readonly FileHunks[];
  /** Of open changes; those of the same change are passed over. */
  readonly open: readonly FileHunks[];
  /** What is known of a change; where nothing is, its id stands for its key and it goes last. */
  readonly standing: (change: string) => Standing | undefined;
  readonly needs?: Needs;
}

const CLOSENESS: readonly Proximity[] = ['overlap', 'touching', 'near', 'apart'];
const rankOf = (closeness: Proximity) => CLOSENESS.indexOf(closeness);

/** The closest conflicts first; among equals, those with the changes that go first. */
export function conflictsOf({ revision, open, standing, needs }: ConflictQuestion): readonly Conflict[] {
  const own = revision[0]?.change;
  if (own === undefined) return [];
  const byPath = new Map<string, FileHunks[]>();
  for (const ours of revision) byPath.set(ours.path, [...(byPath.get(ours.path) ?? []), ours]);
  const found = new Map<string, PathConflict[]>();
  for (const theirs of open) {
    if (theirs.change === own) continue;
    for (const ours of byPath.get(theirs.path) ?? []) {
      const conflict = meeting(ours, theirs);
      if (!conflict) continue;
      const known = found.get(theirs.change);
      if (known) known.push(conflict);
      else found.set(theirs.change, [conflict]);
    }
  }
  const known = (change: string): Standing =>
    standing(change) ?? { change, key: change, submittedAt: Number.MAX_VALUE, isApproved: false };
  return [...found]
    .map(([other, paths]) => conflictOf(known(own), known(other), paths, needs))
    .sort((a, b) => rankOf(a.closeness) - rankOf(b.closeness) || byPrecedence(known(a.with), known(b.with)));
}

function meeting(ours: FileHunks, theirs: FileHunks): PathConflict | undefined {
  const { path } = ours;
  const approximate = ours.base === null || ours.base !== theirs.base;
  if (ours.hunks.length === 0 && theirs.hunks.length === 0)
    return { path, closeness: 'overlap', where: `${path}, of which no lines are known`, approximate: true };
  const met = closest(ours.hunks, theirs.hunks);
  return met && { path, closeness: met.closeness, where: whereText(path, met), approximate };
}

function conflictOf(
  own: Standing,
  other: Standing,
  found: readonly PathConflict[],
  needs: Needs | undefined,
): Conflict {
  const paths = [...found].sort((a, b) => rankOf(a.closeness) - rankOf(b.closeness));
  const approximate = paths.some((path) => path.approximate);
  const precedence = goesFirst(own, other, needs);
  const first = precedence.first === own.change ? own : other;
  const wheres = paths.slice(0, 1).map(({ where }) => where);
  const more = paths.length === 1 ? '' : ` and come close in ${filesText(paths.length - 1)}`;
  const sentences = [
    `${own.key} and ${other.key} both edit ${wheres.join('')}${more}.`,
    `${first.key} goes first, because ${precedence.because}.`,
    ...(approximate ? ['Their bases differ or are not known, so the lines may have moved.'] : []),
  ];
  return {
    ...precedence,
    change: own.change,
    with: other.change,
    closeness: paths[0]?.closeness ?? 'near',
    paths,
    approximate,
    sentence: sentences.join(' '),
  };
}

const filesText = (count: number): string => (count === 1 ? '1 more file' : `${count} more files`);

function whereText(path: string, { closeness, from, to }: Meeting): string {
  const lines = to - from <= 1 ? `line ${to}` : `lines ${from + 1} to ${to}`;
  if (closeness === 'near') return `${path} within 3 lines of each other, near line ${to}`;
  if (from < to) return `${lines} of ${path}`;
  return from === 0 ? `${path} before its first line` : `${path} at the end of line ${from}`;
}
