/** `readers`: who has left critical rows of the live log unacknowledged for too long; for operators. */
import { connected } from '../connected.ts';
import type { Common } from '../connection.ts';
import type { Io } from '../io.ts';
import { done, type Result } from '../result.ts';
import { timeText } from '../state-text.ts';
import { cell, painter, table } from '../text.ts';

interface Options extends Common {
  readonly olderThan?: number;
  readonly limit?: number;
}

export async function readers(io: Io, options: Options): Promise<Result> {
  const { olderThan: older_than_s, limit } = options;
  const page = await connected(io, options, (api) => api.readers({ older_than_s, limit }));
  if (page.items.length === 0) return done(page, 'No reader is overdue.');
  const rows = page.items.map((each) => [
    cell(each.principal, 30),
    cell(each.reader, 30),
    cell(each.stream, 45),
    String(each.unacknowledged),
    each.oldest === null ? '' : timeText(each.oldest.recorded_at),
    timeText(each.acknowledged_at),
  ]);
  const headings = ['PRINCIPAL', 'READER', 'STREAM', 'OWES', 'SINCE (UTC)', 'LAST SAID (UTC)'];
  return done(page, table(painter(io), headings, rows));
}
