/** The head of a printed change, TOML: message, description, time and authors. */
import { getStaticTOMLValue, ParseError, parseTOML } from 'toml-eslint-parser';
import type { Author } from './revision.ts';
import { defect } from './text.ts';

export interface Header {
  readonly message: string;
  readonly description: string | null;
  readonly timestamp: string | null;
  readonly authors: readonly Author[];
}

export type ReadHeader =
  | { readonly ok: true; readonly header: Header }
  /** No TOML: `line` counts from 1 within the header. */
  | { readonly ok: false; readonly line: number; readonly what: string };

/** `name` stands in errors. Throws INVALID_INPUT where the TOML does not hold what a header holds. */
export function readHeader(text: string, name: string): ReadHeader {
  let value: unknown;
  try {
    value = getStaticTOMLValue(parseTOML(text, { tomlVersion: '1.0' }));
  } catch (error) {
    if (error instanceof ParseError) return { ok: false, line: error.lineNumber, what: error.message };
    if (error instanceof RangeError) return { ok: false, line: 1, what: 'the header is nested too deeply' };
    throw error;
  }
  const { message, description, timestamp, authors } = isObject(value) ? value : {};
  if (typeof message !== 'string') throw defect(name, 1, 'the header has no "message"');
  const at = timeOf(timestamp);
  if (at === undefined) throw defect(name, 1, 'the "timestamp" of the header is no time in ISO 8601');
  return {
    ok: true,
    header: {
      message,
      description: typeof description === 'string' ? description : null,
      timestamp: at,
      authors: authorsOf(authors, name, 1),
    },
  };
}

/** Null where there is none, undefined for what is no time. */
export function timeOf(value: unknown): string | null | undefined {
  if (value === undefined || value === null) return null;
  const text = value instanceof Date ? value.toISOString() : value;
  if (typeof text !== 'string') return undefined;
  return /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
}

/** Names, or tables with name, full_name, email or key. Throws INVALID_INPUT for anything else. */
export function authorsOf(value: unknown, name: string, line: number | null): Author[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw defect(name, line, '"authors" is no list');
  return value.map((each: unknown) => {
    const author = authorOf(each);
    if (!author) throw defect(name, line, 'an author has neither a name nor an address nor a key');
    return author;
  });
}

/** `Ann <ann@example.org>`, as logs print it, is taken apart. */
function authorOf(value: unknown): Author | undefined {
  if (typeof value === 'string' && value.trim() !== '') {
    const [, before = '', address] = /^([^<>]*)<([^<>\s]+)>\s*$/.exec(value) ?? [];
    return {
      name: (address === undefined ? value : before).trim() || null,
      email: address ?? null,
      key: null,
    };
  }
  if (!isObject(value)) return undefined;
  const text = (key: string) => (typeof value[key] === 'string' && value[key] !== '' ? value[key] : null);
  const author = { name: text('full_name') ?? text('name'), email: text('email'), key: text('key') };
  return author.name === null && author.email === null && author.key === null ? undefined : author;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
