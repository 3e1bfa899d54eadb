/**
 * Finds the few patterns of thousands that can match a path at all, so that the cost of a change is its number of files
 * and not files times rules. Every pattern has one key that each path it matches must have too: a directory it starts
 * with, a name in it, or an ending of a name; patterns without one are tried for every path.
 */
import { wholeMatcher } from './glob.ts';
import {
  type CodeOwnersDialect,
  isLiteral,
  literalPrefix,
  type PathPattern,
  patternSource,
} from './path-pattern.ts';

/** The positions of all patterns that match, last one first, found one after the other. */
export type PatternIndex = (path: string) => Iterable<number>;

export function indexPatterns(patterns: readonly PathPattern[], dialect: CodeOwnersDialect): PatternIndex {
  const byKey = new Map<string, number[]>();
  const anywhere: number[] = [];
  let depth = 0;
  patterns.forEach((pattern, position) => {
    const key = keyOf(pattern);
    const sameKey = key === undefined ? anywhere : byKey.get(key);
    if (sameKey) sameKey.push(position);
    else if (key !== undefined) byKey.set(key, [position]);
    depth = Math.max(depth, literalPrefix(pattern).length);
  });
  const matchers = patterns.map((pattern) => matcherOf(pattern, dialect));
  return function* matching(path) {
    const candidates = [...anywhere];
    for (const key of keysOf(path, depth)) candidates.push(...(byKey.get(key) ?? []));
    candidates.sort((a, b) => b - a);
    for (const position of candidates) if (matchers[position]?.(path)) yield position;
  };
}

const ENDING = /^\*[^*?\\[]*(\.[^*?\\[.]+)$/;

function keyOf(pattern: PathPattern): string | undefined {
  const prefix = literalPrefix(pattern);
  if (prefix.length > 0) return `directory ${prefix.join('/')}`;
  const [first, second] = pattern.segments;
  if (first !== '**' || second === undefined) return undefined;
  if (isLiteral(second)) return `name ${second}`;
  const ending = ENDING.exec(second)?.[1];
  return ending === undefined ? undefined : `ending ${ending}`;
}

/** All keys of a path, each once. */
function keysOf(path: string, depth: number): Set<string> {
  const keys = new Set<string>();
  const names = path.split('/');
  let directory = '';
  names.forEach((name, index) => {
    directory = index === 0 ? name : index < depth ? `${directory}/${name}` : directory;
    if (index < depth) keys.add(`directory ${directory}`);
    keys.add(`name ${name}`);
    const dot = name.lastIndexOf('.');
    if (dot >= 0) keys.add(`ending ${name.slice(dot)}`);
  });
  return keys;
}

/** Literal paths need no regular expression; the others are compiled when first needed. */
function matcherOf(pattern: PathPattern, dialect: CodeOwnersDialect): (path: string) => boolean {
  const prefix = literalPrefix(pattern);
  if (prefix.length === pattern.segments.length) {
    const whole = prefix.join('/');
    return (path) => path === whole || (pattern.below && path.startsWith(`${whole}/`));
  }
  if (prefix.length === pattern.segments.length - 1 && pattern.segments.at(-1) === '**') {
    const directory = `${prefix.join('/')}/`;
    return prefix.length === 0 ? () => true : (path) => path.startsWith(directory);
  }
  let compiled: ((path: string) => boolean) | undefined;
  return (path) => {
    compiled ??= wholeMatcher(patternSource(pattern, dialect));
    return compiled(path);
  };
}
