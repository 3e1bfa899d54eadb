/** The past of a tenant as the PostgreSQL store reads it, out of rows and changes that stand in memory. */
import type {
  Act,
  Activity,
  ChangeHistory,
  HistorySample,
  RevisionRecord,
} from '../../src/persistence/history-records.ts';
import type { ChangeFacts, Json, LogRow } from '../../src/persistence/records.ts';

interface Known {
  readonly facts: ChangeFacts;
  readonly isOpen: boolean;
}
type Changes = ReadonlyMap<string, Known>;

export function historyIn(rows: readonly LogRow[], change: string): ChangeHistory | undefined {
  const moves = rows
    .filter((row) => row.change === change && ['proposed', 'transition'].includes(row.kind))
    .filter(({ from, to }) => JSON.stringify(from) !== JSON.stringify(to))
    .map(({ to, outcome, occurredAt }) => ({ state: to, outcome, at: occurredAt }))
    .slice(-200);
  return moves.length > 0 ? { change, moves } : undefined;
}

export function historiesIn(
  rows: readonly LogRow[],
  changes: Changes,
  { definition, version, project, exceptProjects = [], newest, spans, each }: HistorySample,
): ChangeHistory[] {
  const fitting = [...changes]
    .filter(([, { facts }]) => facts.definition === definition)
    .filter(([, { facts }]) => version === undefined || facts.definitionVersion === version)
    .filter(([, { facts }]) => project === undefined || facts.project === project)
    .filter(([, { facts }]) => !exceptProjects.includes(facts.project))
    .map(([change]) => change)
    .sort()
    .reverse();
  const chosen = new Set(fitting.slice(0, newest));
  for (const { from, until } of spans)
    for (const change of fitting.filter((id) => id >= from && id < until).slice(0, each)) chosen.add(change);
  return [...chosen].sort().flatMap((change) => historyIn(rows, change) ?? []);
}

export function activityIn(
  all: readonly LogRow[],
  changes: Changes,
  { rows, recentSince }: { readonly rows: number; readonly recentSince: number },
): Activity {
  const late = all.slice(-rows);
  const acts = new Map<string, Act>();
  for (const row of late) {
    const known = changes.get(row.change);
    if (!known || !['transition', 'late'].includes(row.kind) || row.principalKind === 'system') continue;
    const { change, principal, principalKind, event, role, occurredAt } = row;
    const name = JSON.stringify([change, principal, principalKind, event, role]);
    const before = acts.get(name);
    acts.set(name, {
      change,
      project: known.facts.project,
      author: known.facts.author,
      isOpen: known.isOpen,
      principal,
      principalKind,
      event,
      role,
      recent: (before?.recent ?? 0) + (occurredAt >= recentSince ? 1 : 0),
      at: Math.max(before?.at ?? 0, occurredAt),
    });
  }
  const by = (a: Act, b: Act) =>
    b.at - a.at || compare([a.change, a.principal, a.event], [b.change, b.principal, b.event]);
  return {
    acts: [...acts.values()].sort(by),
    revisions: late.flatMap((row) => revision(row, changes)).reverse(),
  };
}

function revision(
  { kind, event, data, change, principal, occurredAt }: LogRow,
  changes: Changes,
): RevisionRecord[] {
  const known = changes.get(change);
  if (!known || kind !== 'transition' || event !== 'change.revise') return [];
  const { author, coAuthors = [], files = [], owners = [] } = (data ?? {}) as Revised;
  const asked = owners.filter(({ required = 1 }) => required > 0);
  return [
    {
      change,
      project: known.facts.project,
      isOpen: known.isOpen,
      people: [...new Set([principal, ...(author === undefined ? [] : [author]), ...coAuthors])],
      files: files.slice(0, 100),
      owners: [...new Set(asked.flatMap(({ members }) => members))],
      at: occurredAt,
    },
  ];
}

type Revised = {
  readonly [key: string]: Json;
} & {
  readonly author?: string;
  readonly coAuthors?: readonly string[];
  readonly files?: readonly string[];
  readonly owners?: readonly { readonly members: readonly string[]; readonly required?: number }[];
};

function compare(a: readonly string[], b: readonly string[]): number {
  const [left, right] = [a.join('\0'), b.join('\0')];
  return left < right ? -1 : left > right ? 1 : 0;
}
