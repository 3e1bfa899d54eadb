/**
 * Globs as regular expressions for RE2, which matches in time linear in the path whatever the pattern says. Patterns come
 * out of repositories and paths out of changes: a backtracking matcher would let either stop the server.
 */
import { RE2JS } from 're2js';

/** What a glob may use besides `*`, `?` and `\`. */
export interface GlobFeatures {
  /** `[abc]`, `[a-z]`, `[!abc]`. */
  readonly classes: boolean;
  /** `{html,htm}`, without nesting. */
  readonly braces: boolean;
  /** `**` anywhere matches across slashes; otherwise it is the same as `*`. */
  readonly deepStars: boolean;
}

/** Thrown inside the translation only; `message` completes "The pattern …". */
export class GlobError extends Error {
  override readonly name = 'GlobError';
}

const SLASH = 0x2f;

/** The regular expression that a glob means, not anchored. Throws `GlobError`. */
export function translateGlob(glob: string, features: GlobFeatures): string {
  let source = '';
  let at = 0;
  let inBraces = false;
  while (at < glob.length) {
    const char = String.fromCodePoint(glob.codePointAt(at) ?? 0);
    at += char.length;
    if (char === '*') {
      const deep = features.deepStars && glob[at] === '*';
      while (glob[at] === '*') at++;
      source += deep ? '.*' : '[^/]*';
    } else if (char === '?') {
      source += '[^/]';
    } else if (char === '\\') {
      if (at === glob.length) throw new GlobError('ends with a lone backslash');
      const escaped = String.fromCodePoint(glob.codePointAt(at) ?? 0);
      at += escaped.length;
      source += RE2JS.quote(escaped);
    } else if (char === '[' && features.classes) {
      const read = readClass(glob, at);
      at = read.next;
      source += read.source;
    } else if (features.braces && (char === '{' || char === '}' || (char === ',' && inBraces))) {
      if (char === '{' && inBraces) throw new GlobError('has braces inside braces');
      if (char === '}' && !inBraces) throw new GlobError('closes a brace it never opened');
      source += char === '{' ? '(?:' : char === '}' ? ')' : '|';
      if (char !== ',') inBraces = char === '{';
    } else source += RE2JS.quote(char);
  }
  if (inBraces) throw new GlobError('opens a brace it never closes');
  return source;
}

/** Reads a character class that starts behind its `[`; it never matches a slash, as in `fnmatch` with FNM_PATHNAME. */
function readClass(glob: string, start: number): { source: string; next: number } {
  const codes = Array.from(glob.slice(start), (char) => char.codePointAt(0) ?? 0);
  const CLOSE = 0x5d;
  const negated = codes[0] === 0x21 || codes[0] === 0x5e;
  let at = negated ? 1 : 0;
  const first = at;
  const ranges: [number, number][] = [];
  const next = (): number => {
    if (codes[at] === 0x5c) at++;
    const code = codes[at++];
    if (code === undefined) throw new GlobError('opens a "[" it never closes');
    return code;
  };
  while (at === first || codes[at] !== CLOSE) {
    const low = next();
    const isRange = codes[at] === 0x2d && codes[at + 1] !== CLOSE && at + 1 < codes.length;
    if (isRange) at++;
    const high = isRange ? next() : low;
    if (high < low) throw new GlobError('has a range in brackets that runs backwards');
    ranges.push([low, high]);
  }
  const length = codes.slice(0, at + 1).reduce((sum, code) => sum + (code > 0xffff ? 2 : 1), 0);
  return { source: classSource(ranges, negated), next: start + length };
}

function classSource(ranges: readonly [number, number][], negated: boolean): string {
  const hex = (code: number) => `\\x{${code.toString(16)}}`;
  const without = negated ? ranges : ranges.flatMap(splitAtSlash);
  const inside = without.map(([low, high]) => `${hex(low)}-${hex(high)}`).join('');
  if (negated) return `[^${hex(SLASH)}${inside}]`;
  if (inside === '')
    throw new GlobError('has a slash as the only character in brackets, which matches nothing');
  return `[${inside}]`;
}

function splitAtSlash([low, high]: readonly [number, number]): [number, number][] {
  const parts: [number, number][] = [
    [low, Math.min(high, SLASH - 1)],
    [Math.max(low, SLASH + 1), high],
  ];
  return parts.filter(([from, to]) => from <= to);
}

/** A test for whole paths. `source` comes from `translateGlob`, which cannot write what RE2 refuses. */
export function wholeMatcher(source: string): (path: string) => boolean {
  const compiled = RE2JS.compile(`(?s)\\A(?:${source})\\z`);
  return (path) => compiled.test(path);
}
