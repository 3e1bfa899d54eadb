/**
 * Two edits of a file, brought onto the lines of one commit. Hunks count the lines of the commit they are based on; where the
 * bases are different ones, stored revisions lead from one down to the other: a base that is a revision's commit has that
 * revision's base below it. Through each of them lines are moved by its hunks, as long as none of the lines is its own.
 */
import type { CommitHunks, FileKind, Hunk } from '../../persistence/records.ts';
import { oldRanges, type Range } from '../../vcs/hunks.ts';

/** What a revision does to one file. */
export interface FileEdit {
  readonly path: string;
  /** The commit whose lines the old side counts; null where nobody knows. */
  readonly base: string | null;
  /** The commit that the revision is. */
  readonly commit?: string;
  /** Without context lines, as `git diff -U0` has them. */
  readonly hunks: readonly Hunk[];
  /** Modified where nothing is said. */
  readonly kind?: FileKind;
}

/** Stored revisions by the commit they are. */
export type Known = ReadonlyMap<string, CommitHunks>;

/** `mapped`: moved from different bases, to the lines of a commit below both. */
export type Grounded =
  | { readonly kind: 'same' | 'mapped'; readonly ours: readonly Hunk[]; readonly theirs: readonly Hunk[] }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Of revisions on each other; a stack of more is not looked through. */
export const MAX_DEPTH = 50;

export function onOneBase(ours: FileEdit, theirs: FileEdit, known: Known): Grounded {
  if (ours.base === null || theirs.base === null)
    return { kind: 'unknown', reason: 'it is not known what both are based on' };
  if (ours.base === theirs.base) return { kind: 'same', ours: ours.hunks, theirs: theirs.hunks };
  const [mine, others] = [below(ours.base, known), below(theirs.base, known)];
  // One that stands on the other counts the lines that the other leaves.
  if (theirs.commit !== undefined && mine.includes(theirs.commit))
    return between(moved(ours, theirs.commit, known), theirs.hunks.map(inverted));
  if (ours.commit !== undefined && others.includes(ours.commit))
    return between(ours.hunks.map(inverted), moved(theirs, ours.commit, known));
  const common = mine.find((commit) => others.includes(commit));
  if (common === undefined)
    return {
      kind: 'unknown',
      reason: 'they are based on different commits, and what lies between these is not stored',
    };
  return between(moved(ours, common, known), moved(theirs, common, known));
}

function between(ours: readonly Hunk[] | string, theirs: readonly Hunk[] | string): Grounded {
  if (typeof ours === 'string') return { kind: 'unknown', reason: ours };
  if (typeof theirs === 'string') return { kind: 'unknown', reason: theirs };
  return { kind: 'mapped', ours, theirs };
}

/** The commit and those that stored revisions are based on, one below the other. */
function below(commit: string, known: Known): readonly string[] {
  const chain = [commit];
  for (let at = known.get(commit)?.base ?? null; at !== null && chain.length <= MAX_DEPTH; ) {
    chain.push(at);
    at = known.get(at)?.base ?? null;
  }
  return chain;
}

/** The old side of an edit as lines of `ground`, a commit below its base; else why that cannot be said. */
function moved(
  { path, base, hunks, kind }: FileEdit,
  ground: string,
  known: Known,
): readonly Hunk[] | string {
  let ranges: readonly Range[] = oldRanges(hunks);
  for (const commit of below(base ?? '', known)) {
    if (commit === ground) return ranges.map(hunkOf);
    for (const file of known.get(commit)?.files ?? []) {
      if (file.kind !== 'modified' || file.isBinary || kind === 'added')
        return `between their bases ${path} was not only edited`;
      const back = throughAll(ranges, file.hunks.map(inverted));
      if (!back) return `one of them edits lines of ${path} that were edited between their bases`;
      ranges = back;
    }
  }
  return `it is not known what lies between their bases`;
}

/** Undefined where one of the ranges has no line between it and an edit. */
function throughAll(ranges: readonly Range[], edits: readonly Hunk[]): readonly Range[] | undefined {
  const taken = oldRanges(edits);
  const through: Range[] = [];
  for (const { from, to } of ranges) {
    let change = 0;
    for (const [at, [, oldLines, , newLines]] of edits.entries()) {
      const edit = taken[at];
      if (!edit || edit.from > to) break;
      if (edit.to >= from) return undefined;
      change += newLines - oldLines;
    }
    through.push({ from: from + change, to: to + change });
  }
  return through;
}

const inverted = ([oldStart, oldLines, newStart, newLines]: Hunk): Hunk => [
  newStart,
  newLines,
  oldStart,
  oldLines,
];

/** An edit that takes these lines. */
function hunkOf({ from, to }: Range): Hunk {
  const start = from === to ? from : from + 1;
  return [start, to - from, start, to - from];
}
