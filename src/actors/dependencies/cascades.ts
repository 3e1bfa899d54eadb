/**
 * Cascades: whatever happens to a change that others depend on is told to these, by an event of their own in their own log.
 * The tenant's stream is the list of what has to be told, and one stored position says how far it has been told; so a server
 * that dies loses nothing, and two that tell the same thing are one, by its idempotency key.
 */
import { CountersignError, messageOf } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import type { Dependant, Happened, LogRow } from '../../persistence/records.ts';
import type { Clock, Store } from '../ports.ts';
import type { Reaction } from './edge.ts';
import { type RulesWorld, tellOfRules } from './rules-told.ts';
import type { Told } from './told.ts';

/** What another server began and did not end is found within this time. */
const SWEEP_MS = 2_000;
/** Rows of the stream looked through at a time. */
const SLICE = 10_000;
/** Commands on their way at a time: some batches, so that commands of people find their place between them. */
const AT_ONCE = 1_024;

export interface CascadeWorld extends RulesWorld {
  readonly store: RulesWorld['store'] &
    Pick<Store, 'cascadePositions' | 'happenedIn' | 'dependantsOf' | 'moveCascade'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** What the dependant's project wants to happen to it. */
  readonly reactionTo: (tenant: string, happened: Happened, dependant: string) => Promise<Reaction>;
}

export class Cascades {
  readonly #world: CascadeWorld;
  /** Tenants that have edges, as far as is known. */
  readonly #tenants = new Set<string>();
  readonly #running = new Map<string, Promise<void>>();
  /** Tenants of which more was published while they were run. */
  readonly #again = new Set<string>();
  #cancelSweep: () => void = () => {};
  #closed = false;

  constructor(world: CascadeWorld) {
    this.#world = world;
  }

  /** Finishes what was begun before, and looks again from time to time. */
  async open(): Promise<void> {
    await this.#sweep();
  }

  /** Waits for what is being told. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelSweep();
    await Promise.allSettled(this.#running.values());
  }

  /** Takes note of what was committed. */
  published(rows: readonly LogRow[]): void {
    const tenants = new Set<string>();
    for (const row of rows) {
      const { tenant } = row;
      if (namesDependencies(row.event, row.data)) this.#tenants.add(tenant);
      if (this.#tenants.has(tenant) && mayBeTold(row)) tenants.add(tenant);
    }
    for (const tenant of tenants) this.#run(tenant);
  }

  /** The directory of the tenant says something new. */
  directed(tenant: string): void {
    if (this.#tenants.has(tenant)) this.#run(tenant);
  }

  #run(tenant: string): void {
    if (this.#closed) return;
    if (this.#running.has(tenant)) {
      this.#again.add(tenant);
      return;
    }
    const running = this.#tellAll(tenant)
      .catch((error: unknown) => {
        const context = { tenant, err: messageOf(error) };
        this.#world.log.warn(context, 'a cascade could not be finished; the next sweep goes on with it');
      })
      .finally(() => {
        this.#running.delete(tenant);
        if (this.#again.delete(tenant)) this.#run(tenant);
      });
    this.#running.set(tenant, running);
  }

  async #sweep(): Promise<void> {
    try {
      for (const each of await this.#world.store.cascadePositions()) {
        this.#tenants.add(each.tenant);
        if (each.seq < each.head || each.directorySeq < each.directoryHead) this.#run(each.tenant);
      }
    } catch (error) {
      this.#world.log.warn({ err: messageOf(error) }, 'cascades could not be looked for; they will be');
    }
    const { clock } = this.#world;
    if (!this.#closed) this.#cancelSweep = clock.at(clock.now() + SWEEP_MS, () => void this.#sweep());
  }

  async #tellAll(tenant: string): Promise<void> {
    const { store } = this.#world;
    const found = (await store.cascadePositions()).find((each) => each.tenant === tenant);
    if (!found) return;
    if (found.directorySeq < found.directoryHead)
      await tellOfRules({ ...this.#world, tell: (told) => this.#tellOne(told) }, found);
    for (let { seq } = found; seq < found.head && !this.#closed; ) {
      const until = Math.min(found.head, seq + SLICE);
      const happened = await store.happenedIn(tenant, seq, until);
      for (const each of happened) await this.#tellOf(tenant, each);
      await store.moveCascade(tenant, until);
      seq = until;
    }
  }

  async #tellOf(tenant: string, happened: Happened): Promise<void> {
    const dependants = await this.#world.store.dependantsOf({ tenant, ...happened });
    for (let at = 0; at < dependants.length; at += AT_ONCE) {
      const telling = dependants
        .slice(at, at + AT_ONCE)
        .map((each) => this.#tellDependant(tenant, happened, each));
      await Promise.all(telling);
    }
  }

  async #tellDependant(tenant: string, happened: Happened, { change, outcome }: Dependant): Promise<void> {
    const isOpen = outcome === null;
    const reaction = outcome === 'approved' && (await this.#world.reactionTo(tenant, happened, change));
    if (!isOpen && reaction !== 'reopen') return;
    const key = `cascade/${change}/${happened.change}@${happened.version}`;
    await this.#tellOne({ tenant, change, because: sentenceOf(happened), key, reopen: !isOpen });
  }

  async #tellOne(told: Told): Promise<void> {
    await this.#world.tell(told).catch((error: unknown) => {
      // One that was stopped stays so however often it is told; the others are not to wait for it.
      if (!(error instanceof CountersignError) || error.retryable) throw error;
      const context = { tenant: told.tenant, change: told.change, err: error };
      this.#world.log.warn(context, 'a change could not be told of what it depends on');
    });
  }
}

function namesDependencies(event: string, data: LogRow['data']): boolean {
  if (event !== 'change.revise' && event !== 'change.depend') return false;
  return typeof data === 'object' && data !== null && 'dependencies' in data;
}

/** Whether it is worth a look: what leaves one state for another may leave an outcome. */
function mayBeTold({ kind, event, outcome, from, to }: LogRow): boolean {
  if (kind !== 'transition') return kind === 'proposed';
  return outcome !== null || event === 'change.revise' || (typeof from === 'string' && from !== to);
}

/** "I12 was rejected". */
function sentenceOf({ change, key, version, event, outcome }: Happened): string {
  const name = key ?? change;
  if (outcome !== null) return `${name} was ${outcome}`;
  if (event === 'change.revise') return `${name} has a new revision`;
  return `${name} was ${version === 1 ? 'proposed' : 'reopened'}`;
}
