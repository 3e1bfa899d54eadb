/** `calendar set` and `calendar list`: the working time that timers may count. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CountersignError, messageOf } from '../../errors.ts';
import { connected } from '../connected.ts';
import type { Common } from '../connection.ts';
import type { Io } from '../io.ts';
import { done, type Result, refused } from '../result.ts';
import { timeText } from '../state-text.ts';
import { cell, painter, table } from '../text.ts';

export async function setCalendar(io: Io, options: Common, name: string, file: string): Promise<Result> {
  const calendar = await readJson(resolve(io.cwd, file), file);
  const reply = await connected(io, options, (api) => api.setCalendar(name, calendar));
  if (!reply.ok) return refused(reply.refusal);
  return done(reply.value, `The calendar ${cell(name)} counts for timers that are set from now on.`);
}

export async function listCalendars(io: Io, options: Common): Promise<Result> {
  const page = await connected(io, options, (api) => api.calendars());
  if (page.items.length === 0)
    return done(page, 'There is no calendar. "countersign calendar set NAME FILE" sets one.');
  const rows = page.items.map(({ name, calendar, set_by: by, set_at: at }) => [
    cell(name),
    cell(calendar.timeZone),
    String(calendar.holidays.length),
    timeText(at),
    cell(by, 30),
  ]);
  return done(page, table(painter(io), ['CALENDAR', 'TIME ZONE', 'HOLIDAYS', 'SET (UTC)', 'BY'], rows));
}

async function readJson(path: string, named: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw new CountersignError('FILE_UNREADABLE', `${named} cannot be read: ${messageOf(cause)}.`, { cause });
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CountersignError('INVALID_INPUT', `${named} is not JSON: ${messageOf(cause)}.`, {
      cause,
      hint: 'Write { "timeZone": "Europe/Berlin", "week": { "monday": [["09:00", "17:00"]] } }.',
    });
  }
}
