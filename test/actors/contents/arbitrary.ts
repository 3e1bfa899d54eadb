/** Changes to files, and the diff that git would print of them, with what is to be read from it. */
import fc from 'fast-check';
import type { FileKind, Hunk } from '../../../src/persistence/records.ts';

export interface Written {
  /** Its part of the diff, one character per byte. */
  readonly text: string;
  readonly kind: FileKind;
  /** Bytes, one character each. */
  readonly name: string;
  readonly oldName: string | null;
  readonly hunks: readonly Hunk[];
  readonly added: number;
  readonly removed: number;
  readonly isBinary: boolean;
  /** What stands on the lines of its hunks: kind, numbers, text. */
  readonly lines: readonly (readonly [string, number | null, number | null, string])[];
}

/** Some unchanged lines, then an edit. */
interface Piece {
  readonly skipped: number;
  readonly before: readonly string[];
  readonly removed: readonly string[];
  readonly added: readonly string[];
  readonly after: readonly string[];
}

/** Bytes that would break what reads carelessly: CR, quotes, signs, what looks like a header. */
const line = fc.oneof(
  fc.string({
    unit: fc.constantFrom('a', ' ', '-', '+', '@', '\\', '"', '\r', '\t', 'é', '\xff'),
    maxLength: 8,
  }),
  fc.constantFrom(
    '',
    '--- a/x',
    '+++ b/x',
    'diff --git a/x b/x',
    '@@ -1 +1 @@',
    '\\ No newline at end of file',
    ' ',
  ),
);
const few = fc.array(line, { maxLength: 3 });
const piece = fc
  .record({ skipped: fc.nat(5), before: few, removed: few, added: few, after: few })
  .filter(({ removed, added }) => removed.length + added.length > 0);

const part = fc.string({
  unit: fc.constantFrom('a', 'b', ' ', '"', '\\', '\t', '\n', '\xc3\xa9', '\xff', '%', '4', '1', 'd/'),
  minLength: 1,
  maxLength: 6,
});
export const name = fc
  .array(part, { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join('/'))
  .filter((text) => text.split('/').every((each) => each !== '' && each !== '.' && each !== '..'));

const CODES: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '"': '\\"', '\\': '\\\\' };

/** As git quotes names with `core.quotePath`. */
function quoted(text: string): string {
  if (!/[\t\n"\\\x80-\xff]/.test(text)) return text;
  const inside = text.replace(/[\t\n"\\\x80-\xff]/g, (c) => CODES[c] ?? `\\${c.charCodeAt(0).toString(8)}`);
  return `"${inside}"`;
}

const sideLine = (begin: string, text: string) =>
  `${begin} ${quoted(text)}${!quoted(text).startsWith('"') && text.includes(' ') ? '\t' : ''}\n`;

const range = (start: number, count: number) =>
  `${count === 0 ? start - 1 : start}${count === 1 ? '' : `,${count}`}`;

/** The hunks of a file that exists before and behind. */
function hunksOf(pieces: readonly Piece[]): Pick<Written, 'hunks' | 'added' | 'removed' | 'lines' | 'text'> {
  const at = { old: 1, new: 1 };
  const hunks: Hunk[] = [];
  const lines: (readonly [string, number | null, number | null, string])[] = [];
  let text = '';
  for (const { skipped, before, removed, added, after } of pieces) {
    at.old += skipped;
    at.new += skipped;
    const context = before.length + after.length;
    const heading = `@@ -${range(at.old, context + removed.length)} +${range(at.new, context + added.length)} @@`;
    text += `${heading} f() {\n`;
    lines.push(['hunk', null, null, `${heading} f() {`]);
    const say = (kind: string, sign: string, said: string, old: boolean, behind: boolean) => {
      lines.push([kind, old ? at.old : null, behind ? at.new : null, Buffer.from(said, 'latin1').toString()]);
      text += `${sign}${said}\n`;
      if (old) at.old += 1;
      if (behind) at.new += 1;
    };
    for (const each of before) say('context', ' ', each, true, true);
    hunks.push([
      removed.length === 0 ? at.old - 1 : at.old,
      removed.length,
      added.length === 0 ? at.new - 1 : at.new,
      added.length,
    ]);
    for (const each of removed) say('removed', '-', each, true, false);
    for (const each of added) say('added', '+', each, false, true);
    for (const each of after) say('context', ' ', each, true, true);
  }
  const sum = (side: 1 | 3) => hunks.reduce((total, hunk) => total + hunk[side], 0);
  return { text, hunks, lines, added: sum(3), removed: sum(1) };
}

const none = { hunks: [], added: 0, removed: 0, isBinary: false, lines: [] } as const;
const INDEX = 'index 0123abc..4567def';
const start = (old: string, behind: string) => `diff --git ${quoted(`a/${old}`)} ${quoted(`b/${behind}`)}\n`;
const sides = (old: string, behind: string) => sideLine('---', `a/${old}`) + sideLine('+++', `b/${behind}`);

function written(
  kind: FileKind,
  path: string,
  other: string,
  pieces: readonly Piece[],
  silent: boolean,
): Written {
  const isMoved = kind === 'renamed' || kind === 'copied';
  const before = isMoved ? other : path;
  const base = { kind, name: path, oldName: isMoved ? other : null };
  const verb = kind === 'renamed' ? 'rename' : 'copy';
  const moved = `similarity index 90%\n${verb} from ${quoted(other)}\n${verb} to ${quoted(path)}\n`;
  if (silent && isMoved) return { ...base, ...none, text: start(before, path) + moved };
  if (silent && kind === 'modified')
    return { ...base, ...none, text: `${start(path, path)}old mode 100644\nnew mode 100755\n` };
  const edits = hunksOf(pieces);
  if (kind === 'modified' || isMoved) {
    const head = isMoved ? `${moved}${INDEX} 100644\n` : `${INDEX} 100644\n`;
    return {
      ...base,
      ...edits,
      isBinary: false,
      text: start(before, path) + head + sides(before, path) + edits.text,
    };
  }
  const isNew = kind === 'added';
  const head = `${start(path, path)}${isNew ? 'new' : 'deleted'} file mode 100644\n${INDEX}\n`;
  if (silent) {
    const [left, right] = [
      isNew ? '/dev/null' : quoted(`a/${path}`),
      isNew ? quoted(`b/${path}`) : '/dev/null',
    ];
    return { ...base, ...none, isBinary: true, text: `${head}Binary files ${left} and ${right} differ\n` };
  }
  const whole = pieces.flatMap(({ removed, added }) => [...removed, ...added]);
  const all = hunksOf([
    { skipped: 0, before: [], after: [], removed: isNew ? [] : whole, added: isNew ? whole : [] },
  ]);
  const names = isNew
    ? `--- /dev/null\n${sideLine('+++', `b/${path}`)}`
    : `${sideLine('---', `a/${path}`)}+++ /dev/null\n`;
  return { ...base, ...all, isBinary: false, text: head + names + all.text };
}

const file: fc.Arbitrary<Written> = fc
  .tuple(
    fc.constantFrom<FileKind>('added', 'deleted', 'modified', 'renamed', 'copied'),
    name,
    name,
    fc.array(piece, { minLength: 1, maxLength: 4 }),
    fc.boolean(),
  )
  .filter(([, path, other]) => path !== other)
  .map((parts) => written(...parts));

/** Files of different names. */
export const files = fc.uniqueArray(file, { selector: ({ name: each }) => each, maxLength: 5 });
