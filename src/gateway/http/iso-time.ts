/** A time as it stands in documents: ISO 8601 in UTC, of milliseconds since the Unix epoch. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
