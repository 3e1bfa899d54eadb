/**
 * Reads a unified diff as `git diff` prints it (git-diff(1), "Generating patch text with -p"): every byte of it is accounted
 * for, or it is refused with the line that does not fit. Time and memory grow with its length and no faster.
 */
import { createHash, type Hash } from 'node:crypto';
import type { FileKind, Hunk } from '../../persistence/records.ts';
import { advance, begins, type Cursor, cursorOn, isDone, lineOf, Malformed, shown } from './cursor.ts';
import { MAX_FILES } from './limits.ts';
import { isPair, nameOf, pathOf, sharedName } from './names.ts';
import { skipBinaryPatch } from './parse-binary.ts';
import { type Headers, kindOf, readHeaders } from './parse-headers.ts';
import { type Edits, readHunks } from './parse-hunks.ts';

export interface ParsedFile {
  readonly kind: FileKind;
  /** As `pathText` writes it; of a deleted file, the path it had. */
  readonly path: string;
  /** Of a renamed or copied file, the path it had before. */
  readonly oldPath: string | null;
  /** Null where they are not said, or there is no file. */
  readonly oldMode: string | null;
  readonly mode: string | null;
  /** Git found no lines in it; its hunks are empty. */
  readonly isBinary: boolean;
  /** The edits without the unchanged lines around them. */
  readonly hunks: readonly Hunk[];
  readonly added: number;
  readonly removed: number;
  /** Of what the diff does to the file, wherever in the file it does it. */
  readonly digest: string;
  /** The file's part of the diff is `[start, end)` of its bytes; its hunks start at `body`. */
  readonly start: number;
  readonly body: number;
  readonly end: number;
}

export type ParsedDiff =
  | { readonly ok: true; readonly files: readonly ParsedFile[] }
  | { readonly ok: false; readonly line: number; readonly message: string; readonly tooMany?: true };

const START = 'diff --git ';

/** A diff of nothing has no files. */
export function parseDiff(diff: Buffer): ParsedDiff {
  const cursor = cursorOn(diff);
  const files: ParsedFile[] = [];
  const seen = new Set<string>();
  try {
    while (!isDone(cursor)) {
      const line = cursor.number;
      if (files.length === MAX_FILES)
        return { ok: false, line, message: `the diff has more than ${MAX_FILES} files`, tooMany: true };
      const file = readFile(cursor);
      // A file that becomes something else, a link say, is deleted and added.
      const name = `${file.kind === 'deleted'} ${file.path}`;
      if (seen.has(name))
        throw new Malformed(line, `the file ${JSON.stringify(file.path)} stands twice in the diff`);
      seen.add(name);
      files.push(file);
    }
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, line: error.line, message: error.message };
    throw error;
  }
  return { ok: true, files };
}

interface Content extends Edits {
  readonly isBinary: boolean;
  readonly body: number;
  /** The names before and behind, as far as the content says them; null where there is no file. */
  readonly names?: readonly [before: string | null, behind: string | null];
  /** What stands between "Binary files" and "differ". */
  readonly binary?: string;
}

function readFile(cursor: Cursor): ParsedFile {
  const { at: start, number: line } = cursor;
  if (!begins(cursor, START))
    throw new Malformed(line, `a file has to start with "diff --git a/… b/…", not ${shown(cursor)}`);
  const both = lineOf(cursor).slice(START.length);
  advance(cursor);
  const headers = readHeaders(cursor);
  const kind = kindOf(headers);
  if (!kind) throw new Malformed(line, 'what is said of the file contradicts itself');
  const hash = createHash('sha256');
  const content = readContent(cursor, hash);
  const [before, behind] = namesOf(kind, headers, content, both, line);
  if (content.names === undefined && content.isBinary === false) checkSilence(kind, headers, line);
  const path = pathOrThrow(kind === 'deleted' ? before : behind, line);
  const oldPath = kind === 'renamed' || kind === 'copied' ? pathOrThrow(before, line) : null;
  const { oldMode, mode } = modesOf(headers);
  // The names of blobs are all there is to tell one binary file from another.
  const blobs = content.isBinary ? (headers.index ?? null) : null;
  hash.update(JSON.stringify([kind, oldPath, oldMode, mode, blobs]));
  const { isBinary, hunks, added, removed, body } = content;
  const digest = hash.digest('hex');
  return {
    kind,
    path,
    oldPath,
    oldMode,
    mode,
    isBinary,
    hunks,
    added,
    removed,
    digest,
    start,
    body,
    end: cursor.at,
  };
}

function readContent(cursor: Cursor, hash: Hash): Content {
  const none = { hunks: [], added: 0, removed: 0, isBinary: false, body: cursor.at };
  if (isDone(cursor)) return none;
  const line = lineOf(cursor);
  const binary = /^Binary files (.*) differ$/s.exec(line)?.[1];
  if (binary !== undefined) {
    advance(cursor);
    return { ...none, isBinary: true, binary };
  }
  if (line === 'GIT binary patch') {
    advance(cursor);
    const from = cursor.at;
    skipBinaryPatch(cursor);
    hash.update(cursor.bytes.subarray(from, cursor.at));
    return { ...none, isBinary: true };
  }
  if (!line.startsWith('--- ')) return none;
  const before = sideName(cursor, '--- ', 'a/');
  const behind = sideName(cursor, '+++ ', 'b/');
  if (!begins(cursor, '@@')) throw new Malformed(cursor.number, `a hunk was expected, not ${shown(cursor)}`);
  const body = cursor.at;
  const edits = readHunks(cursor, (from, to) => hash.update(cursor.bytes.subarray(from, to)).update('@'));
  return { ...edits, isBinary: false, body, names: [before, behind] };
}

/** The name in a `---` or `+++` line, without its prefix; null for no file. */
function sideName(cursor: Cursor, begin: string, prefix: string): string | null {
  if (!begins(cursor, begin))
    throw new Malformed(cursor.number, `"${begin}" was expected, not ${shown(cursor)}`);
  // Behind a name with spaces git puts a tab, for programs that would take what follows a space for a time.
  const name = nameOf(lineOf(cursor).slice(begin.length).replace(/\t$/, ''));
  if (name === undefined || (name !== '/dev/null' && !name.startsWith(prefix)))
    throw new Malformed(
      cursor.number,
      `the name of a file starts with "${prefix}" (git diff --default-prefix)`,
    );
  advance(cursor);
  return name === '/dev/null' ? null : name.slice(prefix.length);
}

type Names = readonly [before: string, behind: string];

/** The two names, on which all that is said has to agree. Where there is one file, it is named twice. */
function namesOf(
  kind: FileKind,
  headers: Headers,
  { names, binary }: Content,
  both: string,
  line: number,
): Names {
  const [before, behind] = pairOf(headers) ?? fromSides(names) ?? fromStart(both);
  if (before === undefined || behind === undefined)
    throw new Malformed(line, 'the names of the file cannot be read; they start with "a/" and "b/"');
  const isMoved = kind === 'renamed' || kind === 'copied';
  const sides = [kind === 'added' ? null : before, kind === 'deleted' ? null : behind] as const;
  const [left = '/dev/null', right = '/dev/null'] = [named('a/', sides[0]), named('b/', sides[1])];
  const agrees =
    isPair(both, `a/${before}`, `b/${behind}`, ' ') &&
    (isMoved || before === behind) &&
    (names === undefined || (sides[0] === names[0] && sides[1] === names[1])) &&
    (binary === undefined || isPair(binary, left, right, ' and '));
  if (!agrees) throw new Malformed(line, 'the names of the file contradict each other');
  return [before, behind];
}

function named(prefix: string, name: string | null): string | undefined {
  return name === null ? undefined : prefix + name;
}

function pairOf({ renameFrom, renameTo, copyFrom, copyTo }: Headers): Names | undefined {
  const [from, to] = [renameFrom ?? copyFrom, renameTo ?? copyTo];
  return from === undefined || to === undefined ? undefined : [from, to];
}

function fromSides(names: Content['names']): readonly [string | undefined, string | undefined] | undefined {
  if (!names) return undefined;
  const [before, behind] = names;
  return [before ?? behind ?? undefined, behind ?? before ?? undefined];
}

function fromStart(both: string): readonly [string | undefined, string | undefined] {
  const name = sharedName(both);
  return [name, name];
}

/** A file of which nothing is shown: empty, moved, or with another mode. Anything else was cut off. */
function checkSilence(kind: FileKind, { oldMode }: Headers, line: number): void {
  if (kind === 'modified' && oldMode === undefined)
    throw new Malformed(line, 'nothing is said of what changed in the file');
}

function modesOf({ oldMode, newMode, newFile, deletedFile, index }: Headers): {
  readonly oldMode: string | null;
  readonly mode: string | null;
} {
  const kept = index?.split(' ')[1];
  return {
    oldMode: oldMode ?? deletedFile ?? (newFile === undefined ? kept : undefined) ?? null,
    mode: newMode ?? newFile ?? (deletedFile === undefined ? kept : undefined) ?? null,
  };
}

function pathOrThrow(name: string, line: number): string {
  const found = pathOf(name);
  if ('path' in found) return found.path;
  throw new Malformed(line, `the name of the file ${found.wrong}`);
}
