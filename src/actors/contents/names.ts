/**
 * File names as git prints them in a diff: as they are, or in double quotes with the escapes of C where they hold quotes,
 * control characters or (with `core.quotePath`) bytes above 127. Here they are one character per byte until `pathOf`.
 */
import { pathText } from '../../vcs/paths.ts';
import { MAX_PATH_BYTES } from './limits.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  '"': '"',
  '\\': '\\',
};
const ESCAPE = /\\([0-3][0-7]{2}|[abtnvfr"\\])/y;

interface Quoted {
  readonly name: string;
  /** The place behind the closing quote. */
  readonly end: number;
}

/** The quoted name that starts at `at`; undefined where there is none that git would write. */
function quotedAt(text: string, at: number): Quoted | undefined {
  let name = '';
  for (let place = at + 1; place < text.length; ) {
    const character = text.charAt(place);
    if (character === '"') return { name, end: place + 1 };
    if (character !== '\\') {
      name += character;
      place += 1;
      continue;
    }
    ESCAPE.lastIndex = place;
    const code = ESCAPE.exec(text)?.[1];
    if (code === undefined) return undefined;
    name += ESCAPES[code] ?? String.fromCharCode(Number.parseInt(code, 8));
    place = ESCAPE.lastIndex;
  }
  return undefined;
}

/** The name that `text` is, quoted or not. */
export function nameOf(text: string): string | undefined {
  if (!text.startsWith('"')) return text;
  const quoted = quotedAt(text, 0);
  return quoted?.end === text.length ? quoted.name : undefined;
}

/** Whether `text` is these two names with `separator` between them, each quoted or not. */
export function isPair(text: string, left: string, right: string, separator: string): boolean {
  const middle = endOf(text, 0, left);
  if (middle === undefined || !text.startsWith(separator, middle)) return false;
  return endOf(text, middle + separator.length, right) === text.length;
}

function endOf(text: string, at: number, name: string): number | undefined {
  if (text.startsWith('"', at)) {
    const quoted = quotedAt(text, at);
    return quoted?.name === name ? quoted.end : undefined;
  }
  return text.startsWith(name, at) ? at + name.length : undefined;
}

/** `x` of `a/x b/x`. Spaces make it ambiguous where one name ends, but that both are the same settles it. */
export function sharedName(text: string): string | undefined {
  const quoted = text.startsWith('"') ? quotedAt(text, 0) : undefined;
  const name = quoted ? quoted.name.slice(2) : text.slice(2, (text.length - 1) / 2);
  return isPair(text, `a/${name}`, `b/${name}`, ' ') ? name : undefined;
}

/** The path as text, or why a repository cannot have it. */
export function pathOf(name: string): { readonly path: string } | { readonly wrong: string } {
  if (name.split('/').some((part) => part === '' || part === '.' || part === '..'))
    return { wrong: 'is no path within a repository' };
  if (name.includes('\0')) return { wrong: 'holds a NUL' };
  const path = pathText(Buffer.from(name, 'latin1'));
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return { wrong: `is longer than ${MAX_PATH_BYTES} bytes` };
  return { path };
}
