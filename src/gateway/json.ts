/**
 * JSON from outside, made safe once: UTF-8, at most 32 levels deep, no text that PostgreSQL or another
 * JSON reader could not keep (NUL, lone surrogates), no numbers beyond a double, no `__proto__`.
 */
import { CountersignError, type Issue } from '../errors.ts';

export const MAX_DEPTH = 32;

const utf8 = new TextDecoder('utf-8', { fatal: true });
const LONE_SURROGATE = /\p{Cs}/u;

/** Whether a text can be stored and shown as it is: no NUL, no half of a surrogate pair. */
export function isPlainText(text: string): boolean {
  return !text.includes('\0') && !LONE_SURROGATE.test(text);
}

/** The value of a document; throws MALFORMED_JSON, or INVALID_INPUT naming the places that cannot be accepted. */
export function parseJson(source: string | Uint8Array): unknown {
  const value = read(source);
  const issue = defect(value, '', 1);
  if (issue) throw new CountersignError('INVALID_INPUT', 'The JSON cannot be accepted.', { issues: [issue] });
  return value;
}

function read(source: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof source === 'string' ? source : utf8.decode(source));
  } catch (cause) {
    throw new CountersignError('MALFORMED_JSON', 'What was sent cannot be read as JSON in UTF-8.', { cause });
  }
}

/** The first thing in `value` that is refused, with its path. */
function defect(value: unknown, path: string, depth: number): Issue | undefined {
  if (typeof value === 'string') return textDefect(value, path);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return { path, message: 'is a number too large for a double' };
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > MAX_DEPTH) return { path, message: `is nested deeper than ${MAX_DEPTH} levels` };
  for (const key of Object.keys(value)) {
    const place = path === '' ? key : `${path}.${key}`;
    if (key === '__proto__') return { path: place, message: 'is not an accepted name' };
    const found = textDefect(key, path) ?? defect((value as Record<string, unknown>)[key], place, depth + 1);
    if (found) return found;
  }
  return undefined;
}

function textDefect(text: string, path: string): Issue | undefined {
  if (isPlainText(text)) return undefined;
  return { path, message: 'holds a NUL character or half of a surrogate pair' };
}
