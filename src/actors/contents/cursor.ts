/** Reading a diff line by line. It is bytes: its lines are cut at LF and nowhere else, a CR belongs to its line. */

export interface Cursor {
  readonly bytes: Buffer;
  /** The current line is `bytes[at, end)`, without its LF. */
  at: number;
  end: number;
  /** Where the next line starts. */
  next: number;
  /** Of the current line: 1, 2, 3 … */
  number: number;
}

/** What cannot be read, and in which line. It never leaves the parser, which makes it a value. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

const LF = 0x0a;

export function cursorOn(bytes: Buffer, at = 0): Cursor {
  const cursor = { bytes, at, end: at, next: at, number: 0 };
  advance(cursor);
  return cursor;
}

export function advance(cursor: Cursor): void {
  const { bytes, next } = cursor;
  const found = bytes.indexOf(LF, next);
  cursor.at = next;
  cursor.end = found < 0 ? bytes.length : found;
  cursor.next = found < 0 ? bytes.length : found + 1;
  cursor.number += 1;
}

export function isDone({ at, bytes }: Cursor): boolean {
  return at >= bytes.length;
}

/** The current line, one character per byte. */
export function lineOf({ bytes, at, end }: Cursor): string {
  return bytes.toString('latin1', at, end);
}

/** Whether the current line begins with this ASCII text. */
export function begins({ bytes, at, end }: Cursor, text: string): boolean {
  return end - at >= text.length && bytes.toString('latin1', at, at + text.length) === text;
}

/** What a message shows of the current line. */
export function shown(cursor: Cursor): string {
  if (isDone(cursor)) return 'the end';
  const { bytes, at, end } = cursor;
  const text = bytes.toString('utf8', at, Math.min(end, at + 80)).replace(/\p{Cc}/gu, '\ufffd');
  return `"${text}"`;
}
