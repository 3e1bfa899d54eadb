/**
 * A pattern of a CODEOWNERS file, taken apart into the segments between its slashes. GitHub reads it as gitignore does
 * (with `docs/*` not reaching deeper), GitLab as Ruby's `File.fnmatch` with FNM_PATHNAME and FNM_DOTMATCH does.
 */
import { GlobError, type GlobFeatures, translateGlob } from './glob.ts';

export type CodeOwnersDialect = 'github' | 'gitlab';

/** Plain data; `**` as a segment stands for any number of directories, as the last one for everything below. */
export interface PathPattern {
  readonly segments: readonly string[];
  /** Whether a directory that matches takes what is below it along. */
  readonly below: boolean;
}

const FEATURES: Record<CodeOwnersDialect, GlobFeatures> = {
  github: { classes: false, braces: false, deepStars: false },
  gitlab: { classes: true, braces: false, deepStars: false },
};
const MAX_LENGTH = 1_000;
const SPECIAL = /[*?\\[]/;

/** Throws `GlobError`, whose message completes "The pattern …". */
export function readPathPattern(text: string, dialect: CodeOwnersDialect): PathPattern {
  if (text.length > MAX_LENGTH) throw new GlobError(`is longer than ${MAX_LENGTH} characters`);
  const read = dialect === 'github' ? readGitHub(text) : readGitLab(text);
  const once = read.segments.filter((segment, at, all) => segment !== '**' || all[at + 1] !== '**');
  const pattern = { segments: once, below: read.below };
  if (pattern.segments.length === 0 || pattern.segments.includes(''))
    throw new GlobError('has no name between two slashes, so it matches nothing');
  patternSource(pattern, dialect);
  return pattern;
}

function readGitHub(text: string): PathPattern {
  if (/(?<!\\)(?:\\\\)*[[\]]/.test(text))
    throw new GlobError('uses brackets, and GitHub knows neither character ranges nor sections');
  if (text.includes('***')) throw new GlobError('has three asterisks in a row');
  const parts = text.split('/');
  const floating = parts.length === 1 || (parts.length === 2 && parts[1] === '');
  const rooted = parts[0] === '' ? parts.slice(1) : floating && parts[0] !== '**' ? ['**', ...parts] : parts;
  const segments = rooted.at(-1) === '' ? [...rooted.slice(0, -1), '**'] : rooted;
  if (segments.length === 1 && segments[0] === '**' && rooted.at(-1) === '')
    return { segments: [], below: false };
  const last = segments.at(-1);
  return { segments, below: last !== '*' && last !== '**' };
}

function readGitLab(text: string): PathPattern {
  if (text === '*') return { segments: ['**', '*'], below: false };
  const parts = text.split('/');
  const rooted = parts[0] === '' ? parts.slice(1) : ['**', ...parts];
  const segments = rooted.at(-1) === '' ? [...rooted.slice(0, -1), '**', '*'] : [...rooted];
  if (segments.at(-1) === '**') segments[segments.length - 1] = '*';
  return { segments, below: false };
}

/** The regular expression for whole paths without a leading slash. */
export function patternSource({ segments, below }: PathPattern, dialect: CodeOwnersDialect): string {
  const parts = segments.map((segment, index) => {
    const last = index === segments.length - 1;
    if (segment === '**') return last ? '.+' : '(?:[^/]+/)*';
    return translateGlob(segment, FEATURES[dialect]) + (last ? '' : '/');
  });
  return parts.join('') + (below ? '(?:/.*)?' : '');
}

/** The leading segments that match only themselves. */
export function literalPrefix({ segments }: PathPattern): readonly string[] {
  const end = segments.findIndex((segment) => SPECIAL.test(segment));
  return end < 0 ? segments : segments.slice(0, end);
}

/** Whether the text of a segment matches only itself. */
export function isLiteral(segment: string): boolean {
  return !SPECIAL.test(segment);
}
