/** A printed text as lines with numbers, of bounded size, and the errors that name a line of it. */
import { CountersignError } from '../../errors.ts';

/** 16 Mi characters: contents of files are printed with the change. */
const LONGEST_TEXT = 16 * 1024 * 1024;

/** Throws INVALID_INPUT for a text beyond the limit. */
export function hold(text: string, name: string, limit: number): void {
  if (text.length > limit)
    throw new CountersignError('INVALID_INPUT', `${name} is longer than ${limit} characters.`, {
      hint: 'Ask for fewer changes at a time, or leave changes of very large files out.',
    });
}

/** The lines, without their endings. Throws INVALID_INPUT for a text beyond the limit. */
export function linesIn(text: string, name: string): string[] {
  hold(text, name, LONGEST_TEXT);
  return text.split(/\r?\n/);
}

/** `line` counts from 1; null where `name` says all about the place. */
export function defect(name: string, line: number | null, what: string, cause?: unknown): CountersignError {
  const place = line === null ? name : `${name}:${line}`;
  return new CountersignError('INVALID_INPUT', `${place} ${what}.`, {
    cause,
    issues: [{ path: place, message: what }],
    hint: 'Give what "atomic log --output-format json" or "atomic change HASH" prints, or the same of pijul.',
  });
}

/** What stands in the text, short enough for a message. */
export function excerpt(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}…` : text);
}
