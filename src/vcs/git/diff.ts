/**
 * Reads what `git diff-tree --stdin -r -M --raw -p -U0` prints, as it comes, whatever its size: of the lines of a patch only
 * the headers are looked at, and how many lines follow each of them is counted, so nothing in a file can pass for a header.
 */
import type { Hunk } from '../hunks.ts';
import { pathText, unquoted } from '../paths.ts';
import { LineSplitter } from './lines.ts';

export interface FileChange {
  /** As `pathText` writes it; of a deleted file, the path it had. */
  readonly path: string;
  /** Copies are told as added: finding them would mean comparing with every file. */
  readonly kind: 'added' | 'deleted' | 'modified' | 'renamed';
  /** The earlier path of a renamed file. */
  readonly from: string | null;
  /** Such as 100644, 100755 (may be run), 120000 (symbolic link), 160000 (submodule); null where there is no file. */
  readonly oldMode: string | null;
  readonly mode: string | null;
  readonly submodule: boolean;
  /** Git finds no lines in it; its hunks are empty. */
  readonly binary: boolean;
  /** Without context lines; empty for submodules and where only the mode or path changed. */
  readonly hunks: readonly Hunk[];
  readonly added: number;
  readonly removed: number;
}

export const DIFF_TREE = [
  'diff-tree',
  '--stdin',
  '-r',
  '-M',
  '--root',
  '--always',
  '--raw',
  '-p',
  '-U0',
] as const;

const SUBMODULE = '160000';
const NO_FILE = '000000';
const KINDS: Readonly<Record<string, FileChange['kind']>> = { A: 'added', D: 'deleted', R: 'renamed' };

interface Draft {
  readonly file: Omit<FileChange, 'binary' | 'hunks' | 'added' | 'removed'>;
  /** A file that became something else (a link, say) is printed as two patches. */
  readonly patches: number;
  readonly hunks: Hunk[];
  binary: boolean;
}

/** The files of every commit, in the order in which they were asked for. */
export async function readDiffs(chunks: AsyncIterable<Buffer>): Promise<ReadonlyMap<string, FileChange[]>> {
  const reader = new DiffReader();
  const lines = new LineSplitter((line) => reader.take(line));
  for await (const chunk of chunks) lines.push(chunk);
  return reader.end();
}

class DiffReader {
  readonly #found = new Map<string, FileChange[]>();
  #commit: string | undefined;
  #drafts: Draft[] = [];
  /** One entry per patch that is still to come. */
  #toCome: Draft[] = [];
  #current: Draft | undefined;
  #oldLines = 0;
  #newLines = 0;

  take(line: Buffer): void {
    if (this.#oldLines > 0 && line[0] === 0x2d) this.#oldLines--;
    else if (this.#newLines > 0 && line[0] === 0x2b) this.#newLines--;
    else this.#header(line);
  }

  end(): ReadonlyMap<string, FileChange[]> {
    if (this.#commit !== undefined) this.#found.set(this.#commit, this.#drafts.map(changeOf));
    return this.#found;
  }

  #header(line: Buffer): void {
    const text = line.toString('latin1', 0, 80);
    if (text.startsWith(':')) this.#raw(line);
    else if (text.startsWith('@@ ')) this.#hunk(text);
    else if (text.startsWith('diff --git ')) this.#current = this.#toCome.shift();
    else if (text.startsWith('Binary files ') && this.#current) this.#current.binary = true;
    else if (/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(text)) {
      this.end();
      this.#commit = text;
      this.#drafts = [];
      this.#toCome = [];
      this.#current = undefined;
    }
  }

  /** `:oldMode newMode oldId newId status<TAB>path[<TAB>path]` */
  #raw(line: Buffer): void {
    const tab = line.indexOf(9);
    const [oldMode = '', newMode = '', , , status = ''] = line.toString('latin1', 1, tab).split(' ');
    const second = line.indexOf(9, tab + 1);
    const paths =
      second < 0 ? [line.subarray(tab + 1)] : [line.subarray(tab + 1, second), line.subarray(second + 1)];
    const [first = '', last = first] = paths.map((path) => pathText(unquoted(path)));
    const draft: Draft = {
      file: {
        path: last,
        kind: KINDS[status.charAt(0)] ?? 'modified',
        from: second < 0 ? null : first,
        oldMode: oldMode === NO_FILE ? null : oldMode,
        mode: newMode === NO_FILE ? null : newMode,
        submodule: oldMode === SUBMODULE || newMode === SUBMODULE,
      },
      patches: status === 'T' ? 2 : 1,
      hunks: [],
      binary: false,
    };
    this.#drafts.push(draft);
    for (let patch = 0; patch < draft.patches; patch++) this.#toCome.push(draft);
  }

  #hunk(text: string): void {
    const match = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(text);
    if (!match || !this.#current) return;
    const [, oldStart = '0', oldLines = '1', newStart = '0', newLines = '1'] = match;
    this.#oldLines = +oldLines;
    this.#newLines = +newLines;
    this.#current.hunks.push([+oldStart, +oldLines, +newStart, +newLines]);
  }
}

function changeOf({ file, patches, hunks, binary }: Draft): FileChange {
  const told = file.submodule || binary ? [] : patches > 1 ? whole(hunks) : hunks;
  const sum = (side: 1 | 3) => told.reduce((lines, hunk) => lines + hunk[side], 0);
  return { ...file, binary, hunks: told, added: sum(3), removed: sum(1) };
}

/** All of one file gone and all of another come. */
function whole(hunks: readonly Hunk[]): Hunk[] {
  const removed = hunks.reduce((lines, hunk) => lines + hunk[1], 0);
  const added = hunks.reduce((lines, hunk) => lines + hunk[3], 0);
  return [[removed > 0 ? 1 : 0, removed, added > 0 ? 1 : 0, added]];
}
