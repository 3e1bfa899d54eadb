/**
 * Working time. A moment is working time when the clocks on the wall of the calendar's zone show a time inside a span of
 * that weekday, on a date that is no holiday. So the hour that clocks skip is never worked and the hour they show twice
 * is worked twice, without a rule of its own.
 *
 * Between two changes of a zone's offset wall clocks run like UTC with that offset added; `zone-offsets.ts` cuts time into
 * such pieces, and inside a piece days are arithmetic.
 */
import { CountersignError } from '../errors.ts';
import { offsetPiece } from './zone-offsets.ts';

export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Wall-clock times "HH:MM": from the first until just before the second, which may be "24:00". */
export type WorkingSpan = readonly [from: string, until: string];

export interface Holiday {
  /** "2026-12-25", the whole day in the calendar's zone. */
  readonly date: string;
  readonly name?: string;
}

/** Plain data; `calendar-source.ts` makes it from what authors write, and holds it to its rules. */
export interface Calendar {
  /** A name of the IANA time zone database: "Europe/Berlin". */
  readonly timeZone: string;
  /** Spans of each weekday in order, without overlaps. */
  readonly week: Readonly<Record<Weekday, readonly WorkingSpan[]>>;
  readonly holidays: readonly Holiday[];
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** How far from its start a calculation may lead: ten years, and the days by which leap years make them longer. */
export const MAX_SPAN_MS = 3_653 * DAY_MS;
/** 1970-01-01 was a Thursday. */
const WEEKDAY_OF_DAY_0 = 3;

/**
 * The first moment at which `durationMs` of working time have passed since `startMs` (epoch milliseconds): the end of a
 * span rather than the start of the next one. Throws INVALID_INPUT where that is more than ten years away.
 */
export function addWorking(calendar: Calendar, startMs: number, durationMs: number): number {
  requireTime('The start', startMs);
  if (!Number.isSafeInteger(durationMs) || durationMs < 0)
    throw wrong(`A working time of ${durationMs} ms cannot be added: it is no whole number from 0 up.`);
  let left = durationMs;
  if (left === 0) return startMs;
  for (const [from, until] of workingStretches(calendar, startMs, startMs + MAX_SPAN_MS)) {
    if (until - from >= left) return from + left;
    left -= until - from;
  }
  throw wrong(
    `The calendar in ${calendar.timeZone} does not reach ${durationMs} ms of working time within ten years of ` +
      `${new Date(startMs).toISOString()}: choose a shorter time, or fewer holidays.`,
  );
}

/**
 * How much working time lies between two moments (epoch milliseconds), in milliseconds; negative where `toMs` is the
 * earlier one. Throws INVALID_INPUT where they are more than ten years apart.
 */
export function workingBetween(calendar: Calendar, fromMs: number, toMs: number): number {
  requireTime('The start', fromMs);
  requireTime('The end', toMs);
  if (toMs < fromMs) return -workingBetween(calendar, toMs, fromMs);
  if (toMs - fromMs > MAX_SPAN_MS)
    throw wrong(
      `Working time from ${new Date(fromMs).toISOString()} to ${new Date(toMs).toISOString()} is not counted: ` +
        'the two are more than ten years apart.',
    );
  let total = 0;
  for (const [from, until] of workingStretches(calendar, fromMs, toMs)) total += until - from;
  return total;
}

/** The stretches of working time between two moments, in order. At most one piece of a span each. */
function* workingStretches(
  calendar: Calendar,
  fromMs: number,
  untilMs: number,
): Generator<readonly [fromMs: number, untilMs: number]> {
  const { week, holidays } = compiled(calendar);
  for (let at = fromMs; at < untilMs; ) {
    const piece = offsetPiece(calendar.timeZone, at);
    const end = Math.min(piece.untilMs, untilMs);
    const lastDay = Math.floor((end - 1 + piece.offsetMs) / DAY_MS);
    for (let day = Math.floor((at + piece.offsetMs) / DAY_MS); day <= lastDay; day++) {
      if (holidays.has(day)) continue;
      const midnightMs = day * DAY_MS - piece.offsetMs;
      for (const [fromMinute, untilMinute] of week[mod7(day + WEEKDAY_OF_DAY_0)] ?? []) {
        const from = Math.max(at, midnightMs + fromMinute * MINUTE_MS);
        const until = Math.min(end, midnightMs + untilMinute * MINUTE_MS);
        if (from < until) yield [from, until];
      }
    }
    at = end;
  }
}

function mod7(value: number): number {
  return ((value % 7) + 7) % 7;
}

/** A calendar as numbers: minutes of the day by weekday, holidays as days since 1970-01-01. */
interface Compiled {
  readonly week: readonly (readonly (readonly [number, number])[])[];
  readonly holidays: ReadonlySet<number>;
}

const compiledCalendars = new WeakMap<Calendar, Compiled>();

function compiled(calendar: Calendar): Compiled {
  const known = compiledCalendars.get(calendar);
  if (known) return known;
  const made: Compiled = {
    week: WEEKDAYS.map((weekday) =>
      calendar.week[weekday].map(([from, until]) => [minuteOf(from), minuteOf(until)] as const),
    ),
    holidays: new Set(calendar.holidays.map(({ date }) => Date.parse(`${date}T00:00:00Z`) / DAY_MS)),
  };
  compiledCalendars.set(calendar, made);
  return made;
}

/** "09:30" → 570; the text has the form that `calendar-source.ts` holds it to. */
export function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** Years 1 to 9999, so that ten more years stay dates that can be written. */
const EARLIEST_MS = Date.parse('0001-01-01T00:00:00Z');
const LATEST_MS = Date.parse('9999-12-31T00:00:00Z');

function requireTime(what: string, ms: number): void {
  if (!Number.isSafeInteger(ms) || ms < EARLIEST_MS || ms > LATEST_MS)
    throw wrong(`${what} of a working time, ${ms}, is no time in milliseconds between the years 1 and 9999.`);
}

function wrong(message: string): CountersignError {
  return new CountersignError('INVALID_INPUT', message, { hint: 'Correct the calendar or the duration.' });
}
