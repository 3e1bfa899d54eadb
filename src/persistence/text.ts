/** Text that PostgreSQL cannot hold: NUL, and halves of surrogate pairs, in plain text or as escapes inside JSON. */

/** The same characters as JSON escapes: an odd number of backslashes stands before the "u". */
const UNSTORABLE_ESCAPE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/;

export function isStorableText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** For JSON as `JSON.stringify` writes it: it escapes NUL and lone surrogates. */
export function isStorableJson(json: string): boolean {
  return !json.includes('\\u') || !UNSTORABLE_ESCAPE.test(json);
}
