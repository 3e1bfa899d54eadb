/** What git says of a file before its content: modes, whether it is new, where it was. Each thing at most once. */
import { advance, type Cursor, isDone, lineOf, Malformed } from './cursor.ts';
import { nameOf } from './names.ts';

/** Modes are such as 100644, 100755 (may be run), 120000 (symbolic link), 160000 (submodule). */
export interface Headers {
  readonly oldMode?: string;
  readonly newMode?: string;
  readonly newFile?: string;
  readonly deletedFile?: string;
  readonly renameFrom?: string;
  readonly renameTo?: string;
  readonly copyFrom?: string;
  readonly copyTo?: string;
  readonly similarity?: string;
  readonly dissimilarity?: string;
  /** Abbreviated names of the two blobs, and the mode where that did not change. */
  readonly index?: string;
}

const mode = /^[0-7]{6}$/;
const share = /^(?:100|\d{1,2})%$/;

const KNOWN: readonly (readonly [begin: string, part: keyof Headers, form: RegExp | 'name'])[] = [
  ['old mode ', 'oldMode', mode],
  ['new mode ', 'newMode', mode],
  ['new file mode ', 'newFile', mode],
  ['deleted file mode ', 'deletedFile', mode],
  ['rename from ', 'renameFrom', 'name'],
  ['rename to ', 'renameTo', 'name'],
  ['copy from ', 'copyFrom', 'name'],
  ['copy to ', 'copyTo', 'name'],
  ['similarity index ', 'similarity', share],
  ['dissimilarity index ', 'dissimilarity', share],
  ['index ', 'index', /^[0-9a-f]{4,64}\.\.[0-9a-f]{4,64}(?: [0-7]{6})?$/],
];

/** Reads them until something else comes. */
export function readHeaders(cursor: Cursor): Headers {
  const headers: Partial<Record<keyof Headers, string>> = {};
  for (; !isDone(cursor); advance(cursor)) {
    const line = lineOf(cursor);
    const known = KNOWN.find(([begin]) => line.startsWith(begin));
    if (!known) break;
    const [begin, part, form] = known;
    const given = line.slice(begin.length);
    const value = form === 'name' ? nameOf(given) : form.test(given) ? given : undefined;
    if (value === undefined)
      throw new Malformed(cursor.number, `"${begin.trim()}" says nothing that can be read`);
    if (headers[part] !== undefined) throw new Malformed(cursor.number, `"${begin.trim()}" is said twice`);
    headers[part] = value;
  }
  return headers;
}

/** What became of the file, as far as the headers say it; undefined where they contradict each other. */
export function kindOf(
  headers: Headers,
): 'added' | 'deleted' | 'modified' | 'renamed' | 'copied' | undefined {
  const { newFile, deletedFile, renameFrom, renameTo, copyFrom, copyTo, oldMode, newMode } = headers;
  const paired = [
    [renameFrom, renameTo],
    [copyFrom, copyTo],
    [oldMode, newMode],
  ];
  if (paired.some(([one, other]) => (one === undefined) !== (other === undefined))) return undefined;
  const kinds = [
    ...(newFile === undefined ? [] : (['added'] as const)),
    ...(deletedFile === undefined ? [] : (['deleted'] as const)),
    ...(renameFrom === undefined ? [] : (['renamed'] as const)),
    ...(copyFrom === undefined ? [] : (['copied'] as const)),
  ];
  const [kind = 'modified', ...others] = kinds;
  if (others.length > 0) return undefined;
  return (kind === 'added' || kind === 'deleted') && oldMode !== undefined ? undefined : kind;
}
