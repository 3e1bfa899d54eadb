/**
 * Paths in a repository are bytes; people and JSON need text. A path that is valid UTF-8 without control characters is its
 * own text. Every other byte is written `%XX`, and so is a `%` that would otherwise be read as such an escape, so that no
 * two paths share a text and each text leads back to its bytes.
 */
import { isUtf8 } from 'node:buffer';

const PERCENT = 0x25;
const CONTROL = /\p{Cc}/u;
const ESCAPE = /%([0-9A-Fa-f]{2})/g;

export function pathText(bytes: Buffer): string {
  if (isUtf8(bytes)) {
    const text = bytes.toString('utf8');
    if (!CONTROL.test(text) && !text.includes('%')) return text;
  }
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = characterAt(bytes, at);
    const character = bytes.toString('utf8', at, at + length);
    const escaped = length === 0 || CONTROL.test(character) || (character === '%' && looksEscaped(bytes, at));
    text += escaped ? percentOf(bytes.subarray(at, at + Math.max(length, 1))) : character;
    at += Math.max(length, 1);
  }
  return text;
}

/** The bytes that `pathText` wrote as `text`. */
export function pathBytes(text: string): Buffer {
  const parts: Buffer[] = [];
  let done = 0;
  for (const match of text.matchAll(ESCAPE)) {
    parts.push(Buffer.from(text.slice(done, match.index), 'utf8'), Buffer.from(match[1] ?? '', 'hex'));
    done = match.index + match[0].length;
  }
  return Buffer.concat([...parts, Buffer.from(text.slice(done), 'utf8')]);
}

/** How many bytes the character at this place has; 0 where the bytes are no UTF-8. */
function characterAt(bytes: Buffer, at: number): number {
  const lead = bytes[at] ?? 0;
  const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)) ? length : 0;
}

function looksEscaped(bytes: Buffer, at: number): boolean {
  return bytes[at] === PERCENT && /^[0-9A-Fa-f]{2}$/.test(bytes.toString('latin1', at + 1, at + 3));
}

function percentOf(bytes: Buffer): string {
  return [...bytes].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

const LETTERS: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };

/** A path as git prints it (core.quotePath off): as it is, or in double quotes with the escapes of C. */
export function unquoted(bytes: Buffer): Buffer {
  if (bytes[0] !== 0x22) return bytes;
  const inside = bytes.toString('latin1', 1, bytes.length - 1);
  const plain = inside.replace(/\\([0-7]{3}|.)/gs, (_, code: string) =>
    code.length === 3
      ? String.fromCharCode(Number.parseInt(code, 8))
      : String.fromCharCode(LETTERS[code] ?? code.charCodeAt(0)),
  );
  return Buffer.from(plain, 'latin1');
}
