/** A stored diff as a patch that `git apply` takes: the file names and lines that the server shows, put together again. */
import { pathBytes } from '../../vcs/paths.ts';
import type { DiffLine, FileLines } from '../wire.ts';

const SIGNS = { context: ' ', added: '+', removed: '-', hunk: '' } as const;
const SUBMODULE = '160000';
const NO_LINE_FEED = '\\ No newline at end of file\n';

export type Patch =
  | { readonly kind: 'patch'; readonly text: string }
  /** Why it cannot be put together. */
  | { readonly kind: 'lost'; readonly why: string };

export function patchOf(files: readonly FileLines[]): Patch {
  for (const file of files) {
    const why = lostIn(file);
    if (why) return { kind: 'lost', why: `${file.path} ${why}` };
  }
  return { kind: 'patch', text: files.map(fileText).join('') };
}

function lostIn({ is_binary: isBinary, mode, old_mode: oldMode, lines }: FileLines): string | undefined {
  if (isBinary) return 'is binary, and the server shows no binary content';
  if (mode === SUBMODULE || oldMode === SUBMODULE) return 'is a submodule';
  if (lines.some((line) => line.is_cut)) return 'has lines that the server shows in part';
  // What was no UTF-8 has become this character, and nobody can tell from what.
  if (lines.some(({ text }) => text.includes('\ufffd'))) return 'holds bytes that are no UTF-8';
  return undefined;
}

function fileText(file: FileLines): string {
  const { path, old_path: oldPath, kind, old_mode: oldMode, mode, lines } = file;
  const before = quoted('a/', oldPath ?? path);
  const behind = quoted('b/', path);
  const verb = kind === 'renamed' ? 'rename' : kind === 'copied' ? 'copy' : undefined;
  const headers = [
    `diff --git ${before} ${behind}`,
    ...(kind === 'added' ? [`new file mode ${mode}`] : []),
    ...(kind === 'deleted' ? [`deleted file mode ${oldMode}`] : []),
    ...(oldMode && mode && oldMode !== mode ? [`old mode ${oldMode}`, `new mode ${mode}`] : []),
    ...(verb ? [`${verb} from ${quoted('', oldPath ?? path)}`, `${verb} to ${quoted('', path)}`] : []),
    ...(lines.length > 0
      ? [`--- ${kind === 'added' ? '/dev/null' : before}`, `+++ ${kind === 'deleted' ? '/dev/null' : behind}`]
      : []),
  ];
  return `${headers.join('\n')}\n${lines.map(lineText).join('')}`;
}

function lineText({ kind, text, no_newline: isLast }: DiffLine): string {
  return `${SIGNS[kind]}${text}\n${isLast ? NO_LINE_FEED : ''}`;
}

/** A name as git quotes it in a patch: bytes that are not plain ASCII as octal escapes of C. */
function quoted(prefix: string, path: string): string {
  const bytes = [...Buffer.from(prefix), ...pathBytes(path)];
  const plain = (byte: number) => byte > 0x1f && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
  const text = bytes.map((byte) =>
    plain(byte) ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`,
  );
  return `"${text.join('')}"`;
}
