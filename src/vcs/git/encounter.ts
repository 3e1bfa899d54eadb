/**
 * How an earlier commit's files meet those of a later one, from their hunks: its lines are followed through all edits in
 * between, and through renames, to where the later commit found them.
 */
import { newRanges, oldRanges, proximity, type Range, shifted } from '../hunks.ts';
import type { FileChange } from './diff.ts';
import { filesByOldPath } from './line.ts';
import type { Revision } from './revisions.ts';

export interface Encounter {
  /** The later one edits within three lines of what the earlier one left. */
  readonly near: boolean;
  /** The later one edits a file that has its path from the earlier one. */
  readonly renamed: boolean;
}

export function encounter(earlier: Revision, between: readonly Revision[], later: Revision): Encounter {
  let near = false;
  let renamed = false;
  for (const file of earlier.files ?? []) {
    if (file.kind === 'deleted') continue;
    const there = followed(file, between);
    const met = there && filesByOldPath(later).get(there.path);
    if (!there || !met || met.kind === 'added') continue;
    renamed ||= file.kind === 'renamed';
    near ||= proximity(there.ranges, oldRanges(met.hunks)) !== 'apart';
  }
  return { near, renamed };
}

interface Place {
  readonly path: string;
  readonly ranges: readonly Range[];
}

/** Where the lines that `file` brought are after these revisions; undefined where the file is gone. */
function followed(file: FileChange, between: readonly Revision[]): Place | undefined {
  let place: Place = { path: file.path, ranges: newRanges(file.hunks) };
  for (const revision of between) {
    const edit = filesByOldPath(revision).get(place.path);
    if (!edit) continue;
    if (edit.kind === 'deleted' || edit.kind === 'added') return undefined;
    place = { path: edit.path, ranges: place.ranges.map((range) => shifted(range, edit.hunks)) };
  }
  return place;
}
