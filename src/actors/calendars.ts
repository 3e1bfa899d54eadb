/**
 * The calendars of tenants. They are read again after a minute: a changed one counts for timers that are set from then on,
 * and what is due already stays due when it is. None is ever removed, since timers may count by it.
 */
import { LRUCache } from 'lru-cache';
import { CountersignError } from '../errors.ts';
import { readCalendar } from '../machines/calendar-source.ts';
import type { Calendar } from '../machines/calendars.ts';
import type { CalendarRecord, Json } from '../persistence/records.ts';
import type { Principal } from './commands.ts';
import type { Clock, Store } from './ports.ts';

export type ByName = Readonly<Record<string, Calendar>>;

const KEPT_TENANTS = 1_000;
export const KEPT_MS = 60_000;

interface Kept {
  readonly readAt: number;
  /** Equal texts are one object, so that what is made of it need not be made again. */
  readonly text: string;
  readonly calendars: ByName;
}

type CalendarStore = Pick<Store, 'calendars' | 'setCalendar'>;

export class Calendars {
  readonly #store: CalendarStore;
  readonly #clock: Clock;
  readonly #kept = new LRUCache<string, Kept>({ max: KEPT_TENANTS });

  constructor(store: CalendarStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The tenant's calendars, at most a minute old; read now where one of `names` is not among those kept. */
  async of(tenant: string, names: readonly string[]): Promise<ByName> {
    const kept = this.#kept.get(tenant);
    const isFresh = kept && Math.abs(this.#clock.now() - kept.readAt) < KEPT_MS;
    return isFresh && names.every((name) => Object.hasOwn(kept.calendars, name))
      ? kept.calendars
      : this.now(tenant);
  }

  /** Replaces a calendar; `source` is what an author writes. Throws INVALID_INPUT with every mistake as an issue. */
  async set(tenant: string, name: string, source: unknown, by: Principal): Promise<CalendarRecord> {
    const read = readCalendar(source);
    if ('issues' in read) {
      const issues = read.issues.map((each) => ({ ...each, path: `calendar.${each.path}` }));
      throw new CountersignError('INVALID_INPUT', `The calendar "${name}" is not what it should be.`, {
        issues,
      });
    }
    const calendar = read.calendar as unknown as Json;
    const record = { tenant, name, calendar, setBy: by.id, setAt: this.#clock.now() };
    await this.#store.setCalendar(record);
    this.#kept.delete(tenant);
    return record;
  }

  /** All of them, as they stand now. */
  async now(tenant: string): Promise<ByName> {
    const readAt = this.#clock.now();
    const records = await this.#store.calendars(tenant);
    const text = JSON.stringify(records);
    const kept = this.#kept.get(tenant);
    const calendars = kept?.text === text ? kept.calendars : byName(records);
    this.#kept.set(tenant, { readAt, text, calendars });
    return calendars;
  }
}

function byName(records: readonly CalendarRecord[]): ByName {
  return Object.fromEntries(
    records.map(({ name, calendar }) => [name, calendar as unknown as Calendar] as const),
  );
}
