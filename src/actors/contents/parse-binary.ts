/** `GIT binary patch`: one or two blocks in base 85, each ended by an empty line. They are kept, not applied. */
import { advance, type Cursor, isDone, lineOf, Malformed } from './cursor.ts';

const BLOCK = /^(?:literal|delta) \d{1,10}$/;
/** A letter for how many bytes the line holds, then five characters for every four of them. */
const LINE = /^[A-Za-z][0-9A-Za-z!#$%&()*+;<=>?@^_`{|}~-]+$/;
const LETTERS = 26;

/** The cursor stands behind the line that announces it. */
export function skipBinaryPatch(cursor: Cursor): void {
  let blocks = 0;
  for (; blocks < 2 && !isDone(cursor) && BLOCK.test(lineOf(cursor)); blocks++) skipBlock(cursor);
  if (blocks === 0) throw new Malformed(cursor.number, 'a binary patch has "literal" or "delta" here');
}

function skipBlock(cursor: Cursor): void {
  advance(cursor);
  for (; !isDone(cursor) && cursor.at < cursor.end; advance(cursor)) {
    const line = lineOf(cursor);
    if (!LINE.test(line) || line.length - 1 !== Math.ceil(bytesOf(line) / 4) * 5)
      throw new Malformed(cursor.number, 'this is no line of a binary patch');
  }
  if (isDone(cursor)) throw new Malformed(cursor.number, 'the diff ends in the middle of a binary patch');
  advance(cursor);
}

function bytesOf(line: string): number {
  const code = line.charCodeAt(0);
  return code >= 0x61 ? code - 0x60 + LETTERS : code - 0x40;
}
