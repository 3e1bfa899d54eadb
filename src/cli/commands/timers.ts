/** `timers`: what is due when, over all changes. To snooze, fire or cancel one, send its change `timer.snooze` and the like. */
import { connected } from '../connected.ts';
import type { Common } from '../connection.ts';
import type { Io } from '../io.ts';
import { done, type Result } from '../result.ts';
import { dueText } from '../state-text.ts';
import { cell, painter, table } from '../text.ts';

interface Options extends Common {
  readonly name?: string;
  readonly before?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

export async function timers(io: Io, options: Options): Promise<Result> {
  const { name, before, limit = 50, cursor } = options;
  const page = await connected(io, options, (api) => api.timers({ name, before, limit, cursor }));
  if (page.items.length === 0) return done(page, 'No timers are running.');
  const paint = painter(io);
  const rows = page.items.map((timer) => [
    timer.change,
    cell(timer.name, 60),
    dueText(timer.due_at, io.now()),
  ]);
  const more = page.next_cursor === null ? [] : ['', paint.dim(`More: --cursor ${page.next_cursor}`)];
  return done(page, [table(paint, ['CHANGE', 'TIMER', 'DUE'], rows), ...more].join('\n'));
}
