/** `replay`: how the changes of a period would have gone under a draft of their definition. Nothing is written. */
import { CountersignError } from '../../errors.ts';
import { grammarOf } from '../../machines/export/grammar.ts';
import type { Api } from '../api.ts';
import { connected } from '../connected.ts';
import type { Common } from '../connection.ts';
import type { Io } from '../io.ts';
import { loadNamed } from '../model-file.ts';
import { done, type Result } from '../result.ts';
import { cell, count, type Paint, painter, table } from '../text.ts';
import type { ReplayEnding, ReplayedChange, Replays } from '../wire.ts';

interface Options extends Common {
  readonly definition: string;
  readonly project: string;
  readonly from: string;
  readonly to: string;
  readonly limit?: number;
}

const PAGE = 200;
const DEFAULT_LIMIT = 1_000;
/** What the log does not know, and what is taken for it. */
const ASSUMED = [
  'senders held the roles that decided for them in these changes, and those the directory grants them today',
  'no dependency on another change held anything back',
  'timers run on calendars as they are today',
] as const;

export async function replay(io: Io, options: Options): Promise<Result> {
  const { definition } = await loadNamed(io.cwd, options.definition);
  const period = { from: timeOf(options.from, '--from'), to: timeOf(options.to, '--to') };
  const body = { definition: grammarOf(definition), project: options.project, ...period };
  const found = await connected(io, options, (api) => pagesOf(api, body, options.limit ?? DEFAULT_LIMIT));
  const { items, failed, isCut } = found;
  const totals = totalsOf(items);
  const document = {
    ...found.definition,
    project: options.project,
    ...period,
    totals,
    assumed: ASSUMED,
    items,
    failed,
  };
  return done({ ...document, more: isCut }, text(items, totals, isCut, painter(io)));
}

/** A day means its beginning, in UTC. */
function timeOf(given: string, option: string): string {
  const ms = Date.parse(/^\d{4}-\d\d-\d\d$/.test(given) ? `${given}T00:00:00Z` : given);
  if (Number.isFinite(ms)) return new Date(ms).toISOString();
  throw new CountersignError('INVALID_INPUT', `${option} "${given}" is no date.`, {
    hint: 'Write a date as 2026-10-01, or a time as 2026-10-01T09:00:00Z.',
  });
}

async function pagesOf(api: Api, body: object, limit: number) {
  const items: ReplayedChange[] = [];
  const failed: Replays['failed'][number][] = [];
  for (let cursor: string | undefined; ; ) {
    const size = Math.min(PAGE, limit - items.length);
    const page = await api.replay({ ...body, limit: size, ...(cursor && { cursor }) });
    items.push(...page.items);
    failed.push(...page.failed);
    cursor = page.next_cursor ?? undefined;
    if (cursor === undefined || items.length >= limit)
      return { definition: page.definition, items, failed, isCut: cursor !== undefined };
  }
}

interface Totals {
  readonly changes: number;
  readonly verdicts: Readonly<Record<string, number>>;
  readonly refused: Readonly<Record<string, number>>;
  /** Changes that would wait for somebody, by role. */
  readonly missing_roles: Readonly<Record<string, number>>;
  readonly unknown_events: Readonly<Record<string, number>>;
  readonly left_out: Readonly<Record<string, number>>;
}

function totalsOf(items: readonly ReplayedChange[]): Totals {
  const stuck = items.filter(({ verdict }) => verdict === 'not_finished');
  return {
    changes: items.length,
    verdicts: counted(items.map(({ verdict }) => verdict)),
    refused: counted(items.flatMap(({ refused }) => refused.map(({ code }) => code))),
    missing_roles: counted(
      stuck.flatMap(({ missing }) => [...new Set(missing.flatMap(({ roles }) => roles))]),
    ),
    unknown_events: counted(
      items.flatMap(({ unknown }) =>
        Object.entries(unknown).flatMap(([event, n]) => Array.from({ length: n }, () => event)),
      ),
    ),
    left_out: counted(items.flatMap(({ left_out }) => left_out)),
  };
}

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

const VERDICTS = {
  same: 'as it was',
  other_outcome: 'another outcome',
  longer: 'longer',
  shorter: 'shorter',
  not_finished: 'not finished',
} as const;

function text(items: readonly ReplayedChange[], totals: Totals, isCut: boolean, paint: Paint): string {
  const differing = items.filter(({ verdict }) => verdict !== 'same');
  const rows = differing.map(({ key, change, verdict, was, would, ...rest }) => [
    cell(key ?? change.slice(0, 13), 20),
    VERDICTS[verdict],
    endingText(was),
    endingText(would),
    cell(whyText(rest), 90),
  ]);
  const sentences = [
    ...listed('refused', totals.refused),
    ...listed('roles missing', totals.missing_roles),
    ...listed('unknown to the draft', totals.unknown_events),
    ...listed('attributes left out', totals.left_out),
  ];
  const verdicts = Object.entries(totals.verdicts).map(
    ([verdict, n]) => `${VERDICTS[verdict as 'same']} ${n}`,
  );
  return [
    `${count(totals.changes, 'change')} replayed${verdicts.length > 0 ? `: ${verdicts.join(', ')}` : ''}${isCut ? '; there are more' : ''}`,
    ...sentences,
    ...(rows.length > 0 ? [table(paint, ['CHANGE', 'VERDICT', 'WAS', 'WOULD BE', 'WHY'], rows)] : []),
    paint.dim(`assumed: ${ASSUMED.join('; ')}`),
  ].join('\n');
}

function listed(what: string, counts: Readonly<Record<string, number>>): string[] {
  const parts = Object.entries(counts).map(([name, n]) => `${name} ${n}`);
  return parts.length > 0 ? [`${what}: ${cell(parts.join(', '), 300)}`] : [];
}

function endingText({ outcome, after_ms }: ReplayEnding): string {
  if (outcome === null) return 'open';
  return after_ms === null ? outcome : `${outcome} after ${roughly(after_ms)}`;
}

function roughly(ms: number): string {
  if (ms < 60_000) return 'under 1m';
  if (ms < 2 * 3_600_000) return `${Math.round(ms / 60_000)}m`;
  return ms < 2 * 86_400_000 ? `${Math.round(ms / 3_600_000)}h` : `${Math.round(ms / 86_400_000)}d`;
}

function whyText({
  refused,
  missing,
  unknown,
}: Pick<ReplayedChange, 'refused' | 'missing' | 'unknown'>): string {
  const [first] = refused;
  if (first) return `${first.event} of ${first.principal}: ${first.code}`;
  const [waits] = missing;
  if (waits) return waits.reason;
  const events = Object.keys(unknown);
  return events.length > 0 ? `the draft has no ${events.join(', ')}` : '';
}
