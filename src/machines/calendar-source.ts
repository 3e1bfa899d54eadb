/**
 * A calendar as authors write it: a zone, spans for the weekdays that have any, holidays with or without names. The
 * schema says what is wrong in sentences and makes the plain `Calendar` of `calendars.ts`.
 */
import { z } from 'zod';
import { type Calendar, minuteOf, WEEKDAYS, type WorkingSpan } from './calendars.ts';
import { isTimeZone } from './zone-offsets.ts';

const MAX_SPANS = 24;
const MAX_HOLIDAYS = 1_000;
const MAX_NAME_LENGTH = 200;

const TIME = /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/;
const time = z.string().regex(TIME, {
  error: ({ input }) => `${JSON.stringify(input)} is no time of day; write "09:00", at most "24:00"`,
});

const span = z
  .tuple([time, time], { error: 'a span is two times of day; write ["09:00", "17:00"]' })
  .superRefine(([from, until], context) => {
    if (!areTimes([from, until]) || minuteOf(from) < minuteOf(until)) return;
    const rest = 'end it later, or split it at "24:00" between two days';
    context.addIssue({
      code: 'custom',
      message: `the span "${from}" to "${until}" ends before it has begun; ${rest}`,
    });
  });

const day = z
  .array(span, { error: 'a weekday holds a list of spans; write [["09:00", "17:00"]]' })
  .max(MAX_SPANS, { error: `a weekday holds at most ${MAX_SPANS} spans; join some` })
  .superRefine((spans, context) => {
    inOrder(spans.filter(areTimes)).reduce<WorkingSpan | undefined>((before, next) => {
      if (before && minuteOf(next[0]) < minuteOf(before[1]))
        context.addIssue({
          code: 'custom',
          message: `the spans ${written(before)} and ${written(next)} overlap; join them`,
        });
      return before && minuteOf(before[1]) > minuteOf(next[1]) ? before : next;
    }, undefined);
  })
  .transform(inOrder);

const date = z.string({ error: 'a holiday is a date; write "2026-12-25"' }).refine(isDate, {
  error: ({ input }) => `${JSON.stringify(input)} is no date; write year, month and day as in "2026-12-25"`,
});

const holiday = z
  .union(
    [
      date,
      z.strictObject({
        date,
        name: z
          .string()
          .min(1)
          .max(MAX_NAME_LENGTH, { error: `at most ${MAX_NAME_LENGTH} characters` })
          .optional(),
      }),
    ],
    { error: holidayError },
  )
  .transform((value) => (typeof value === 'string' ? { date: value } : value));

const week = z
  .partialRecord(z.enum(WEEKDAYS), day, {
    error: 'a week says the spans of its days; write { monday: [["09:00", "17:00"]] }',
  })
  .transform((days) => {
    const entries = WEEKDAYS.map((name) => [name, days[name] ?? []] as const);
    return Object.fromEntries(entries) as Record<(typeof WEEKDAYS)[number], WorkingSpan[]>;
  })
  .refine((days) => WEEKDAYS.some((name) => days[name].length > 0), {
    error: 'the week has no working time, so nothing would ever be due; give one day a span',
  });

/** The whole grammar, strict: an unknown key is an issue. Its output is a `Calendar`. */
export const calendarSchema = z.strictObject({
  timeZone: z.string({ error: 'a calendar needs a time zone; write "Europe/Berlin"' }).refine(isTimeZone, {
    error: ({ input }) =>
      `${JSON.stringify(input)} is no time zone of the IANA database; write a name such as "Europe/Berlin" or "UTC"`,
  }),
  week,
  holidays: z
    .array(holiday, { error: 'holidays are a list of dates; write ["2026-12-25"]' })
    .max(MAX_HOLIDAYS, { error: `a calendar holds at most ${MAX_HOLIDAYS} holidays; remove those gone by` })
    .default([])
    .superRefine((holidays, context) => {
      const seen = new Set<string>();
      holidays.forEach((each, index) => {
        if (seen.has(each.date))
          context.addIssue({
            code: 'custom',
            path: [index],
            message: `"${each.date}" is named twice; remove one`,
          });
        seen.add(each.date);
      });
    }),
});

/** What an author writes. */
export type CalendarSource = z.input<typeof calendarSchema>;

/** The calendar, or one issue per mistake with the path to it. */
export function readCalendar(
  source: unknown,
): { readonly calendar: Calendar } | { readonly issues: readonly { path: string; message: string }[] } {
  const parsed = calendarSchema.safeParse(source);
  if (parsed.success) return { calendar: parsed.data };
  return {
    issues: parsed.error.issues.map((issue) => ({
      path: issue.path.map(String).join('.'),
      message: issue.code === 'unrecognized_keys' ? unknownKeys(issue.keys, issue.path[0]) : issue.message,
    })),
  };
}

function unknownKeys(keys: readonly string[], part: PropertyKey | undefined): string {
  const named = keys.map((key) => `"${key}"`).join(', ');
  if (part === 'week') return `${named} is no weekday; write "monday" to "sunday"`;
  return `${part === 'holidays' ? 'a holiday' : 'a calendar'} has no key ${named}; remove it`;
}

function inOrder(spans: readonly WorkingSpan[]): WorkingSpan[] {
  return [...spans].sort((a, b) => minuteOf(a[0]) - minuteOf(b[0]));
}

/** Checks of spans leave alone what has been refused as no time of day. */
function areTimes(span: WorkingSpan): boolean {
  return span.every((text) => TIME.test(text));
}

function written([from, until]: WorkingSpan): string {
  return `"${from}" to "${until}"`;
}

function holidayError({ input }: { readonly input?: unknown }): string {
  return `${JSON.stringify(input)} is no holiday; write a date as in "2026-12-25" or { date, name }`;
}

function isDate(text: string): boolean {
  if (!/^[1-9]\d{3}-\d\d-\d\d$/.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}
