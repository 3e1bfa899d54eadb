/** The owners files of a checked-out repository: found where each host looks for them, read as UTF-8. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { CountersignError, messageOf } from '../errors.ts';
import type { OwnersFormat } from '../persistence/records.ts';

/** In the order in which the host takes the first. */
const PLACES = {
  github: ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'],
  gitlab: ['CODEOWNERS', 'docs/CODEOWNERS', '.gitlab/CODEOWNERS'],
} as const;
const SKIPPED: ReadonlySet<string> = new Set(['.git', 'node_modules']);

/** Text by path within the repository; `path` is its directory, or one file of it. Throws FILE_UNREADABLE. */
export async function ownersFiles(path: string, format: OwnersFormat): Promise<Record<string, string>> {
  try {
    if (!(await stat(path)).isDirectory()) return { [basename(path)]: await readText(path) };
    const found =
      format === 'github' || format === 'gitlab' ? await codeOwnersIn(path, format) : await ownersIn(path);
    const texts = found.map(async (file) => [file, await readText(join(path, file))] as const);
    return Object.fromEntries(await Promise.all(texts));
  } catch (cause) {
    if (cause instanceof CountersignError) throw cause;
    throw new CountersignError('FILE_UNREADABLE', `${path} cannot be read: ${messageOf(cause)}.`, { cause });
  }
}

async function codeOwnersIn(directory: string, format: keyof typeof PLACES): Promise<string[]> {
  for (const place of PLACES[format]) {
    const isThere = await stat(join(directory, place)).then(
      (found) => found.isFile(),
      () => false,
    );
    if (isThere) return [place];
  }
  throw none(directory, PLACES[format].join(', '));
}

/** Every file that calls itself OWNERS in some way: Gerrit's may import others, Kubernetes' name aliases. */
async function ownersIn(directory: string): Promise<string[]> {
  const found: string[] = [];
  const open = [directory];
  for (const current of open) {
    for (const entry of await readdir(current, { withFileTypes: true })) {
      const full = join(current, entry.name);
      if (entry.isDirectory() && !SKIPPED.has(entry.name)) open.push(full);
      else if (entry.isFile() && /OWNERS/.test(entry.name) && entry.name !== 'CODEOWNERS')
        found.push(relative(directory, full).split(sep).join('/'));
    }
  }
  if (found.length === 0) throw none(directory, 'any OWNERS');
  return found.sort();
}

async function readText(path: string): Promise<string> {
  return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
}

function none(directory: string, places: string): CountersignError {
  return new CountersignError('FILE_UNREADABLE', `${directory} has no owners file (${places}).`, {
    hint: 'Name the file itself, or another --format.',
  });
}
