/** The parts of a diff as they are stored: each compressed on its own (RFC 1951), off the thread that serves requests. */
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { StoredFile } from '../../persistence/records.ts';
import { MAX_DIFF_BYTES } from './limits.ts';
import type { ParsedFile } from './parse-diff.ts';

const pack = promisify(deflateRaw);
const unpackRaw = promisify(inflateRaw);

/** Files compressed at the same time: two threads of Node's four stay free for others. */
const AT_ONCE = 2;

/** `diff` is what the files were parsed from. */
export async function packed(diff: Buffer, files: readonly ParsedFile[]): Promise<StoredFile[]> {
  const stored: StoredFile[] = [];
  for (let from = 0; from < files.length; from += AT_ONCE) {
    const few = files.slice(from, from + AT_ONCE);
    const parts = await Promise.all(few.map(({ start, end }) => pack(diff.subarray(start, end))));
    for (const [index, file] of few.entries())
      stored.push(fileOf(file, from + index + 1, parts[index] ?? Buffer.alloc(0)));
  }
  return stored;
}

/** The file's part of the diff, byte for byte. */
export function unpacked({ diff }: StoredFile): Promise<Buffer> {
  return unpackRaw(diff, { maxOutputLength: MAX_DIFF_BYTES });
}

function fileOf(
  { path, oldPath, kind, isBinary, added, removed, digest, hunks }: ParsedFile,
  place: number,
  diff: Buffer,
): StoredFile {
  return { place, path, oldPath, kind, isBinary, added, removed, digest, hunks, diff };
}
