/**
 * What `atomic change HASH` and `pijul change HASH` print: a header in TOML, "# Dependencies", "# Hunks"
 * (`libpijul/src/change/text_changes.rs`; older versions say "# Changes"). The text does not hold its own hash.
 */
import { CountersignError } from '../../errors.ts';
import { isHash } from './hash.ts';
import { type Header, readHeader } from './header.ts';
import { readHunks } from './hunks.ts';
import type { Dependency, DependencyKind, Revision } from './revision.ts';
import { defect, excerpt, linesIn } from './text.ts';

export interface ChangeOptions {
  /** The change that was printed. */
  readonly hash: string;
  /** The newest change of the channel before this one: a dependency on it that no hunk uses is of kind `order`. */
  readonly tip?: string;
}

const DEPENDENCIES = '# Dependencies';
const HUNKS: ReadonlySet<string> = new Set(['# Hunks', '# Changes']);
const MOST_DEPENDENCIES = 100_000;
/** A message may hold lines that look like a heading; so many of them are tried. */
const MOST_HEADINGS = 50;

/** Throws INVALID_INPUT with the number of the line. */
export function readChange(text: string, { hash, tip }: ChangeOptions): Revision {
  if (!isHash(hash))
    throw new CountersignError('INVALID_INPUT', `${excerpt(hash)} is not the hash of a change.`, {
      hint: 'Hashes are 52 or 53 characters of A–Z and 2–7.',
    });
  const name = `change ${hash.slice(0, 12)}`;
  const lines = linesIn(text, name);
  const { header, end } = split(lines, name);
  const isHeaded = lines[end] === DEPENDENCIES;
  const hunksAt = isHeaded ? lines.findIndex((line, at) => at > end && HUNKS.has(line)) : end;
  const last = hunksAt < 0 ? lines.length : hunksAt;
  const listed = isHeaded ? readDependencies(lines.slice(end + 1, last), end + 2, name) : [];
  const { hunks, refersTo } = readHunks(lines.slice(last + 1), last + 2, name);
  const dependencies = listed.map(({ number, ...each }): Dependency => {
    const used = number !== null && refersTo.has(number);
    return {
      ...each,
      used,
      kind: each.kind === 'declared' && !used && each.hash === tip ? 'order' : each.kind,
    };
  });
  const paths = [...new Set(hunks.flatMap(({ path }) => (path === null ? [] : [path])))];
  return { hash, ...header, dependencies, hunks, paths };
}

/**
 * The header, and the index of the heading after it. Within a text of several lines a heading is text: what stands before
 * it is then no whole TOML, and the next one is tried.
 */
function split(lines: readonly string[], name: string): { header: Header; end: number } {
  const headings = lines.flatMap((line, at) => (line === DEPENDENCIES || HUNKS.has(line) ? [at] : []));
  let failure: { line: number; what: string } | undefined;
  for (const end of [...headings.slice(0, MOST_HEADINGS), lines.length]) {
    const read = readHeader(lines.slice(0, end).join('\n'), name);
    if (read.ok) return { header: read.header, end };
    failure ??= read;
  }
  throw defect(name, failure?.line ?? 1, `the header is no TOML: ${failure?.what.replace(/\.$/, '')}`);
}

interface Listed {
  readonly number: number | null;
  readonly hash: string;
  readonly kind: DependencyKind;
  readonly message: string | null;
}

function readDependencies(lines: readonly string[], first: number, name: string): Listed[] {
  const listed: Listed[] = [];
  const numbers = new Set<number>();
  for (const [index, text] of lines.entries()) {
    if (text.trim() === '') continue;
    const line = first + index;
    const dependency = dependencyOf(text, line, name);
    if (dependency.number !== null && numbers.has(dependency.number))
      throw defect(name, line, `uses the number ${dependency.number} a second time`);
    if (dependency.number !== null) numbers.add(dependency.number);
    if (listed.length === MOST_DEPENDENCIES)
      throw defect(name, line, `is dependency ${MOST_DEPENDENCIES + 1}, which is too many`);
    listed.push(dependency);
  }
  return listed;
}

/** `[2] HASH # message`, `[3]+HASH`, `[*] HASH`; `[+] HASH` is what pijul's own parser calls "extra unknown". */
function dependencyOf(text: string, line: number, name: string): Listed {
  const [, mark, plus, hash = '', message] =
    /^\[(\d{1,9}|[*+])\]([ +])\s*(\S+)(?:\s+# ?(.*))?\s*$/.exec(text) ?? [];
  if (mark === undefined)
    throw defect(
      name,
      line,
      `${excerpt(text)} is no dependency: they read "[2] HASH", "[2]+HASH" or "[*] HASH"`,
    );
  if (!isHash(hash)) throw defect(name, line, `${excerpt(hash)} is not the hash of a change`);
  const number = /^\d/.test(mark) ? Number(mark) : null;
  const kind = number === null ? 'extra' : plus === '+' ? 'implied' : 'declared';
  return { number, hash, kind, message: message?.trim() || null };
}
