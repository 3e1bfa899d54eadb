/** The smallest parts of the author's grammar: names, titles, durations, conditions, and lists that may be one value. */
import { z } from 'zod';
import { readCondition } from './conditions.ts';
import { parseDuration } from './duration.ts';

/** Limits of one definition. Regions count per state; states and transitions count over the whole definition. */
export const LIMITS = { states: 200, regions: 12, transitions: 1000, titleLength: 200, names: 200 } as const;

export const name = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, {
    error: 'must be a name: a letter, then at most 63 letters, digits or underscores',
  })
  .refine((text) => !(text in {}), { error: 'is a word of JavaScript objects; choose another name' });

export const edge = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63} -> [A-Za-z][A-Za-z0-9_]{0,63}$/, {
  error: 'must read "From -> To", with one space on each side of the arrow',
});

export const title = z
  .string()
  .min(1)
  .max(LIMITS.titleLength)
  .refine((text) => !text.includes('\0') && !/\p{Surrogate}/u.test(text), {
    error: 'must be well-formed Unicode without NUL',
  });

export const duration = z.string().refine((text) => parseDuration(text) !== undefined, {
  error: 'must be a duration such as "30s", "15m", "24h", "3d" or "1h30m", above zero and at most 3650d',
});

/** One value or a list of them; the list must not be empty. */
export function oneOrMore<T extends z.ZodType>(item: T) {
  return z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z.array(item).min(1).max(LIMITS.names),
  );
}

/** `Review`, `Review.code` or `Review.code.pending`: a state, a region, a state of a region. */
export const path = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}(\.[A-Za-z][A-Za-z0-9_]{0,63}){0,2}$/, {
  error: 'must be a path such as "Review", "Review.code" or "Review.code.pending"',
});

/** A condition as CEL text, or as the tree that the typed builder makes; its canonical text comes out. */
export const condition = z
  .union([z.string(), z.record(z.string(), z.unknown())])
  .transform((given, context) => {
    const read = readCondition(given);
    if (read.ok) return read.text;
    for (const message of read.problems) context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
