/**
 * The hunks of one file. A hunk says how many lines of each side it has, and that alone decides what its lines are: nothing
 * in a file can pass for a header. What comes out are the edits within, without the unchanged lines around them, counted as
 * `git diff -U0` does: an edit of no lines names the line before it.
 */
import type { Hunk } from '../../persistence/records.ts';
import { advance, begins, type Cursor, isDone, lineOf, Malformed, shown } from './cursor.ts';
import { MAX_LINE } from './limits.ts';

export interface Edits {
  readonly hunks: readonly Hunk[];
  readonly added: number;
  readonly removed: number;
}

/** Told which bytes a hunk holds besides its heading. */
export type OnBody = (from: number, to: number) => void;

/** Where the sides stand: the number of the next line of each. */
interface Sides {
  old: number;
  new: number;
}

interface Heading {
  readonly start: Sides;
  readonly oldLines: number;
  readonly newLines: number;
}

const HEADING = /^@@ -(\d{1,10})(?:,(\d{1,10}))? \+(\d{1,10})(?:,(\d{1,10}))? @@(?: .*)?$/s;
const [SPACE, PLUS, MINUS, BACKSLASH] = [0x20, 0x2b, 0x2d, 0x5c];

/** Reads hunks until something else comes; the cursor stands on the first heading. */
export function readHunks(cursor: Cursor, onBody: OnBody): Edits {
  const hunks: Hunk[] = [];
  const reached: Sides = { old: 1, new: 1 };
  while (!isDone(cursor) && begins(cursor, '@@')) {
    const heading = readHeading(lineOf(cursor));
    if (!heading)
      throw new Malformed(cursor.number, `the heading of a hunk was expected, not ${shown(cursor)}`);
    if (heading.start.old < reached.old || heading.start.new < reached.new)
      throw new Malformed(cursor.number, 'the hunk starts before the end of the hunk above it');
    advance(cursor);
    const from = cursor.at;
    readBody(cursor, heading, hunks);
    onBody(from, cursor.at);
    reached.old = heading.start.old + heading.oldLines;
    reached.new = heading.start.new + heading.newLines;
  }
  let [added, removed] = [0, 0];
  for (const [, oldLines, , newLines] of hunks) {
    removed += oldLines;
    added += newLines;
  }
  return { hunks, added, removed };
}

/** The lines at which a hunk starts, and how many it has; undefined for what is no heading. */
export function readHeading(line: string): Heading | undefined {
  const parts = HEADING.exec(line);
  if (!parts) return undefined;
  const [oldStart, newStart] = [Number(parts[1]), Number(parts[3])];
  const [oldLines, newLines] = [Number(parts[2] ?? 1), Number(parts[4] ?? 1)];
  const isSane = (start: number, lines: number) =>
    (lines === 0 || start > 0) && start + lines <= MAX_LINE && lines <= MAX_LINE;
  if (!isSane(oldStart, oldLines) || !isSane(newStart, newLines) || oldLines + newLines === 0)
    return undefined;
  const next = (start: number, lines: number) => (lines === 0 ? start + 1 : start);
  return { start: { old: next(oldStart, oldLines), new: next(newStart, newLines) }, oldLines, newLines };
}

function readBody(cursor: Cursor, { start, oldLines, newLines }: Heading, hunks: Hunk[]): void {
  const at: Sides = { ...start };
  const end: Sides = { old: start.old + oldLines, new: start.new + newLines };
  let edit: Sides | undefined;
  let sign = 0;
  const close = () => {
    if (edit) hunks.push(editBetween(edit, at));
    edit = undefined;
  };
  while (at.old < end.old || at.new < end.new) {
    if (isDone(cursor)) throw new Malformed(cursor.number, 'the diff ends in the middle of a hunk');
    sign = signOf(cursor);
    if (sign === SPACE) close();
    else if (sign === PLUS || sign === MINUS) edit ??= { ...at };
    else throw new Malformed(cursor.number, `a line of the hunk was expected, not ${shown(cursor)}`);
    if (sign !== PLUS) at.old += 1;
    if (sign !== MINUS) at.new += 1;
    if (at.old > end.old || at.new > end.new)
      throw new Malformed(cursor.number, 'the hunk has more lines of one side than its heading says');
    advance(cursor);
    const isLast = (sign === PLUS || at.old === end.old) && (sign === MINUS || at.new === end.new);
    if (!isDone(cursor) && cursor.bytes[cursor.at] === BACKSLASH) skipMark(cursor, isLast);
  }
  close();
}

/** Some programs write unchanged empty lines without their space. */
function signOf({ bytes, at, end }: Cursor): number {
  return at === end ? SPACE : (bytes[at] ?? 0);
}

/** "\ No newline at end of file": about the line above it, which has to be the last of its side. */
function skipMark(cursor: Cursor, isLast: boolean): void {
  if (!isLast || !begins(cursor, '\\ '))
    throw new Malformed(cursor.number, 'the mark for a missing newline stands where no file ends');
  advance(cursor);
}

function editBetween(from: Sides, to: Sides): Hunk {
  const [oldLines, newLines] = [to.old - from.old, to.new - from.new];
  return [
    oldLines === 0 ? from.old - 1 : from.old,
    oldLines,
    newLines === 0 ? from.new - 1 : from.new,
    newLines,
  ];
}
