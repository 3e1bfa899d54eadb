/**
 * The hunks of a printed change (`PrintableHunk::write` in `libpijul/src/change/printable.rs`): which paths they name, and
 * by which numbers they refer to other changes. What they hold is not looked at.
 */
import type { Hunk, HunkKind } from './revision.ts';
import { defect, excerpt } from './text.ts';

export interface Hunks {
  readonly hunks: readonly Hunk[];
  /** Numbers of the dependencies whose lines the hunks build on. */
  readonly refersTo: ReadonlySet<number>;
}

const MOST_HUNKS = 100_000;

/** Longest beginnings first: "File un-deletion" is no "File". */
const KINDS: readonly (readonly [string, HunkKind])[] = [
  ['File addition:', 'add'],
  ['File deletion:', 'delete'],
  ['File un-deletion:', 'restore'],
  ['Moved:', 'move'],
  ['Edit in', 'edit'],
  ['Replacement in', 'replace'],
  ['Solving a', 'conflict'],
  ['Un-solving a', 'conflict'],
  ['Resurrecting zombie lines in', 'conflict'],
  ['Root add', 'root'],
  ['Root del', 'root'],
];

/** `lines` are those after the heading "# Hunks"; the first of them is line `first` of the text. */
export function readHunks(lines: readonly string[], first: number, name: string): Hunks {
  const hunks: Hunk[] = [];
  const refersTo = new Set<number>();
  for (const [index, text] of lines.entries()) {
    // Contents of files; a lone "\" says that they end without a line break.
    if (text === '' || /^[+\\-]/.test(text)) continue;
    const heading = /^(\d{1,9})\. (.*)$/.exec(text);
    if (heading) {
      if (hunks.length === MOST_HUNKS)
        throw defect(name, first + index, `is the start of hunk ${MOST_HUNKS + 1}, which is too many`);
      hunks.push(hunkOf(Number(heading[1]), heading[2] ?? '', first + index));
    } else if (hunks.length === 0) {
      throw defect(name, first + index, `${excerpt(text)} stands before the first hunk`);
    }
    for (const number of numbersIn(heading?.[2] ?? text)) refersTo.add(number);
  }
  return { hunks, refersTo };
}

function hunkOf(number: number, heading: string, line: number): Hunk {
  const [start, kind] = KINDS.find(([beginning]) => heading.startsWith(beginning)) ?? ['', 'other'];
  if (kind === 'root') return { number, kind, path: null, line };
  return { number, kind, path: pathIn(heading.slice(start.length).trim(), kind), line };
}

/** `"name" in "folder" …`, `"path":3 2.17 "UTF-8"`, and unquoted, as before version 1.0, `path:3 2.17`. */
function pathIn(heading: string, kind: HunkKind): string | null {
  const quoted = quotedIn(heading);
  if (kind === 'add') return added(quoted[0], quoted[1]);
  return quoted[0] ?? /^(\S+?):\d/.exec(heading)?.[1] ?? null;
}

function added(file: string | undefined, folder = ''): string | null {
  if (file === undefined) return null;
  const parent = folder.replace(/^\/+|\/+$/g, '');
  return parent === '' ? file : `${parent}/${file}`;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

function quotedIn(text: string): string[] {
  const found = text.matchAll(/"((?:[^"\\]|\\.)*)"/g);
  return [...found].map(([, inner = '']) =>
    inner.replace(/\\(.)/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped),
  );
}

/** `3.22` is a place in change [3], `…/3` an edge that change [3] made; 0 and 1 are the change itself and the root. */
function* numbersIn(text: string): Generator<number> {
  const outsideNames = text.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  for (const [, at, by] of outsideNames.matchAll(/(?<![\d.])(\d{1,9})\.\d|\/(\d{1,9})(?!\d)/g)) {
    const number = Number(at ?? by);
    if (number > 1) yield number;
  }
}
