/**
 * Migrations: the changes that follow one version of a definition are brought to another, a batch at a time, through their
 * mailboxes, while everything else goes on. The row of the migration remembers how far it is, an idempotency key keeps each
 * change from being moved twice: any server can go on with it, and two at once do no harm.
 */
import { CountersignError, messageOf, type Refusal } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import type { CompiledWorkflow } from '../../machines/compile.ts';
import { type MigrationPlan, placeKey } from '../../machines/migration.ts';
import { prove } from '../../machines/migration-proof.ts';
import type { ChangeRef, LogRow, MigrationRecord, MigrationStatus } from '../../persistence/records.ts';
import type { Answer, Principal } from '../commands.ts';
import { claimOf } from '../identity.ts';
import type { Item } from '../mailbox.ts';
import { MIGRATE, type Move } from '../moving.ts';
import type { Clock, NewId, Store } from '../ports.ts';
import { type MigrationReport, type MigrationRequest, reportOn } from './migration-report.ts';

/** Changes that are moved at once: they share the commits of everybody else, and must not crowd them. */
const BATCH = 32;
/** How long a migration waits when the server is too busy, or the database is away. */
const PATIENCE_MS = 1_000;

export interface MigrationsWorld {
  readonly store: Store;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Logger;
  readonly workflow: (tenant: string, name: string, version: number) => Promise<CompiledWorkflow>;
  /** Null where the input no longer counted. */
  readonly deliver: (ref: ChangeRef, input: Item['input'], claim: Item['claim']) => Promise<Answer | null>;
}

/** A migration with the table of where changes land, or would. */
export type Started =
  | { readonly ok: true; readonly report: MigrationReport; readonly migration: MigrationRecord }
  | { readonly ok: false; readonly report: MigrationReport; readonly refusal: Refusal };

/** Which statuses a migration may leave for another. */
const LEAVING: Readonly<Record<'pause' | 'resume' | 'revert' | 'close', readonly MigrationStatus[]>> = {
  pause: ['running'],
  resume: ['paused'],
  revert: ['running', 'paused', 'done'],
  close: ['done', 'paused', 'reverted'],
};
const BECOMES = { pause: 'paused', resume: 'running', revert: 'reverting', close: 'closed' } as const;
export type MigrationAct = keyof typeof BECOMES;

export class Migrations {
  readonly #world: MigrationsWorld;
  readonly #working = new Map<string, Promise<void>>();
  readonly #waiting = new Set<() => void>();
  #closing = false;

  constructor(world: MigrationsWorld) {
    this.#world = world;
  }

  /** Goes on with those that were at work when the last server stopped; later, where the store is away now. */
  async open(): Promise<void> {
    try {
      for (const each of await this.#world.store.migrations()) this.#begin(each);
    } catch (error) {
      if (!(error instanceof CountersignError && error.retryable)) throw error;
      const again = this.#wait()
        .then(() => (this.#closing ? undefined : this.open()))
        .catch((err: unknown) => this.#world.log.error({ err }, 'migrations could not be gone on with'));
      this.#working.set('', again);
    }
  }

  /** Who would land where, and what stands in the way. Throws NOT_FOUND for a version that is not there. */
  dryRun(tenant: string, request: MigrationRequest): Promise<MigrationReport> {
    return reportOn(this.#world.store, tenant, request);
  }

  /** Begins to move changes, if that was proven to be safe; refuses PLAN_UNPROVEN and, where one is at work, NOT_ENABLED. */
  async start(tenant: string, request: MigrationRequest, by: Principal): Promise<Started> {
    const { store, clock, newId } = this.#world;
    const report = await this.dryRun(tenant, request);
    if (!report.proven) {
      const first = report.problems.find(({ severity }) => severity === 'error');
      const message = `Nothing was moved: ${first?.message ?? 'the plan could not be proven.'}`;
      return { ok: false, report, refusal: { code: 'PLAN_UNPROVEN', message, accepted: [] } };
    }
    const { name, from, to, plan, reason } = request;
    const now = clock.now();
    const migration: MigrationRecord = {
      ...{ tenant, id: newId(), name, fromVersion: from, toVersion: to, plan: { ...plan } as never },
      ...{ status: 'running', position: '', moved: 0, reverted: 0, reason },
      ...{ startedBy: by.id, startedByKind: by.kind, startedAt: now, updatedAt: now },
    };
    if (!(await store.saveMigration(migration))) {
      const message = `Another migration of ${name} from version ${from} is under way; wait for it, or revert it.`;
      return { ok: false, report, refusal: { code: 'NOT_ENABLED', message, accepted: [] } };
    }
    this.#begin(migration);
    return { ok: true, report, migration };
  }

  list(tenant: string): Promise<readonly MigrationRecord[]> {
    return this.#world.store.migrations(tenant);
  }

  /** Throws NOT_FOUND. */
  async get(tenant: string, id: string): Promise<MigrationRecord> {
    const found = await this.#world.store.migration(tenant, id);
    if (found) return found;
    throw new CountersignError('NOT_FOUND', `There is no migration ${id} in this tenant.`);
  }

  /** Refuses NOT_ENABLED where the migration is not in a status for that. */
  async act(tenant: string, id: string, act: MigrationAct): Promise<MigrationRecord | Refusal> {
    const { store, clock } = this.#world;
    const before = await this.get(tenant, id);
    const isDone = await store.moveMigration(before, LEAVING[act], BECOMES[act], clock.now());
    if (!isDone) {
      const message = `The migration ${id} is ${before.status}; "${act}" is for one that is ${LEAVING[act].join(' or ')}.`;
      return { code: 'NOT_ENABLED', message, accepted: [] };
    }
    const migration = await this.get(tenant, id);
    this.#begin(migration);
    return migration;
  }

  /** Resolves when this server has no more work with it. */
  async settled(id: string): Promise<void> {
    await this.#working.get(id);
  }

  async close(): Promise<void> {
    this.#closing = true;
    for (const wake of this.#waiting) wake();
    await Promise.all(this.#working.values());
  }

  #begin({ tenant, id, status }: MigrationRecord): void {
    if (this.#closing || (status !== 'running' && status !== 'reverting')) return;
    const before = this.#working.get(id) ?? Promise.resolve();
    const work = before
      .then(() => this.#work(tenant, id))
      .catch((error: unknown) => {
        this.#world.log.error({ migration: id, err: error }, `a migration stopped: ${messageOf(error)}`);
      })
      .finally(() => {
        if (this.#working.get(id) === work) this.#working.delete(id);
      });
    this.#working.set(id, work);
  }

  /** Round by round, until one moves nothing: changes come to other places while they wait. */
  async #work(tenant: string, id: string): Promise<void> {
    const { store, clock } = this.#world;
    let round: Round | undefined;
    while (!this.#closing) {
      const record = await store.migration(tenant, id);
      if (record?.status !== 'running' && record?.status !== 'reverting') return;
      try {
        if (round?.status !== record.status) round = await this.#round(record);
        const batch = await round.next(record.position);
        const answers = await this.#moveAll(record, batch);
        const done = answers.filter((answer) => answer?.ok && !answer.replayed).length;
        round.moved += done;
        const last = batch.at(-1)?.ref.change;
        const isOver = record.status === 'running';
        const progress = {
          ...{
            status: record.status,
            moved: isOver ? done : 0,
            reverted: isOver ? 0 : done,
            at: clock.now(),
          },
        };
        await store.advanceMigration(record, { position: last ?? '', ...progress });
        if (last === undefined && round.moved === 0)
          await store.moveMigration(record, [record.status], isOver ? 'done' : 'reverted', clock.now());
        if (last === undefined) round = undefined;
      } catch (error) {
        const isPassing = error instanceof CountersignError && error.retryable;
        if (!isPassing) throw error;
        if (error.code !== 'SHUTTING_DOWN') await this.#wait();
        else return;
      }
    }
  }

  async #round(record: MigrationRecord): Promise<Round> {
    const { store, workflow } = this.#world;
    const { tenant, id, name, fromVersion, toVersion } = record;
    // One that another server began is looked through once more from the start.
    const moved = record.position === '' ? 0 : 1;
    if (record.status === 'reverting') {
      const target = await workflow(tenant, name, fromVersion);
      const versions = { migration: id, from: toVersion, to: fromVersion, target };
      const following = { tenant, name, version: toVersion };
      const next = async (after: string) =>
        (await store.untouchedSince(following, id, { after, limit: BATCH })).map(
          (row): Moving => ({ ref: row, move: { ...versions, direction: 'back', row } }),
        );
      return { status: record.status, moved, next };
    }
    const [before, target] = await Promise.all([
      workflow(tenant, name, fromVersion),
      workflow(tenant, name, toVersion),
    ]);
    const plan = record.plan as unknown as MigrationPlan;
    const following = { tenant, name, version: fromVersion };
    const live = await store.liveConfigurations(following);
    const values = live.map(({ state }) => state as never);
    const { landings } = prove(before.definition, target.definition, plan, values);
    const safe = landings.filter(({ problem }) => problem === null);
    const proven = new Set(safe.map((each) => placeKey(each.from)));
    const versions = { migration: id, from: fromVersion, to: toVersion, target };
    const next = async (after: string) =>
      (await store.changesFollowing(following, { after, limit: BATCH })).map(
        (change): Moving => ({
          ref: { tenant, change },
          move: { ...versions, direction: 'over', plan, proven },
        }),
      );
    return { status: record.status, moved, next };
  }

  async #moveAll(record: MigrationRecord, batch: readonly Moving[]): Promise<readonly (Answer | null)[]> {
    const results = await Promise.allSettled(batch.map((each) => this.#moveOne(record, each)));
    return results.map((result) => {
      if (result.status === 'fulfilled') return result.value;
      // One that is stopped stays where it is; where nobody can be moved now, all wait.
      if (result.reason instanceof CountersignError && !result.reason.retryable) return null;
      throw result.reason;
    });
  }

  #moveOne(record: MigrationRecord, { ref, move }: Moving): Promise<Answer | null> {
    const { tenant, id, startedBy, startedByKind, reason } = record;
    const { change } = ref;
    const principal = { tenant, id: startedBy, kind: startedByKind as Principal['kind'], roles: [] };
    const idempotencyKey = `migration/${id}/${move.direction}/${change}`;
    const envelope = { principal, idempotencyKey };
    const claim = claimOf(envelope, { change, trigger: MIGRATE });
    return this.#world.deliver({ tenant, change }, { kind: 'migrate', move, envelope, reason }, claim);
  }

  #wait(): Promise<void> {
    const { clock } = this.#world;
    return new Promise((resolve) => {
      const wake = () => {
        cancel();
        this.#waiting.delete(wake);
        resolve();
      };
      const cancel = clock.at(clock.now() + PATIENCE_MS, wake);
      this.#waiting.add(wake);
    });
  }
}

interface Moving {
  readonly ref: ChangeRef | LogRow;
  readonly move: Move;
}

interface Round {
  readonly status: MigrationStatus;
  /** How many it has moved so far. */
  moved: number;
  readonly next: (after: string) => Promise<readonly Moving[]>;
}
