/** Durations as authors write them: `30s`, `15m`, `24h`, `3d` and descending combinations such as `1h30m`. */

const SHAPE = /^(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,8})m)?(?:(\d{1,9})s)?$/;
const UNIT_MS = [86_400_000, 3_600_000, 60_000, 1_000] as const;

/** Ten years: longer is a mistake, and keeps due times far from the end of what a date can hold. */
export const MAX_DURATION_MS = 3650 * 86_400_000;

/** Milliseconds, or undefined where the text is not a duration above zero and at most ten years. */
export function parseDuration(text: string): number | undefined {
  const parts = SHAPE.exec(text);
  if (!parts) return undefined;
  const ms = UNIT_MS.reduce((sum, unit, index) => sum + unit * Number(parts[index + 1] ?? 0), 0);
  return ms > 0 && ms <= MAX_DURATION_MS ? ms : undefined;
}

/** The shortest text that `parseDuration` reads as this many milliseconds (whole seconds). */
export function formatDuration(ms: number): string {
  let rest = ms;
  const parts = UNIT_MS.map((unit, index) => {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    return count > 0 ? `${count}${'dhms'[index]}` : '';
  });
  return parts.join('');
}
