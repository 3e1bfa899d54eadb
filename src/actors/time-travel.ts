/**
 * Time travel for policies: the changes of a project that were proposed in a period, replayed under a draft. Nothing is
 * written. It goes through the period page by page, the newest first, so that a request does a bounded amount of work.
 */
import { setImmediate } from 'node:timers/promises';
import { v7 } from 'uuid';
import { CountersignError, messageOf } from '../errors.ts';
import { check } from '../machines/check.ts';
import { type CompiledWorkflow, compile } from '../machines/compile.ts';
import { digestOf } from '../machines/digest.ts';
import { normalise } from '../machines/normalise.ts';
import { schemaFindings } from '../machines/schema-findings.ts';
import { sourceSchema } from '../machines/source.ts';
import type { ChangeRecord, LogRow } from '../persistence/records.ts';
import type { Principal } from './commands.ts';
import { knownAs } from './directory/directories.ts';
import { type Directory, holdersOf } from './directory/state.ts';
import type { Clock, Store } from './ports.ts';
import { type Known, type Replayed, replay } from './replay.ts';

export interface Travel {
  readonly tenant: string;
  /** The draft in the JSON grammar. */
  readonly definition: unknown;
  readonly project: string;
  /** Proposed in `[from, to)`, by when it was recorded, ms. */
  readonly from: number;
  readonly to: number;
  /** At most 500. */
  readonly limit: number;
  /** The last change of the page before. */
  readonly before?: string;
}

export interface Travelled {
  readonly name: string;
  readonly digest: string;
  readonly changes: readonly Replayed[];
  /** Changes that could not be replayed, with the reason. */
  readonly failed: readonly { readonly change: string; readonly problem: string }[];
  /** Where the next page begins; null where the period was gone through. */
  readonly next: string | null;
}

export interface TimeTravel {
  /** Throws DEFINITION_INVALID with every defect, and INVALID_INPUT where the tenant lacks a calendar the draft names. */
  replay(travel: Travel): Promise<Travelled>;
}

export interface TimeTravelWorld {
  readonly store: Pick<Store, 'changes' | 'log'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly directory: (tenant: string) => Promise<Directory>;
  readonly calendars: (tenant: string, names: readonly string[]) => Promise<CompiledWorkflow['calendars']>;
}

const PAGE = 100;
/** Rows read of one change; what has more is looked at until there. */
const MAX_ROWS = 1_000;
/** Pages of changes of which none is of the period. */
const MAX_SKIPPED = 20;
const HOUR_MS = 3_600_000;

export function timeTravelFrom({ store, clock, directory, calendars }: TimeTravelWorld): TimeTravel {
  return {
    replay: async (travel) => {
      const { tenant } = travel;
      const draft = await draftOf(travel, calendars);
      const who = await directory(tenant);
      const { records, next } = await recordsOf(store, travel);
      const logs = new Map<string, readonly LogRow[]>();
      for (const { change } of records)
        logs.set(change, await store.log(tenant, { after: 0, limit: MAX_ROWS, change }));
      const held = rolesSeen([...logs.values()].flat());
      const changes: Replayed[] = [];
      const failed: { change: string; problem: string }[] = [];
      for (const record of records) {
        // Others are served between two changes.
        await setImmediate();
        try {
          const rows = logs.get(record.change) ?? [];
          changes.push(replay(draft, record, rows, knownFor(draft, who, record, held), clock.now()));
        } catch (error) {
          failed.push({ change: record.change, problem: messageOf(error) });
        }
      }
      return { name: draft.definition.name, digest: digestOf(draft.definition), changes, failed, next };
    },
  };
}

async function draftOf(
  { tenant, definition: source }: Travel,
  calendarsOf: TimeTravelWorld['calendars'],
): Promise<CompiledWorkflow> {
  const parsed = sourceSchema.safeParse(source);
  const definition = parsed.success ? normalise(parsed.data) : undefined;
  const found = parsed.success
    ? check(normalise(parsed.data)).findings.filter(({ severity }) => severity === 'error')
    : schemaFindings(parsed.error);
  if (!definition || found.length > 0) {
    const issues = found.map(({ code, path, message }) => ({
      path: path.join('/'),
      message: `${code}: ${message}`,
    }));
    const message = `${definition?.name ?? 'The draft'} has defects and was not tried.`;
    throw new CountersignError('DEFINITION_INVALID', message, { issues });
  }
  const compiled = compile(definition);
  const { calendarNames } = compiled;
  if (calendarNames.length === 0) return compiled;
  const calendars = await calendarsOf(tenant, calendarNames);
  const lacking = calendarNames.filter((name) => !Object.hasOwn(calendars, name));
  if (lacking.length === 0) return { ...compiled, calendars };
  throw new CountersignError('INVALID_INPUT', `The tenant has no calendar "${lacking.join('", "')}".`, {
    hint: 'Set it first, or count elapsed time in the draft.',
  });
}

/** Ids begin with the time at which they were made, so those of much later changes are passed over without being read. */
async function recordsOf(
  store: Pick<Store, 'changes'>,
  { tenant, project, from, to, limit, before }: Travel,
): Promise<{ records: ChangeRecord[]; next: string | null }> {
  const records: ChangeRecord[] = [];
  let last = before ?? v7({ msecs: to + HOUR_MS });
  for (let skipped = 0; skipped < MAX_SKIPPED; ) {
    const page = await store.changes(tenant, { project }, { before: last, limit: PAGE });
    const inPeriod = page.filter(({ createdAt }) => createdAt >= from && createdAt < to);
    const room = limit - records.length;
    records.push(...inPeriod.slice(0, room));
    if (inPeriod.length > room) return { records, next: records.at(-1)?.change ?? null };
    const end = page.at(-1);
    if (!end || page.length < PAGE || end.createdAt < from) return { records, next: null };
    last = end.change;
    if (records.length === limit) return { records, next: last };
    if (inPeriod.length === 0) skipped += 1;
  }
  return { records, next: last };
}

/** Roles that decided, by principal, wherever in these changes. */
function rolesSeen(rows: readonly LogRow[]): ReadonlyMap<string, ReadonlySet<string>> {
  const seen = new Map<string, Set<string>>();
  for (const { principal, role } of rows)
    if (role !== null) seen.set(principal, (seen.get(principal) ?? new Set()).add(role));
  return seen;
}

function knownFor(
  { definition }: CompiledWorkflow,
  directory: Directory,
  { project, author }: ChangeRecord,
  held: ReadonlyMap<string, ReadonlySet<string>>,
): Known {
  const place = { project, author };
  const shares = Object.values(definition.ballots ?? {}).flatMap(({ needs }) =>
    needs.flatMap((need) => (need.kind === 'share' ? [need.of] : [])),
  );
  const electorates = Object.fromEntries(
    shares.map((role) => [role, holdersOf(directory, [role], place).length] as const),
  );
  return {
    electorates: shares.length > 0 ? electorates : undefined,
    principal: (principal: Principal) => {
      // A delegate acts with what was delegated and nothing else.
      if (principal.for !== undefined) return principal;
      const roles = [...new Set([...principal.roles, ...(held.get(principal.id) ?? [])])];
      return knownAs(directory, { ...principal, roles }, place);
    },
  };
}
