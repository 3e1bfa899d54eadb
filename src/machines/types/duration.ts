/** Durations as types; `duration.ts` one level up knows their bounds too. */

import type { Problem } from './problem.ts';

/** `30s`, `15m`, `24h`, `3d`, and descending combinations such as `1h30m`. */
export type Duration = `${Days}${Hours}${Minutes}${Seconds}`;
type Days = '' | `${bigint}d`;
type Hours = '' | `${bigint}h`;
type Minutes = '' | `${bigint}m`;
type Seconds = '' | `${bigint}s`;

/** Calendars belong to the tenant, not to the workflow: any name may be one. */
export type CalendarName<Value> = unknown extends Value
  ? string
  : Value extends string
    ? string
    : Problem<"'calendar' is the name of one of the tenant's calendars">;
