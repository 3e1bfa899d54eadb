/**
 * OWNERS files in YAML, as Kubernetes writes and Prow reads them: `approvers`, `reviewers`, `emeritus_approvers`,
 * `options.no_parent_owners`, and `filters`, whose keys are Go's regular expressions. Go's are RE2's, so RE2 matches
 * them here too: in linear time. Source: go.k8s.io/owners and Prow's `repoowners`.
 */
import { RE2JS } from 're2js';
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import { messageOf } from '../../errors.ts';
import { directoryOf, MAX_OWNERS_CHARACTERS, type OwnersEntry, type OwnersLevel } from './owners-level.ts';
import type { OwnersProblem } from './ownership.ts';

type Report = (line: number, message: string) => void;
type Aliases = ReadonlyMap<string, readonly string[]>;

/** A key of a YAML mapping with the line it stands on. */
interface Key {
  readonly name: string;
  readonly line: number;
  readonly value: unknown;
}

const SIMPLE_KEYS = ['approvers', 'reviewers', 'required_reviewers', 'labels', 'emeritus_approvers'];
const MAX_FILTER_LENGTH = 1_000;
/** A YAML parser needs seconds for very deep nesting; owners need three levels. Indentation is bounded by the size. */
const BRACKETS = /(?:[[{][^[{]*){500}/;
const LONG_LINE = /.{2001}/;

/** Reads one OWNERS file; undefined where it says nothing that could be read. */
export function parseOwnersYaml(
  file: string,
  text: string,
  aliases: Aliases,
  problems: OwnersProblem[],
): OwnersLevel | undefined {
  const report: Report = (line, message) => problems.push({ file, line, message });
  const keys = readMapping(file, text, report);
  if (!keys) return undefined;
  const filters = keys.find(({ name }) => name === 'filters');
  const simple = keys.filter(({ name }) => SIMPLE_KEYS.includes(name));
  for (const { name, line } of keys)
    if (!SIMPLE_KEYS.includes(name) && !['filters', 'options'].includes(name))
      report(line, `"${name}" is no key of an OWNERS file; it was ignored.`);
  if (filters && simple.length > 0)
    report(filters.line, '"filters" does not count beside other keys; move those into a filter named ".*".');
  const entries =
    simple.length > 0 || !filters
      ? [readEntry(simple, aliases, report)]
      : readFilters(filters.value, filters.line, aliases, report);
  const noParent = readNoParent(keys, report);
  return { file, directory: directoryOf(file), noParent, entries };
}

/** Reads OWNERS_ALIASES: names in lower case and their members. */
export function parseOwnersAliases(file: string, text: string, problems: OwnersProblem[]): Aliases {
  const report: Report = (line, message) => problems.push({ file, line, message });
  const aliases = readMapping(file, text, report)?.find(({ name }) => name === 'aliases');
  const entries = aliases && keysOf(aliases.value, aliases.line, '"aliases"', report);
  return new Map(
    entries?.map((entry) => [entry.name.toLowerCase(), readLogins(entry, report)] as const) ?? [],
  );
}

function readMapping(file: string, text: string, report: Report): Key[] | undefined {
  if (text.length > MAX_OWNERS_CHARACTERS) {
    report(1, `${file} is larger than 128 KiB, so none of it counts; shorten it.`);
    return undefined;
  }
  if (BRACKETS.test(text) || LONG_LINE.test(text)) {
    report(
      1,
      `${file} nests too much or has a line above 2000 characters, so none of it counts; simplify it.`,
    );
    return undefined;
  }
  const lines = new LineCounter();
  const document = parseYaml(text, lines);
  if ('line' in document) {
    report(document.line, `${file} is not YAML, so none of it counts: ${document.message}`);
    return undefined;
  }
  if (document.contents === null) return [];
  const withLines = { of: (node: unknown) => lineOf(node, lines) };
  return keysOf({ node: document.contents, withLines }, 1, file, report);
}

/** The document, or its first defect: nesting too deep for the parser's stack is one too. */
function parseYaml(text: string, lines: LineCounter): Document.Parsed | { line: number; message: string } {
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' });
    const [defect] = document.errors;
    return defect ? { line: lines.linePos(defect.pos[0]).line, message: defect.message } : document;
  } catch (error) {
    return { line: 1, message: messageOf(error) };
  }
}

interface Located {
  readonly node: unknown;
  readonly withLines: { readonly of: (node: unknown) => number };
}

function lineOf(node: unknown, lines: LineCounter): number {
  const start = (node as Node | undefined)?.range?.[0];
  return start === undefined ? 1 : lines.linePos(start).line;
}

function isLocated(value: unknown): value is Located {
  return typeof value === 'object' && value !== null && 'withLines' in value;
}

/** The keys of a mapping; YAML's anchors and merges are left alone and read as something that does not belong. */
function keysOf(value: unknown, line: number, what: string, report: Report): Key[] | undefined {
  if (!isLocated(value) || !isMap(value.node)) {
    report(line, `${what} must be a mapping from keys to values; it was ignored.`);
    return undefined;
  }
  const { withLines } = value;
  return (value.node as YAMLMap).items.flatMap((pair: Pair): Key[] => {
    const keyLine = withLines.of(pair.key);
    if (isScalar(pair.key))
      return [{ name: String(pair.key.value), line: keyLine, value: { node: pair.value, withLines } }];
    report(keyLine, `A key in ${what} is not a text; it was ignored.`);
    return [];
  });
}

function readEntry(
  keys: readonly Key[],
  aliases: Aliases,
  report: Report,
  filter?: { readonly filter?: string; readonly label: string },
): OwnersEntry {
  const people = (name: string) => {
    const key = keys.find((candidate) => candidate.name === name);
    const logins = key ? readLogins(key, report) : [];
    return [...new Set(logins.flatMap((login) => aliases.get(login) ?? [login]))];
  };
  return {
    ...filter,
    approvers: people('approvers'),
    reviewers: people('reviewers'),
    emeritus: people('emeritus_approvers'),
    alone: false,
  };
}

/** Logins as Prow compares them: lower case, without "@". */
function readLogins({ name, line, value }: Key, report: Report): string[] {
  const list = isLocated(value) ? value : undefined;
  if (!list || (isScalar(list.node) && list.node.value === null) || list.node === null) return [];
  if (!isSeq(list.node)) {
    report(line, `"${name}" must be a list of logins; it was ignored.`);
    return [];
  }
  return list.node.items.flatMap((item) => {
    const login = isScalar(item) ? String(item.value).trim().replace(/^@/, '').toLowerCase() : '';
    if (/^[^\s@]+$/.test(login)) return [login];
    report(list.withLines.of(item), `"${name}" holds something that is no login; it was ignored.`);
    return [];
  });
}

function readFilters(value: unknown, line: number, aliases: Aliases, report: Report): OwnersEntry[] {
  const filters = keysOf(value, line, '"filters"', report) ?? [];
  return filters.flatMap((filter) => {
    const keys = keysOf(filter.value, filter.line, `The filter "${filter.name}"`, report);
    if (!keys || !accepts(filter, report)) return [];
    for (const { name, line: keyLine } of keys)
      if (!SIMPLE_KEYS.includes(name)) report(keyLine, `"${name}" is no key of a filter; it was ignored.`);
    const everything = filter.name === '.*';
    const described = everything ? undefined : { filter: filter.name, label: filter.name };
    return [readEntry(keys, aliases, report, described)];
  });
}

/** Whether RE2 takes the expression; it refuses what it could not match in linear time. */
function accepts({ name, line }: Key, report: Report): boolean {
  try {
    if (name.length > MAX_FILTER_LENGTH) throw new Error(`it is longer than ${MAX_FILTER_LENGTH} characters`);
    RE2JS.compile(name);
    return true;
  } catch (error) {
    report(line, `The filter "${name.slice(0, 100)}" is no regular expression of RE2: ${messageOf(error)}.`);
    return false;
  }
}

function readNoParent(keys: readonly Key[], report: Report): boolean {
  const options = keys.find(({ name }) => name === 'options');
  const known = options && keysOf(options.value, options.line, '"options"', report);
  const option = known?.find(({ name }) => name === 'no_parent_owners');
  if (!option || !isLocated(option.value)) return false;
  const { node } = option.value;
  if (isScalar(node) && typeof node.value === 'boolean') return node.value;
  report(option.line, '"no_parent_owners" must be true or false; parent owners are kept out.');
  return true;
}
