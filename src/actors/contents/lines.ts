/** The lines of one file's part of a diff as people see them, each with its number on the sides it stands on. */
import { invariant } from '../../errors.ts';
import { advance, type Cursor, cursorOn, isDone, lineOf } from './cursor.ts';
import { MAX_LINE_CHARACTERS, MAX_PAGE_CHARACTERS } from './limits.ts';
import { type ParsedFile, parseDiff } from './parse-diff.ts';
import { readHeading } from './parse-hunks.ts';

export interface DiffLine {
  readonly kind: 'hunk' | 'context' | 'added' | 'removed';
  /** Its number before and behind, from 1; null where it does not stand there. */
  readonly old: number | null;
  readonly new: number | null;
  /** Without the sign and without LF; bytes that are no UTF-8 are U+FFFD. A heading is whole. */
  readonly text: string;
  /** Whether there is more text than `MAX_LINE_CHARACTERS`. */
  readonly isCut: boolean;
  /** Whether the file ends here without LF. */
  readonly endsFile: boolean;
}

export interface LinesPage {
  readonly file: ParsedFile;
  readonly lines: readonly DiffLine[];
  /** Where the next page starts; null on the last. */
  readonly next: number | null;
}

export interface Wanted {
  /** The first one, from 1; headings of hunks count. */
  readonly line: number;
  readonly limit: number;
}

/** `part` is a part that was stored, so it can be read. A page may hold fewer lines than asked for where they are long. */
export function linesOf(part: Buffer, { line: first, limit }: Wanted): LinesPage {
  const parsed = parseDiff(part);
  const file = parsed.ok ? parsed.files[0] : undefined;
  invariant(file, 'what was stored of a diff is one file that can be read');
  const lines: DiffLine[] = [];
  const cursor = cursorOn(part, file.isBinary ? part.length : file.body);
  const at = { old: 0, new: 0 };
  let characters = 0;
  for (let number = 1; !isDone(cursor); number++) {
    const isWanted = number >= first;
    if (isWanted && (lines.length === limit || (lines.length > 0 && characters >= MAX_PAGE_CHARACTERS)))
      return { file, lines, next: number };
    const line = take(cursor, at, isWanted);
    if (line) lines.push(line);
    characters += line?.text.length ?? 0;
  }
  return { file, lines, next: null };
}

const [PLUS, MINUS, HEADING, BACKSLASH] = [0x2b, 0x2d, 0x40, 0x5c];

/** Moves behind the line; makes a document of it where it is wanted. */
function take(cursor: Cursor, at: { old: number; new: number }, isWanted: boolean): DiffLine | undefined {
  const { bytes, at: start, end } = cursor;
  const sign = start === end ? undefined : bytes[start];
  if (sign === HEADING) Object.assign(at, readHeading(lineOf(cursor))?.start);
  const isOld = sign !== PLUS && sign !== HEADING;
  const isNew = sign !== MINUS && sign !== HEADING;
  const numbers = { old: isOld ? at.old : null, new: isNew ? at.new : null };
  if (isOld) at.old += 1;
  if (isNew) at.new += 1;
  advance(cursor);
  const endsFile = !isDone(cursor) && bytes[cursor.at] === BACKSLASH;
  if (endsFile) advance(cursor);
  if (!isWanted) return undefined;
  const kind = sign === HEADING ? 'hunk' : sign === PLUS ? 'added' : sign === MINUS ? 'removed' : 'context';
  return {
    kind,
    ...numbers,
    ...textOf(bytes.subarray(sign === HEADING ? start : start + 1, Math.max(end, start))),
    endsFile,
  };
}

/** A character has up to four bytes: no more of them are looked at than can be shown. */
function textOf(bytes: Buffer): { readonly text: string; readonly isCut: boolean } {
  const text = bytes.toString('utf8', 0, MAX_LINE_CHARACTERS * 4);
  if (text.length <= MAX_LINE_CHARACTERS) return { text, isCut: false };
  return { text: text.slice(0, MAX_LINE_CHARACTERS).toWellFormed(), isCut: true };
}
