/**
 * Where two edits of one file lie to each other, from their hunks alone: for a server that knows the hunks of revisions and
 * has no repository. Hunks have no context lines (`git diff -U0`).
 *
 * A range lies between *gaps*: gap 0 is before the first line, gap n behind line n. Lines 3 to 5 are the range 2…5, an
 * insertion behind line 4 is the empty range 4…4. So git's two ways of counting (a hunk of no lines names the line before
 * it) become one.
 */

/** `[oldStart, oldLines, newStart, newLines]`, as in `@@ -oldStart,oldLines +newStart,newLines @@`. */
export type Hunk = readonly [oldStart: number, oldLines: number, newStart: number, newLines: number];

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** `touching`: no line between them; git does not merge such edits either. `near`: 1 to 3 lines between them. */
export type Proximity = 'overlap' | 'touching' | 'near' | 'apart';

/** How many unchanged lines git shows around an edit, and until where edits count as near. */
export const CONTEXT_LINES = 3;

const range = (start: number, lines: number): Range =>
  lines === 0 ? { from: start, to: start } : { from: start - 1, to: start - 1 + lines };

export const oldRanges = (hunks: readonly Hunk[]): Range[] =>
  hunks.map(([start, lines]) => range(start, lines));
export const newRanges = (hunks: readonly Hunk[]): Range[] =>
  hunks.map(([, , start, lines]) => range(start, lines));

/** The closest that any range of one set comes to any of the other; both count the lines of the same file. */
export function proximity(some: readonly Range[], others: readonly Range[]): Proximity {
  let least = Number.POSITIVE_INFINITY;
  for (const a of some) for (const b of others) least = Math.min(least, linesBetween(a, b));
  if (least < 0) return 'overlap';
  if (least === 0) return 'touching';
  return least <= CONTEXT_LINES ? 'near' : 'apart';
}

/** Lines between two ranges; below 0 where they share a line, one lies within the other, or both insert at one spot. */
function linesBetween(a: Range, b: Range): number {
  if (a.from === b.from && a.to === b.to) return -1;
  return Math.max(b.from - a.to, a.from - b.to);
}

/**
 * Where the lines of `range` are after a later edit with these hunks (in the order of the file). What the edit replaced
 * within the range belongs to it; what it put before or behind it does not. An empty range takes what was put into it.
 */
export function shifted({ from, to }: Range, hunks: readonly Hunk[]): Range {
  const start = shiftedStart(from, hunks);
  const end = shiftedEnd(to, hunks);
  return { from: Math.min(start, end), to: Math.max(start, end) };
}

/** The gap before a line that stays before it: behind what was inserted there. */
function shiftedStart(gap: number, hunks: readonly Hunk[]): number {
  let change = 0;
  for (const [oldStart, oldLines, newStart, newLines] of hunks) {
    const old = range(oldStart, oldLines);
    if (old.to > gap) return old.from < gap ? range(newStart, newLines).from : gap + change;
    change += newLines - oldLines;
  }
  return gap + change;
}

/** The gap behind a line that stays behind it: before what was inserted there. */
function shiftedEnd(gap: number, hunks: readonly Hunk[]): number {
  let change = 0;
  for (const [oldStart, oldLines, newStart, newLines] of hunks) {
    const old = range(oldStart, oldLines);
    if (old.from >= gap) break;
    if (old.to > gap) return range(newStart, newLines).to;
    change += newLines - oldLines;
  }
  return gap + change;
}

/** Where a line (from 1) is after a later edit; undefined where the edit removed or replaced it. */
export function shiftedLine(line: number, hunks: readonly Hunk[]): number | undefined {
  let change = 0;
  for (const [oldStart, oldLines, , newLines] of hunks) {
    const { from, to } = range(oldStart, oldLines);
    if (line > from && line <= to) return undefined;
    if (line <= from) break;
    change += newLines - oldLines;
  }
  return line + change;
}
