/**
 * OWNERS files of lines, as Chromium writes and Gerrit's find-owners backend reads them: addresses, `*`, `set noparent`,
 * `per-file GLOBS=…`, `file:` (owners of another file) and `include` (all of another file).
 * Source: Gerrit's code-owners plugin, "find-owners Backend" and "Path Expressions"; depot_tools' `owners`.
 */
import { GlobError, translateGlob } from './glob.ts';
import { directoryOf, MAX_OWNERS_CHARACTERS } from './owners-level.ts';
import type { OwnersProblem } from './ownership.ts';

export type OwnersLine =
  | { readonly kind: 'owners'; readonly owners: readonly string[] }
  | { readonly kind: 'noparent' }
  | { readonly kind: 'import'; readonly path: string; readonly all: boolean; readonly line: number }
  | {
      readonly kind: 'per-file';
      readonly filter: string;
      readonly label: string;
      readonly grant: OwnersLine;
    };

type Report = (message: string) => void;

const PLAIN = /^(?:\*|[^\s@,]+@[^\s@,]+)$/;
const MAX_GLOBS_LENGTH = 1_000;

/** The lines of a file; what cannot be read becomes a problem and is skipped. */
export function parseOwnersLines(file: string, text: string, problems: OwnersProblem[]): OwnersLine[] {
  if (text.length > MAX_OWNERS_CHARACTERS) {
    problems.push({
      file,
      line: 1,
      message: `${file} is larger than 128 KiB, so none of it counts; shorten it.`,
    });
    return [];
  }
  return text.split(/\r\n|\n|\r/).flatMap((raw, index) => {
    const report = (message: string) => problems.push({ file, line: index + 1, message });
    const line = raw.replace(/(?:^|\s)#.*$/, '').trim();
    const read = line === '' ? undefined : readLine(line, file, index + 1, report);
    return read ? [read] : [];
  });
}

function readLine(line: string, file: string, number: number, report: Report): OwnersLine | undefined {
  const perFile = /^per-file\s(.*)$/.exec(line)?.[1];
  if (perFile !== undefined) return readPerFile(perFile, file, number, report);
  const include = /^include\s(.*)$/.exec(line)?.[1];
  if (include !== undefined) return readImport(include, true, file, number, report);
  return readGrant(line, file, number, report);
}

function readPerFile(rest: string, file: string, number: number, report: Report): OwnersLine | undefined {
  const equals = rest.indexOf('=');
  const globs = rest.slice(0, Math.max(0, equals)).trim();
  if (globs === '' || globs.length > MAX_GLOBS_LENGTH) {
    report(`"per-file" needs globs, "=" and owners, with at most ${MAX_GLOBS_LENGTH} characters of globs.`);
    return undefined;
  }
  const grant = readGrant(rest.slice(equals + 1).trim(), file, number, report);
  if (!grant) return undefined;
  try {
    return { kind: 'per-file', filter: globsSource(globs, directoryOf(file)), label: globs, grant };
  } catch (error) {
    if (!(error instanceof GlobError)) throw error;
    report(`The pattern "${globs.slice(0, 100)}" ${error.message}; the line was skipped.`);
    return undefined;
  }
}

/** In Gerrit a glob matches in all directories below, as if any directory stood before it; with "/" it starts at the root. */
function globsSource(globs: string, directory: string): string {
  const sources = splitGlobs(globs).map((glob) => {
    const absolute = glob.startsWith('/');
    const below = directory === '' ? '/' : `/${directory}/`;
    if (absolute && !glob.startsWith(below))
      throw new GlobError('is an absolute path outside of its directory, so it matches nothing');
    const source = translateGlob(absolute ? glob.slice(below.length) : glob, {
      classes: true,
      braces: true,
      deepStars: true,
    });
    return absolute ? source : `(?:.*/)?(?:${source})`;
  });
  return `(?s)\\A(?:${sources.join('|')})\\z`;
}

/** Splits at the commas that stand in no braces. */
function splitGlobs(text: string): string[] {
  const parts = text.match(/(?:\{[^}]*\}|[^,{]|\{)+/g) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function readGrant(text: string, file: string, number: number, report: Report): OwnersLine | undefined {
  if (/^set\s+noparent$/.test(text)) return { kind: 'noparent' };
  if (text.startsWith('file:')) return readImport(text.slice('file:'.length), false, file, number, report);
  const owners = text.split(',').map((owner) => owner.trim());
  const wrong = owners.find((owner) => !PLAIN.test(owner));
  if (wrong === undefined) return { kind: 'owners', owners };
  report(
    `"${wrong.slice(0, 100)}" is neither an email address nor a line of an OWNERS file; it was skipped.`,
  );
  return undefined;
}

function readImport(
  written: string,
  all: boolean,
  file: string,
  line: number,
  report: Report,
): OwnersLine | undefined {
  const text = written.trim();
  const path = text.includes(':') || text === '' ? undefined : resolvePath(text, directoryOf(file));
  if (path !== undefined) return { kind: 'import', path, all, line };
  report(`"${text.slice(0, 100)}" is no path to an OWNERS file of this repository; the line was skipped.`);
  return undefined;
}

/** "//a/OWNERS" and "/a/OWNERS" start at the root, "a/OWNERS" and "../OWNERS" in `directory`; undefined outside. */
function resolvePath(text: string, directory: string): string | undefined {
  const names = text.startsWith('/') || directory === '' ? [] : directory.split('/');
  for (const name of text.split('/')) {
    if (name === '..' && names.pop() === undefined) return undefined;
    if (name !== '' && name !== '.' && name !== '..') names.push(name);
  }
  return names.length > 0 ? names.join('/') : undefined;
}
