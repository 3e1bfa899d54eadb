/** The repository as the tests of its rules see it: files, and who imports whom. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

/** Paths relative to the repository, with `/`, sorted. */
export function filesUnder(folder: string, ending: string): string[] {
  const top = join(ROOT, folder);
  if (!existsSync(top)) return [];
  return readdirSync(top, { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path).split(sep).join('/'))
    .filter((path) => path.endsWith(ending))
    .sort();
}

export function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Static, dynamic, re-exporting and type imports; a specifier in a comment of its own line does not count. */
const IMPORT = /^(?!\s*(?:\*|\/\/)).*?(?:\bfrom\s+|\bimport\s*\(\s*|\bimport\s+)['"]([^'"\n]+)['"]/gm;

export function specifiersIn(source: string): string[] {
  return [...source.matchAll(IMPORT)].map((match) => match[1] ?? '');
}

/** The files of `src` that each file of `src` imports. */
export function importGraph(): Map<string, string[]> {
  return new Map(filesUnder('src', '.ts').map((path) => [path, relativeImports(path)]));
}

function relativeImports(path: string): string[] {
  return specifiersIn(read(path))
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) =>
      relative('.', normalize(join(dirname(path), specifier)))
        .split(sep)
        .join('/'),
    );
}
