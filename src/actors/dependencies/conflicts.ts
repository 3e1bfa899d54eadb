/**
 * Who else edits what a new revision edits: the same lines, the same spot, or lines close by; and who of the two goes first.
 * The hunks of both count the lines of the same file where both start from the same base, or can be moved to it; otherwise
 * the answer says that it is approximate, and why. Two edits of a file without lines (an image, say) are taken for edits of
 * the same lines.
 */
import type { FileKind } from '../../persistence/records.ts';
import type { Proximity } from '../../vcs/hunks.ts';
import { type FileEdit, type Known, onOneBase } from '../contents/bases.ts';
import { closest, type Meeting } from './meeting.ts';
import { byPrecedence, goesFirst, type Needs, type Precedence, type Standing } from './precedence.ts';

/** What a revision does to one file. */
export interface FileHunks extends FileEdit {
  readonly change: string;
}

export type Closeness = Exclude<Proximity, 'apart'>;

export interface PathConflict {
  readonly path: string;
  readonly closeness: Closeness;
  /** Which lines of the old file are meant, to follow "edit"; the first place where they come that close. */
  readonly where: string;
  readonly approximate: boolean;
  /** Why it is approximate; null where it is exact. */
  readonly reason: string | null;
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
  /** Stored revisions by the commit they are, by which different bases are brought together. */
  readonly known?: Known;
}

const CLOSENESS: readonly Proximity[] = ['overlap', 'touching', 'near', 'apart'];
const rankOf = (closeness: Proximity) => CLOSENESS.indexOf(closeness);

/** The closest conflicts first; among equals, those with the changes that go first. */
export function conflictsOf({
  revision,
  open,
  standing,
  needs,
  known: bases = new Map(),
}: ConflictQuestion): readonly Conflict[] {
  const own = revision[0]?.change;
  if (own === undefined) return [];
  const byPath = new Map<string, FileHunks[]>();
  for (const ours of revision) byPath.set(ours.path, [...(byPath.get(ours.path) ?? []), ours]);
  const found = new Map<string, PathConflict[]>();
  for (const theirs of open) {
    if (theirs.change === own) continue;
    for (const ours of byPath.get(theirs.path) ?? []) {
      const conflict = meeting(ours, theirs, bases);
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

function meeting(ours: FileHunks, theirs: FileHunks, known: Known): PathConflict | undefined {
  const { path } = ours;
  const ground = onOneBase(ours, theirs, known);
  const reason = ground.kind === 'unknown' ? ground.reason : null;
  const exactness = { approximate: reason !== null, reason };
  const whole = wholeFile(ours.kind ?? 'modified', theirs.kind ?? 'modified');
  if (whole === 'none') return undefined;
  if (whole !== undefined) return { path, closeness: 'overlap', where: `${path}, ${whole}`, ...exactness };
  if (ours.hunks.length === 0 && theirs.hunks.length === 0) {
    const where = `${path}, of which no lines are known`;
    return { path, closeness: 'overlap', where, approximate: true, reason: 'it has no lines to compare' };
  }
  const [mine, others] =
    ground.kind === 'unknown' ? [ours.hunks, theirs.hunks] : [ground.ours, ground.theirs];
  const met = closest(mine, others);
  return met && { path, closeness: met.closeness, where: whereText(path, met), ...exactness };
}

/** What is decided by the file being there or not, whatever its lines are; 'none' where both do the same. */
function wholeFile(ours: FileKind, theirs: FileKind): string | undefined {
  const gone = [ours, theirs].filter((kind) => kind === 'deleted').length;
  if (gone > 0) return gone === 2 ? 'none' : 'which one of them deletes';
  const isNew = (kind: FileKind) => kind !== 'modified';
  const isCopied = (kind: FileKind) => kind === 'added' || kind === 'copied';
  const meets = (isCopied(ours) && isNew(theirs)) || (isCopied(theirs) && isNew(ours));
  return meets ? 'where both put a file' : undefined;
}

function conflictOf(
  own: Standing,
  other: Standing,
  found: readonly PathConflict[],
  needs: Needs | undefined,
): Conflict {
  const paths = [...found].sort((a, b) => rankOf(a.closeness) - rankOf(b.closeness));
  const approximate = paths.some((path) => path.approximate);
  const reasons = paths.flatMap(({ reason }) => reason ?? []).slice(0, 1);
  const precedence = goesFirst(own, other, needs);
  const first = precedence.first === own.change ? own : other;
  const wheres = paths.slice(0, 1).map(({ where }) => where);
  const more = paths.length === 1 ? '' : ` and come close in ${filesText(paths.length - 1)}`;
  const sentences = [
    `${own.key} and ${other.key} both edit ${wheres.join('')}${more}.`,
    `${first.key} goes first, because ${precedence.because}.`,
    ...reasons.map((reason) => `The lines may have moved: ${reason}.`),
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
