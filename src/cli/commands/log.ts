/** `log`: what happened to a change, or in the whole tenant, in the order in which it was committed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CountersignError } from '../../errors.ts';
import type { Api } from '../api.ts';
import { connected, findChange } from '../connected.ts';
import type { Common } from '../connection.ts';
import type { Io } from '../io.ts';
import { done, type Result, show } from '../result.ts';
import { moveText, timeText } from '../state-text.ts';
import { type Cell, cell, type Paint, painter, table } from '../text.ts';
import type { Transition } from '../wire.ts';

interface Options extends Common {
  readonly tenant?: boolean;
  readonly after?: number;
  readonly limit?: number;
  readonly follow?: boolean;
  readonly project?: string;
}

/** How often a followed log is read again. */
const POLL_MS = 500;
const PAGE = 200;
/** Rows of one answer where no other number is asked for. */
const LIMIT = 1000;

export async function log(io: Io, options: Options, name?: string): Promise<Result> {
  if ((name === undefined) === !options.tenant) {
    throw new CountersignError('INVALID_INPUT', 'A log is of one change or of the tenant.', {
      hint: 'Give a change ("countersign log CHANGE"), or --tenant.',
    });
  }
  return connected(io, options, async (api) => {
    const change = name === undefined ? undefined : (await findChange(api, name, options.project)).id;
    const source: Source = { api, change };
    if (options.follow) return follow(io, source, options);
    const { limit = LIMIT } = options;
    const items = await read(source, options.after ?? 0, limit);
    const last = items.length < limit ? undefined : items.at(-1)?.seq;
    const paint = painter(io);
    const more = last === undefined ? '' : `\n\n${paint.dim(`More: --after ${last}`)}`;
    const text = items.length === 0 ? 'Nothing yet.' : logText(items, paint, source) + more;
    return done({ items, next_after: last ?? null }, text);
  });
}

interface Source {
  readonly api: Api;
  /** Undefined: the whole tenant. */
  readonly change: string | undefined;
}

/** Rows after a position, page by page. */
async function read({ api, change }: Source, after: number, limit: number): Promise<Transition[]> {
  const rows: Transition[] = [];
  while (rows.length < limit) {
    const last = rows.at(-1)?.seq ?? after;
    const size = Math.min(PAGE, limit - rows.length);
    const { items } = await api.transitions({ after: last, limit: size }, change);
    rows.push(...items);
    if (items.length < size) break;
  }
  return rows;
}

/** Never ends by itself. With `--json`, one document per line; for people, one heading. */
async function follow(io: Io, source: Source, options: Options): Promise<never> {
  let after = options.after ?? 0;
  let headed = false;
  for (;;) {
    const rows = await read(source, after, LIMIT);
    const last = rows.at(-1);
    if (last) {
      const text = logText(rows, painter(io), source);
      const body = headed ? text.slice(text.indexOf('\n') + 1) : text;
      show(io, options.json === true, { documents: rows, text: body, exit: 0 });
      headed = true;
      after = last.seq;
    }
    if (rows.length < LIMIT) await sleep(POLL_MS);
  }
}

function logText(rows: readonly Transition[], paint: Paint, { change }: Source): string {
  const all = change === undefined;
  const headings = ['SEQ', 'TIME (UTC)', 'WHO', ...(all ? ['CHANGE'] : []), 'EVENT', 'WHAT'];
  return table(
    paint,
    headings,
    rows.map((row) => [
      String(row.seq),
      timeText(row.occurred_at),
      whoText(row),
      ...(all ? [row.change] : []),
      cell(row.event, 32),
      whatCell(row, paint),
    ]),
  );
}

function whoText({ principal, principal_kind: kind, role, via }: Transition): string {
  const as = [kind === 'person' ? '' : kind, role ?? ''].filter(Boolean).join(', ');
  return cell(principal, 28) + (as && ` (${as})`) + (via ? ` via ${cell(via, 20)}` : '');
}

function whatCell(row: Transition, paint: Paint): Cell {
  const because = row.reason ? ` — ${cell(row.reason, 80)}` : '';
  if (row.kind === 'refusal') {
    const { code = '', message = '' } = row.refusal ?? {};
    return { text: `refused ${code}: ${cell(message, 90)}`, paint: paint.yellow };
  }
  if (row.kind === 'late') return { text: `late, nothing changed${because}`, paint: paint.dim };
  const text = moveText(row.from, row.to) + because;
  return row.outcome ? { text, paint: row.outcome === 'rejected' ? paint.red : paint.green } : { text };
}
