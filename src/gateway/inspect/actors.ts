/**
 * The changes one connection knows: each is told as an actor when it is first heard of, and again when it went over to
 * another version of its definition.
 */
import { LRUCache } from 'lru-cache';
import { MIGRATE } from '../../actors/moving.ts';
import type { ChangeRecord, Json } from '../../persistence/records.ts';
import type { ReadStore } from '../backend.ts';
import type { TransitionDocument } from '../http/schemas.ts';
import { matches } from '../live/matches.ts';
import type { Query } from '../protocol.ts';
import type { InspectFrame } from './frames.ts';
import { isNarrowed } from './target.ts';
import { actorFrame, rowFrames, type Stand } from './wire.ts';
import type { InspectedWorkflow, InspectedWorkflows } from './workflows.ts';

/** Rows looked through for the next migration of a change that is told from the past. */
const LOOKED_THROUGH = 1_000;
/** Changes remembered that do not belong to what is inspected, or not yet. */
const MAX_STRANGERS = 2_000;

interface Known {
  readonly record: ChangeRecord;
  readonly workflow: InspectedWorkflow;
}

export interface ActorsOptions {
  readonly tenant: string;
  /** What a change has to fit when it is first heard of. */
  readonly query: Query;
  /** At most so many changes. */
  readonly limit: number;
  readonly store: Pick<ReadStore, 'change' | 'log'>;
  readonly workflows: InspectedWorkflows;
}

export class Actors {
  readonly #options: ActorsOptions;
  readonly #known = new Map<string, Known>();
  readonly #strangers = new LRUCache<string, ChangeRecord>({ max: MAX_STRANGERS });

  constructor(options: ActorsOptions) {
    this.#options = options;
  }

  /** A change as it stands now; undefined where there are as many as there may be. */
  async announce(record: ChangeRecord): Promise<readonly InspectFrame[] | undefined> {
    return this.#tell(record, record.definitionVersion, record);
  }

  /** What a row comes to; nothing where it is not of what is inspected, undefined where it is of one change too many. */
  async frames(row: TransitionDocument): Promise<readonly InspectFrame[] | undefined> {
    const before = this.#known.get(row.change);
    const told = before === undefined ? await this.#discover(row) : [];
    const moved = isMigration(row) ? await this.#migrated(row) : [];
    const workflow = this.#known.get(row.change)?.workflow;
    if (workflow === undefined || told === undefined) return told;
    return [...told, ...moved, ...rowFrames(row, workflow)];
  }

  async #discover(row: TransitionDocument): Promise<readonly InspectFrame[] | undefined> {
    const { tenant, store } = this.#options;
    if (!(await this.#belongs(row))) return [];
    const record = await store.change({ tenant, change: row.change });
    if (record === undefined) return [];
    this.#strangers.delete(row.change);
    const state = (row.kind === 'proposed' ? row.to : row.from) as Json;
    const version = row.kind === 'transition' ? row.version - 1 : row.version;
    return this.#tell(record, await this.#versionAt(row, record), { state, version });
  }

  /** Judged by where the change was after the row; all else that is asked for never changes. */
  async #belongs(row: TransitionDocument): Promise<boolean> {
    const { tenant, query, store, workflows } = this.#options;
    const { change } = row;
    if (!isNarrowed(query)) return true;
    const record = this.#strangers.get(change) ?? (await store.change({ tenant, change }));
    if (record === undefined) return false;
    this.#strangers.set(change, record);
    const { outcomes } = await workflows.of(tenant, record.definition, record.definitionVersion);
    const state = row.to as Json;
    const outcome = typeof state === 'string' ? (outcomes.get(state) ?? null) : null;
    return matches(query, { ...record, state, outcome });
  }

  async #tell(
    record: ChangeRecord,
    version: number,
    stand: Stand,
  ): Promise<readonly InspectFrame[] | undefined> {
    const { tenant, limit, workflows } = this.#options;
    if (this.#known.size >= limit && !this.#known.has(record.change)) return undefined;
    const workflow = await workflows.of(tenant, record.definition, version);
    this.#known.set(record.change, { record, workflow });
    return [actorFrame(record, workflow, stand)];
  }

  async #migrated(row: TransitionDocument): Promise<readonly InspectFrame[]> {
    const record = this.#known.get(row.change)?.record;
    if (record === undefined) return [];
    const { to } = row.data as { readonly to: number };
    return (await this.#tell(record, to, { state: row.to as Json, version: row.version })) ?? [];
  }

  /** The version a change followed just before a row: the one its next migration left, or the one it follows now. */
  async #versionAt(
    { seq, change }: TransitionDocument,
    { definitionVersion }: ChangeRecord,
  ): Promise<number> {
    const { tenant, store } = this.#options;
    const rows = await store.log(tenant, { after: seq - 1, limit: LOOKED_THROUGH, change });
    const migration = rows.find(isMigration);
    return migration ? (migration.data as unknown as { readonly from: number }).from : definitionVersion;
  }
}

function isMigration({ event, kind }: Pick<TransitionDocument, 'event' | 'kind'>): boolean {
  return event === MIGRATE && kind === 'transition';
}
