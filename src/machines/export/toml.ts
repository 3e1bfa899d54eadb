/**
 * The TOML spelling of a definition, as a person would lay it out: tables for states, regions and ballots, one line for each
 * transition. TOML has no order of its own, but its readers keep that of the file; the order of transitions decides, so it is
 * the definition's.
 */
import type { Definition } from '../definition.ts';
import { grammarOf } from './grammar.ts';

type Table = Readonly<Record<string, unknown>>;

/** TOML 1.0; ends with a line break. */
export function writeToml(definition: Definition): string {
  return `${sections(grammarOf(definition), []).join('\n\n')}\n`;
}

/** `key = value` for each entry of a table. */
export function tomlLines(table: Table): string[] {
  return Object.entries(table).flatMap(([key, value]) =>
    value === undefined ? [] : [`${keyText(key)} = ${valueText(value)}`],
  );
}

const HOLDERS = new Set(['states', 'regions', 'ballots', 'transitions', 'attributes', 'cast']);

/**
 * Whether a table at this path gets a header of its own: holders of named things do; and of the things, ballots, regions, and
 * states that are more than a word or two. What is small stays on its line.
 */
function isOpened(path: readonly string[], table: Table): boolean {
  const [last = '', above = ''] = [path.at(-1), path.at(-2)];
  if (above === 'transitions' || above === 'cast' || above === 'attributes') return false;
  if (above === 'regions' || above === 'ballots') return true;
  if (above === 'states') return 'regions' in table || 'timers' in table || 'reopen' in table;
  return HOLDERS.has(last);
}

/** The lines of this table, then the tables in it, each under its header. */
function sections(table: Table, path: readonly string[]): string[] {
  const lines: string[] = [];
  const later: [string, Table][] = [];
  for (const [key, value] of Object.entries(table)) {
    if (value === undefined) continue;
    const opened = isTable(value) && isOpened([...path, key], value);
    // Behind a table with a header a line would belong to that table; only names that keep their order may pass it.
    const follows = later.length > 0 && path.at(-1) === 'states';
    if (isTable(value) && (opened || follows)) later.push([key, value]);
    else lines.push(`${keyText(key)} = ${valueText(value)}`);
  }
  const header = path.length > 0 ? [`[${path.map(keyText).join('.')}]`] : [];
  const isNeeded = lines.length > 0 || later.length === 0;
  const own = isNeeded ? [[...header, ...lines].join('\n')] : [];
  return [...own, ...later.flatMap(([key, value]) => sections(value, [...path, key]))];
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return textOf(value);
  if (Array.isArray(value)) return listText(value);
  if (isTable(value)) return inlineText(value);
  return String(value);
}

/** Transitions stand one on a line; names side by side. */
function listText(list: readonly unknown[]): string {
  if (list.length === 1 && isTable(list[0])) return `[${inlineText(list[0])}]`;
  const texts = list.map(valueText);
  return list.some(isTable) ? `[\n${texts.map((each) => `  ${each},\n`).join('')}]` : `[${texts.join(', ')}]`;
}

function inlineText(table: Table): string {
  const pairs = Object.entries(table).filter(([, value]) => value !== undefined);
  if (pairs.length === 0) return '{}';
  // A list in an inline table may have line breaks in TOML 1.0; one line is easier on the eye.
  return `{ ${pairs.map(([key, value]) => `${keyText(key)} = ${valueText(value).replaceAll(/\n */g, ' ')}`).join(', ')} }`;
}

function keyText(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : textOf(key);
}

/** Conditions are full of double quotes: where the other kind of string says the same without escapes, it is used. */
function textOf(text: string): string {
  const isPlain = !/['\p{Cc}]/u.test(text);
  return text.includes('"') && isPlain ? `'${text}'` : quoted(text);
}

/** JSON's escapes are TOML's, but for DEL, which TOML wants escaped, and line separators, which it does not mind. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll('\x7f', '\\u007f');
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
