/** Working time, held to a model that asks the engine's own clock for every quarter of an hour. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCalendar } from '../../src/machines/calendar-source.ts';
import {
  addWorking,
  type Calendar,
  MAX_SPAN_MS,
  WEEKDAYS,
  type WorkingSpan,
  workingBetween,
} from '../../src/machines/calendars.ts';
import { isTimeZone } from '../../src/machines/zone-offsets.ts';
import { runs } from '../support/runs.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const at = (text: string) => Date.parse(text);

function calendar(source: unknown): Calendar {
  const read = readCalendar(source);
  if ('issues' in read) throw new Error(JSON.stringify(read.issues));
  return read.calendar;
}

function issuesOf(source: unknown): string[] {
  const read = readCalendar(source);
  return 'issues' in read ? read.issues.map(({ path, message }) => `${path}: ${message}`) : [];
}

const everyDay = (...spans: [string, string][]) => Object.fromEntries(WEEKDAYS.map((day) => [day, spans]));
const office = {
  monday: [['09:00', '17:00']],
  tuesday: [['09:00', '17:00']],
  wednesday: [['09:00', '17:00']],
  thursday: [['09:00', '17:00']],
  friday: [['09:00', '17:00']],
};
const berlin = calendar({ timeZone: 'Europe/Berlin', week: office, holidays: ['2026-12-25'] });

describe('addWorking', () => {
  const always = (timeZone: string) => calendar({ timeZone, week: everyDay(['00:00', '24:00']) });
  const nights = calendar({ timeZone: 'Europe/Berlin', week: everyDay(['01:00', '04:00']) });
  it.each<[name: string, calendar: Calendar, start: string, hours: number, due: string]>([
    ['within one span', berlin, '2026-03-02T10:00+01:00', 2, '2026-03-02T12:00+01:00'],
    [
      'to the end of a span and not to the next one',
      berlin,
      '2026-03-06T10:00+01:00',
      7,
      '2026-03-06T17:00+01:00',
    ],
    ['over a weekend', berlin, '2026-03-06T10:00+01:00', 8, '2026-03-09T10:00+01:00'],
    ['from outside of working time', berlin, '2026-03-07T12:00+01:00', 1, '2026-03-09T10:00+01:00'],
    ['over a holiday', berlin, '2026-12-24T16:00+01:00', 2, '2026-12-28T10:00+01:00'],
    ['no time at all, which is due at once', berlin, '2026-03-07T12:00+01:00', 0, '2026-03-07T12:00+01:00'],
    [
      'over the weekend on which clocks go forward',
      berlin,
      '2026-03-27T16:00+01:00',
      2,
      '2026-03-30T10:00+02:00',
    ],
    [
      'on the day of 23 hours',
      always('Europe/Berlin'),
      '2026-03-29T00:00+01:00',
      23,
      '2026-03-30T00:00+02:00',
    ],
    [
      'on the day of 25 hours',
      always('Europe/Berlin'),
      '2026-10-25T00:00+02:00',
      25,
      '2026-10-26T00:00+01:00',
    ],
    ['in a span with a skipped hour', nights, '2026-03-29T00:00+01:00', 2, '2026-03-29T04:00+02:00'],
    ['in a span with a repeated hour', nights, '2026-10-25T00:00+02:00', 4, '2026-10-25T04:00+01:00'],
    [
      'where clocks move by half an hour',
      always('Australia/Lord_Howe'),
      '2026-10-04T00:00+10:30',
      23.5,
      '2026-10-05T00:00+11:00',
    ],
    [
      'in a zone with a half-hour offset',
      calendar({ timeZone: 'Asia/Kolkata', week: office }),
      '2026-03-02T08:00+05:30',
      8,
      '2026-03-02T17:00+05:30',
    ],
    [
      'over the date that Samoa skipped',
      calendar({ timeZone: 'Pacific/Apia', week: everyDay(['09:00', '17:00']) }),
      '2011-12-29T16:00-10:00',
      2,
      '2011-12-31T10:00+14:00',
    ],
    [
      'over midnight, where one span ends at 24:00 and the next begins',
      calendar({ timeZone: 'UTC', week: { monday: [['22:00', '24:00']], tuesday: [['00:00', '02:00']] } }),
      '2026-03-02T21:00Z',
      3,
      '2026-03-03T01:00Z',
    ],
  ])('counts %s', (_name, chosen, start, hours, due) => {
    const dueMs = addWorking(chosen, at(start), hours * HOUR);
    expect(new Date(dueMs).toISOString()).toBe(new Date(due).toISOString());
    expect(workingBetween(chosen, at(start), dueMs)).toBe(hours * HOUR);
  });

  it('says so where the time would be due in more than ten years', () => {
    const rare = calendar({ timeZone: 'UTC', week: { monday: [['09:00', '09:01']] } });
    expect(addWorking(rare, at('2026-03-02T00:00Z'), 500 * MINUTE)).toBeGreaterThan(at('2035-01-01T00:00Z'));
    expect(() => addWorking(rare, at('2026-03-02T00:00Z'), 600 * MINUTE)).toThrow(/within ten years/);
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60])('refuses %d ms of working time', (ms) => {
    expect(() => addWorking(berlin, 0, ms)).toThrow(/no whole number/);
  });

  it.each([Number.NaN, 0.5, 8.7e15, -8.7e15])('refuses to start at %d', (ms) => {
    expect(() => addWorking(berlin, ms, 1)).toThrow(/no time in milliseconds/);
    expect(() => workingBetween(berlin, 0, ms)).toThrow(/no time in milliseconds/);
  });

  it('reaches the end of a long holiday and of a year of work', () => {
    const date = (day: number) => new Date(at('2026-01-01T00:00Z') + day * DAY).toISOString().slice(0, 10);
    const holidays = Array.from({ length: 365 }, (_, day) => date(day));
    const closed = calendar({ timeZone: 'UTC', week: office, holidays });
    expect(addWorking(closed, at('2026-01-01T00:00Z'), HOUR)).toBe(at('2027-01-01T10:00Z'));
  });
});

describe('workingBetween', () => {
  it('is negative towards the past', () => {
    expect(workingBetween(berlin, at('2026-03-09T10:00+01:00'), at('2026-03-06T16:00+01:00'))).toBe(
      -2 * HOUR,
    );
  });

  it('refuses moments that are more than ten years apart', () => {
    expect(() => workingBetween(berlin, 0, MAX_SPAN_MS + 1)).toThrow(/more than ten years apart/);
    expect(workingBetween(berlin, 0, MAX_SPAN_MS)).toBeGreaterThan(0);
  });
});

/** Weeks of mornings before changes of the clocks, and plain ones. */
const WEEKS: readonly (readonly [zone: string, start: string])[] = [
  ['Europe/Berlin', '2026-03-26T00:00Z'],
  ['Europe/Berlin', '2026-10-22T00:00Z'],
  ['America/New_York', '2026-03-05T00:00Z'],
  ['America/New_York', '2026-10-29T00:00Z'],
  ['Australia/Lord_Howe', '2026-04-02T00:00Z'],
  ['Australia/Lord_Howe', '2026-10-01T00:00Z'],
  ['Pacific/Apia', '2011-12-27T00:00Z'],
  ['America/Sao_Paulo', '2018-11-01T00:00Z'],
  ['Asia/Kathmandu', '2026-05-01T00:00Z'],
  ['UTC', '2026-12-28T00:00Z'],
];

const clock = fc.integer({ min: 0, max: 24 * 60 });
const text = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
const spans = fc.uniqueArray(clock, { maxLength: 6 }).map((minutes) => {
  const sorted = minutes.sort((a, b) => a - b);
  const pairs = sorted.flatMap((from, index): WorkingSpan[] => {
    const until = sorted[index + 1];
    return index % 2 === 0 && until !== undefined ? [[text(from), text(until)]] : [];
  });
  return pairs;
});

const cases = fc
  .record({
    week: fc.record(Object.fromEntries(WEEKDAYS.map((day) => [day, spans])), { requiredKeys: [...WEEKDAYS] }),
    chosen: fc.constantFrom(...WEEKS),
    free: fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 1 }),
  })
  .filter(({ week }) => Object.values(week).some((day) => (day ?? []).length > 0))
  .map(({ week, chosen: [timeZone, start], free }) => {
    const startMs = at(start);
    const holidays = free.map((day) => new Date(startMs + day * DAY).toISOString().slice(0, 10));
    return { calendar: calendar({ timeZone, week, holidays }), startMs };
  });

/** For every minute of a week whether it is worked, asking Intl what clocks show (no zone moves within a quarter hour). */
function naiveWeek({ timeZone, week, holidays }: Calendar, startMs: number): boolean[] {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    weekday: 'long',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  return Array.from({ length: (7 * DAY) / (15 * MINUTE) }, (_, quarter) => {
    const parts = new Map(
      format.formatToParts(startMs + quarter * 15 * MINUTE).map(({ type, value }) => [type, value]),
    );
    const date = `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`;
    const open = holidays.some((holiday) => holiday.date === date)
      ? []
      : week[parts.get('weekday')?.toLowerCase() as (typeof WEEKDAYS)[number]];
    return Array.from({ length: 15 }, (_, minute) => {
      const shown = text(Number(parts.get('hour')) * 60 + Number(parts.get('minute')) + minute);
      return open.some(([from, until]) => from <= shown && shown < until);
    });
  }).flat();
}

describe('working time over changes of the clocks', () => {
  const minute = fc.integer({ min: 0, max: 7 * 24 * 60 });
  const offset = fc.integer({ min: 0, max: 7 * DAY });

  it('is what counting every minute finds', () => {
    fc.assert(
      fc.property(cases, minute, minute, ({ calendar: chosen, startMs }, one, other) => {
        const [from, until] = one < other ? [one, other] : [other, one];
        const worked = naiveWeek(chosen, startMs);
        const count = worked.slice(from, until).filter(Boolean).length;
        const fromMs = startMs + from * MINUTE;
        expect(workingBetween(chosen, fromMs, startMs + until * MINUTE)).toBe(count * MINUTE);
        if (count === 0) return;
        let left = count;
        const last = worked.findIndex((is, index) => index >= from && is && --left === 0);
        expect(addWorking(chosen, fromMs, count * MINUTE)).toBe(startMs + (last + 1) * MINUTE);
      }),
      { numRuns: runs(40, 150) },
    );
  });

  it('is undone by measuring what was added', () => {
    fc.assert(
      fc.property(cases, offset, fc.integer({ min: 0, max: 20 * HOUR }), (made, startsAfter, duration) => {
        const start = made.startMs + startsAfter;
        const due = addWorking(made.calendar, start, duration);
        expect(workingBetween(made.calendar, start, due)).toBe(duration);
        if (duration > 0) expect(workingBetween(made.calendar, start, due - 1)).toBe(duration - 1);
      }),
    );
  });

  it('never shrinks for a later start or for more time, and adds up', () => {
    fc.assert(
      fc.property(cases, fc.tuple(offset, offset, offset), offset, (made, moments, duration) => {
        const sorted = moments.map((moment) => made.startMs + moment).sort((a, b) => a - b);
        const [a = 0, b = 0, c = 0] = sorted;
        const between = (from: number, to: number) => workingBetween(made.calendar, from, to);
        expect(between(a, b) + between(b, c)).toBe(between(a, c));
        expect(between(a, c)).toBeGreaterThanOrEqual(between(a, b));
        const added = Math.floor(duration / 7);
        try {
          const late = addWorking(made.calendar, b, added + 1);
          expect(addWorking(made.calendar, a, added + 1)).toBeLessThanOrEqual(late);
          expect(addWorking(made.calendar, b, added)).toBeLessThan(late);
        } catch (error) {
          // A calendar of minutes a week reaches its ten years.
          expect(String(error)).toMatch(/ten years/);
        }
      }),
    );
  });
});

describe('the grammar of calendars', () => {
  it('makes plain data in order, with a list for every weekday', () => {
    const week = { friday: [['13:00', '24:00'] as const, ['09:00', '13:00'] as const] };
    const holidays = ['2026-12-25', { date: '2027-01-01', name: 'New Year' }];
    expect(calendar({ timeZone: 'Europe/Berlin', week, holidays })).toEqual({
      timeZone: 'Europe/Berlin',
      week: {
        ...Object.fromEntries(WEEKDAYS.map((day) => [day, []])),
        friday: [
          ['09:00', '13:00'],
          ['13:00', '24:00'],
        ],
      },
      holidays: [{ date: '2026-12-25' }, { date: '2027-01-01', name: 'New Year' }],
    });
  });

  const monday = { monday: [['09:00', '17:00']] };
  it.each<[name: string, source: unknown, issue: RegExp]>([
    [
      'a zone nobody knows',
      { timeZone: 'Europe/Bonn', week: monday },
      /^timeZone: "Europe\/Bonn" is no time zone/,
    ],
    ['an offset as a zone', { timeZone: '+02:00', week: monday }, /^timeZone: "\+02:00" is no time zone/],
    ['a missing zone', { week: monday }, /^timeZone: a calendar needs a time zone/],
    ['a missing week', { timeZone: 'UTC' }, /^week: a week says the spans/],
    [
      'a week without working time',
      { timeZone: 'UTC', week: { monday: [] } },
      /^week: the week has no working time/,
    ],
    [
      'a span that ends first',
      { timeZone: 'UTC', week: { monday: [['17:00', '09:00']] } },
      /^week\.monday\.0: the span "17:00" to "09:00" ends before/,
    ],
    [
      'an empty span',
      { timeZone: 'UTC', week: { monday: [['09:00', '09:00']] } },
      /ends before it has begun/,
    ],
    [
      'spans that overlap',
      {
        timeZone: 'UTC',
        week: {
          monday: [
            ['12:00', '17:00'],
            ['09:00', '12:30'],
          ],
        },
      },
      /^week\.monday: the spans "09:00" to "12:30" and "12:00" to "17:00" overlap/,
    ],
    [
      'a span inside another',
      {
        timeZone: 'UTC',
        week: {
          monday: [
            ['09:00', '17:00'],
            ['10:00', '11:00'],
          ],
        },
      },
      /"09:00" to "17:00" and "10:00" to "11:00" overlap/,
    ],
    [
      'no time of day',
      { timeZone: 'UTC', week: { monday: [['9:00', '17:00']] } },
      /^week\.monday\.0\.0: "9:00" is no time of day/,
    ],
    [
      'a time after midnight',
      { timeZone: 'UTC', week: { monday: [['09:00', '24:30']] } },
      /"24:30" is no time of day/,
    ],
    [
      'a span of one time',
      { timeZone: 'UTC', week: { monday: [['09:00']] } },
      /week\.monday\.0.*a span is two times/,
    ],
    ['a day that is no list', { timeZone: 'UTC', week: { monday: '9-17' } }, /a weekday holds a list/],
    ['no weekday', { timeZone: 'UTC', week: { ...monday, mon: [] } }, /"mon" is no weekday/],
    [
      'a date that does not exist',
      { timeZone: 'UTC', week: monday, holidays: ['2026-02-30'] },
      /^holidays\.0.*"2026-02-30" is no (?:date|holiday)/,
    ],
    [
      'a date named twice',
      { timeZone: 'UTC', week: monday, holidays: ['2026-12-25', { date: '2026-12-25' }] },
      /^holidays\.1: "2026-12-25" is named twice/,
    ],
    ['an unknown key', { timeZone: 'UTC', week: monday, zone: 1 }, /a calendar has no key "zone"/],
  ])('says what is wrong with %s', (_name, source, issue) => {
    expect(issuesOf(source).join('\n')).toMatch(issue);
    expect(issuesOf(source)).toHaveLength(1);
  });

  it('names the widest span where several overlap it', () => {
    const spans = [
      ['09:00', '17:00'],
      ['10:00', '11:00'],
      ['16:00', '18:00'],
    ];
    expect(issuesOf({ timeZone: 'UTC', week: { monday: spans } })).toEqual([
      'week.monday: the spans "09:00" to "17:00" and "10:00" to "11:00" overlap; join them',
      'week.monday: the spans "09:00" to "17:00" and "16:00" to "18:00" overlap; join them',
    ]);
  });

  it('takes nothing but names for time zones', () => {
    expect(
      ['UTC', 'Europe/Berlin', 'Etc/GMT+5', 'America/Argentina/Buenos_Aires'].filter(isTimeZone),
    ).toHaveLength(4);
    expect(
      ['', 'Z', '2026-01-01T00:00Z', '[UTC]', 'Europe/Berlin\n', '__proto__'].filter(isTimeZone),
    ).toEqual([]);
  });
});
