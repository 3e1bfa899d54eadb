/** `work`: open changes on which the caller may do something now, and what. */
import { connected } from '../connected.ts';
import type { Common } from '../connection.ts';
import type { Io } from '../io.ts';
import { done, type Result } from '../result.ts';
import { stateText, timeText } from '../state-text.ts';
import { cell, painter, table } from '../text.ts';
import type { Change } from '../wire.ts';

interface WorkOptions extends Common {
  readonly project?: string;
  readonly limit?: number;
}

const USUAL = 50;

export async function work(io: Io, options: WorkOptions): Promise<Result> {
  const { project, limit = USUAL } = options;
  const items: Change[] = [];
  await connected(io, options, async (api) => {
    let cursor: string | undefined;
    do {
      const page = await api.work({ project, cursor });
      items.push(...page.items);
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined && items.length < limit);
  });
  const shown = items.slice(0, limit);
  if (shown.length === 0) return done({ items: [] }, 'Nothing waits for you.');
  const rows = shown.map((change) => [
    cell(change.key ?? change.id, 40),
    cell(change.title, 48),
    cell(stateText(change.state), 40),
    cell(mayText(change), 60),
    timeText(change.updated_at),
  ]);
  const heads = ['CHANGE', 'TITLE', 'STATE', 'YOU MAY', 'SINCE (UTC)'];
  return done({ items: shown }, table(painter(io), heads, rows));
}

/** "approve, reject; approve for ann". */
export function mayText({ enabled = [] }: Change): string {
  const may = enabled.filter(({ refusal }) => refusal === null);
  const own = may.flatMap((each) => (each.for === null ? [each.trigger] : []));
  const others = may.flatMap((each) => (each.for === null ? [] : [`${each.trigger} for ${each.for}`]));
  return [[...new Set(own)].join(', '), ...new Set(others)].filter(Boolean).join('; ');
}
