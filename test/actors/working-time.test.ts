/** Timers that count working time: across weekends, holidays and clock changes, suspended or not. */
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { dueAfter, leftUntil } from '../../src/actors/working-time.ts';
import { calendarSchema } from '../../src/machines/calendar-source.ts';
import { compiled } from '../machines/build.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { ManualClock } from './clock.ts';
import { accepted, principal, type Server, startServer, TENANT } from './rig.ts';

const HOUR = 3_600_000;
const day = [['09:00', '17:00']];
const BERLIN = {
  timeZone: 'Europe/Berlin',
  week: { monday: day, tuesday: day, wednesday: day, thursday: day, friday: day },
  holidays: [{ date: '2026-03-30', name: 'a Monday off' }],
};
/** Clocks in Berlin go forward on Sunday, 29 March 2026: 15:00 is 14:00 UTC before and 13:00 UTC after. */
const FRIDAY_15 = Date.parse('2026-03-27T14:00:00Z');
const WEDNESDAY_15 = Date.parse('2026-04-01T13:00:00Z');

const ann = { principal: principal('ann') };
const boss = { principal: principal('boss', ['manager']) };
const ORDER = {
  name: 'Order',
  roles: ['manager', 'lead'],
  triggers: ['close', 'touch', 'again'],
  suspension: { suspend: { role: 'manager' }, resume: { role: 'manager' } },
  initial: 'Open',
  states: {
    Open: {
      timers: { late: { after: '16h', calendar: 'berlin', escalate: 'lead' }, plain: { after: '16h' } },
    },
    Closed: { final: 'applied' },
    Forgotten: { final: 'withdrawn' },
  },
  transitions: {
    'Open -> Closed': { trigger: 'close', role: 'lead' },
    'Open -> Open': [
      { trigger: 'again', role: 'manager' },
      { trigger: 'touch', role: 'lead' },
    ],
    'Open -> Forgotten': { idle: '80h', calendar: 'berlin' },
  },
};

let database: TestDatabase;
let server: Server;
let change: string;
beforeAll(async () => {
  database = await testDatabase();
  await database.store.createTenant({ tenant: TENANT, title: 'Acme', createdAt: FRIDAY_15 });
});
afterAll(() => database.drop());
beforeEach(async () => {
  server = startServer(database.store, { clock: new ManualClock(FRIDAY_15) });
  await server.runtime.open();
  await server.runtime.setCalendar(TENANT, 'berlin', BERLIN, boss.principal);
  await server.runtime.deploy(TENANT, ORDER, boss.principal, null);
  change = await propose();
});

const propose = async (at = server) =>
  accepted(await at.runtime.propose({ definition: 'Order', project: 'p', title: 't' }, ann)).change;
const send = (trigger: string, by = boss) => server.runtime.send({ change, trigger }, by);
const dueAt = async (name: string, of = change) =>
  (await database.store.change({ tenant: TENANT, change: of }))?.timers.find((timer) => timer.name === name)
    ?.dueAt;
const iso = async (name: string, of?: string) =>
  new Date((await dueAt(name, of)) ?? Number.NaN).toISOString();

describe('a timer that counts working time', () => {
  it('is due after so much of it, over a weekend, a holiday and a clock change', async () => {
    expect(await dueAt('Open:late')).toBe(WEDNESDAY_15);
    expect(await dueAt('Open:plain')).toBe(FRIDAY_15 + 16 * HOUR);
    server.clock.moveTo(WEDNESDAY_15 - 1);
    await server.alarms.ring(Math.floor((WEDNESDAY_15 - 1) / 1000) * 1000);
    server.clock.moveTo(WEDNESDAY_15);
    await vi.waitFor(async () => {
      const rows = await database.store.log(TENANT, { after: 0, limit: 100, change });
      expect(rows.at(-1)).toMatchObject({ event: 'Open:late', occurredAt: WEDNESDAY_15 });
    });
    await server.runtime.close();
  });

  it('keeps its working time while the change is suspended over the weekend', async () => {
    server.clock.moveTo(FRIDAY_15 + HOUR);
    accepted(await send('change.suspend'));
    expect(await dueAt('Open:late')).toBeUndefined();
    server.clock.moveTo(Date.parse('2026-03-29T12:00:00Z'));
    accepted(await send('change.resume'));
    // One of sixteen hours was worked; the others begin on Tuesday at nine.
    expect(await iso('Open:late')).toBe('2026-04-01T14:00:00.000Z');
    // Elapsed time stands still as it always did: 15 hours were left.
    expect(await iso('Open:plain')).toBe('2026-03-30T03:00:00.000Z');
    await server.runtime.close();
  });

  it('goes on in the middle of a day, and is as far when it is suspended twice', async () => {
    server.clock.moveTo(FRIDAY_15 + HOUR);
    accepted(await send('change.suspend'));
    server.clock.moveTo(Date.parse('2026-03-31T10:00:00Z'));
    accepted(await send('change.resume'));
    expect(await iso('Open:late')).toBe('2026-04-02T09:00:00.000Z');
    server.clock.moveTo(Date.parse('2026-03-31T20:00:00Z'));
    accepted(await send('change.suspend'));
    server.clock.moveTo(Date.parse('2026-04-01T05:00:00Z'));
    accepted(await send('change.resume'));
    expect(await iso('Open:late')).toBe('2026-04-02T09:00:00.000Z');
    await server.runtime.close();
  });

  it('starts anew with everything that happens, where it counts idleness', async () => {
    // Two hours on Friday, four days of eight, a week of forty, six hours of the Monday after.
    expect(await iso('Open->Forgotten')).toBe('2026-04-13T13:00:00.000Z');
    server.clock.moveTo(FRIDAY_15 + 24 * HOUR);
    accepted(await send('again'));
    expect(await iso('Open->Forgotten')).toBe('2026-04-13T15:00:00.000Z');
    await server.runtime.close();
  });
});

describe('a changed calendar', () => {
  const NIGHT = { timeZone: 'UTC', week: { friday: [['20:00', '24:00']], saturday: [['00:00', '24:00']] } };

  it('counts for timers that are set from then on, and leaves pending ones due when they were', async () => {
    await server.runtime.setCalendar(TENANT, 'berlin', NIGHT, boss.principal);
    expect(await dueAt('Open:late')).toBe(WEDNESDAY_15);
    expect(await iso('Open:late', await propose())).toBe('2026-03-28T12:00:00.000Z');
    accepted(await send('again'));
    expect(await iso('Open:late')).toBe('2026-03-28T12:00:00.000Z');
    await server.runtime.close();
  });

  it('counts at another server, for changes that live there too, within a minute', async () => {
    const other = startServer(database.store, { clock: new ManualClock(FRIDAY_15) });
    const there = await propose(other);
    await server.runtime.setCalendar(TENANT, 'berlin', NIGHT, boss.principal);
    other.clock.moveTo(FRIDAY_15 + 60_000);
    accepted(await other.runtime.send({ change: there, trigger: 'again' }, boss));
    expect(await iso('Open:late', there)).toBe('2026-03-28T12:00:00.000Z');
    await other.runtime.close();
    await server.runtime.close();
  });

  it('never stops a change: working time that ten years do not hold ends after ten years', () => {
    const berlin = calendarSchema.parse({ timeZone: 'UTC', week: { monday: [['09:00', '09:01']] } });
    const workflow = { ...compiled(ORDER), calendars: { berlin } };
    const [event = ''] = [...workflow.timers].find(([, { name }]) => name === 'Open:late') ?? [];
    expect(dueAfter(workflow, event, FRIDAY_15, 16 * HOUR)).toBe(FRIDAY_15 + 3_653 * 24 * HOUR);
  });
});

describe('a definition', () => {
  it('names a calendar only where there is time to count', async () => {
    const close = { trigger: 'close', calendar: 'berlin' };
    const stray = { ...ORDER, transitions: { ...ORDER.transitions, 'Open -> Closed': close } };
    await expect(server.runtime.deploy(TENANT, stray, boss.principal, null)).rejects.toMatchObject({
      code: 'DEFINITION_INVALID',
      issues: [{ message: expect.stringContaining('"calendar" belongs to an "after" or an "idle"') }],
    });
    await server.runtime.close();
  });

  it('that names a calendar the tenant lacks is refused with the place and the remedy', async () => {
    const stray = {
      ...ORDER,
      transitions: { ...ORDER.transitions, 'Open -> Forgotten': { idle: '8h', calendar: 'mars' } },
    };
    await expect(server.runtime.deploy(TENANT, stray, boss.principal, null)).rejects.toMatchObject({
      code: 'DEFINITION_INVALID',
      issues: [
        {
          path: 'transitions/Open -> Forgotten/calendar',
          message: 'UNKNOWN_CALENDAR: There is no calendar "mars"; set it with PUT /v1/calendars/mars.',
        },
      ],
    });
    await server.runtime.close();
  });

  it('that names a new one runs within a second at a server that has read the calendars before', async () => {
    const other = startServer(database.store, { clock: new ManualClock(FRIDAY_15) });
    await propose(other);
    await server.runtime.setCalendar(TENANT, 'moon', BERLIN, boss.principal);
    const states = { ...ORDER.states, Open: { timers: { late: { after: '1h', calendar: 'moon' } } } };
    await server.runtime.deploy(TENANT, { ...ORDER, states }, boss.principal, null);
    other.clock.moveTo(FRIDAY_15 + 1_000);
    expect(await dueAt('Open:late', await propose(other))).toBe(FRIDAY_15 + 1_000 + HOUR);
    await other.runtime.close();
    await server.runtime.close();
  });
});

it('a calendar with mistakes is refused with all of them', async () => {
  const wrong = { timeZone: 'Mars/Olympus', week: { monday: [['9', '17:00']] } };
  const refused = server.runtime.setCalendar(TENANT, 'berlin', wrong, boss.principal);
  await expect(refused).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  const issues = await refused.catch(({ issues }) => issues);
  expect(issues.map(({ path }: { path: string }) => path)).toEqual([
    'calendar.timeZone',
    'calendar.week.monday.0.0',
  ]);
  await server.runtime.close();
});

it('resting for no time changes no due date, whenever that is', () => {
  const workflow = { ...compiled(ORDER), calendars: { berlin: calendarSchema.parse(BERLIN) } };
  const [event = ''] = [...workflow.timers].find(([, { name }]) => name === 'Open:late') ?? [];
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 400 * 24 * HOUR }),
      fc.integer({ min: 1, max: 500 * HOUR }),
      fc.double({ min: 0, max: 0.999_999, noNaN: true }),
      (start, inMs, part) => {
        const due = dueAfter(workflow, event, FRIDAY_15 + start, inMs);
        const now = FRIDAY_15 + start + Math.floor((due - FRIDAY_15 - start) * part);
        expect(dueAfter(workflow, event, now, leftUntil(workflow, event, now, due))).toBe(due);
      },
    ),
  );
});
