/** Durations as types; `duration.ts` one level up knows their bounds too. */

/** `30s`, `15m`, `24h`, `3d`, and descending combinations such as `1h30m`. */
export type Duration = `${Days}${Hours}${Minutes}${Seconds}`;
type Days = '' | `${bigint}d`;
type Hours = '' | `${bigint}h`;
type Minutes = '' | `${bigint}m`;
type Seconds = '' | `${bigint}s`;
