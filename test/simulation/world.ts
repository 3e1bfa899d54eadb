/**
 * A world in which everything that can go wrong does, by the dice of one seed: servers that lose the store before or
 * after a commit, that die in the middle of it, alarms that never ring, clients that repeat themselves. No real time
 * passes and nothing real is touched, so a seed plays the same story again.
 */
import type { Answer, EventCommand, Principal } from '../../src/actors/commands.ts';
import type { GroupAnswer } from '../../src/actors/group.ts';
import type { Scheduler, Store } from '../../src/actors/ports.ts';
import { Runtime } from '../../src/actors/runtime.ts';
import { CountersignError } from '../../src/errors.ts';
import { createLogger } from '../../src/log.ts';
import type { LogRow } from '../../src/persistence/records.ts';
import { ManualClock } from '../actors/clock.ts';
import { START, TENANT } from '../actors/rig.ts';
import { MemoryStore } from '../support/memory-store.ts';

/** Mulberry32: small, seeded, good enough for dice. */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const AWAY = () => new CountersignError('STORE_UNAVAILABLE', 'the dice took the store away');
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

interface Server {
  readonly runtime: Runtime;
  alive: boolean;
}

export class World {
  readonly store = new MemoryStore();
  readonly clock = new ManualClock(START);
  readonly published: LogRow[] = [];
  readonly roll: () => number;
  /** Share of store calls that fail; 0 ends the trouble. */
  trouble = 0.15;
  #servers: Server[] = [];
  #ids = 0;

  constructor(seed: number) {
    this.roll = dice(seed);
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.roll() * list.length)] as T;
  }

  boot(): void {
    const server: Server = { alive: true, runtime: undefined as unknown as Runtime };
    const scheduler = this.#scheduler(server);
    const publisher = {
      publish: (rows: readonly LogRow[]) => {
        if (server.alive) this.published.push(...rows);
      },
    };
    const log = createLogger('silent');
    const newId = () => `00000000-0000-7000-8000-${String(++this.#ids).padStart(12, '0')}`;
    const store = this.#shaky(server);
    const limits = { batchSize: 8, idleActors: 3 };
    Object.assign(server, {
      runtime: new Runtime({ store, clock: this.clock, newId, scheduler, publisher, log, limits }),
    });
    this.#servers.push(server);
    // Not awaited: a server may die while it is still looking through the timers.
    void server.runtime.open();
  }

  /** Kill -9: what the server was doing may or may not have been committed; nobody hears from it again. */
  crash(): void {
    const [victim] = this.#servers;
    if (!victim) return;
    victim.alive = false;
    this.#servers = this.#servers.slice(1);
  }

  get servers(): readonly Runtime[] {
    return this.#servers.map(({ runtime }) => runtime);
  }

  /** Sends until there is an answer, to whatever server is there, always with the same key. */
  async insist<T = Answer>(ask: (runtime: Runtime) => Promise<T>): Promise<T> {
    for (;;) {
      const server = this.pick(this.#servers);
      const silence = (async (): Promise<never> => {
        for (let turns = 0; turns < 60 && server.alive; turns++) await turn();
        throw AWAY();
      })();
      try {
        return await Promise.race([ask(server.runtime), silence]);
      } catch (error) {
        if (!(error instanceof CountersignError && error.retryable)) throw error;
        await turn();
      }
    }
  }

  event(principal: Principal, command: EventCommand, idempotencyKey: string): Promise<Answer> {
    return this.insist((runtime) => runtime.send(command, { principal, idempotencyKey }));
  }

  group(
    principal: Principal,
    commands: readonly EventCommand[],
    idempotencyKey: string,
  ): Promise<GroupAnswer> {
    return this.insist((runtime) => runtime.sendGroup(commands, { principal, idempotencyKey }));
  }

  /** The whole log of the tenant. */
  log(): Promise<LogRow[]> {
    return this.store.log(TENANT, { after: 0, limit: 1_000_000 });
  }

  #scheduler(server: Server): Scheduler {
    let ring: (slot: number) => Promise<void> = async () => {};
    return {
      onRing: async (callback) => {
        ring = callback;
      },
      arm: async (slots) => {
        for (const slot of slots) {
          if (this.roll() < this.trouble) continue;
          this.clock.at(slot, () => void (server.alive && ring(slot).catch(() => {})));
        }
      },
      close: async () => {},
    };
  }

  #shaky(server: Server): Store {
    const call = async (name: keyof Store, args: unknown[]) => {
      for (let turns = Math.floor(this.roll() * 4); turns > 0; turns--) await turn();
      if (!server.alive) return new Promise(() => {});
      if (this.roll() < this.trouble / 2) throw AWAY();
      const work = this.store[name] as (...all: unknown[]) => Promise<unknown>;
      const result = await work.apply(this.store, args);
      await turn();
      if (!server.alive) return new Promise(() => {});
      if (this.roll() < this.trouble / 2) throw AWAY();
      return result;
    };
    return new Proxy({} as Store, {
      get: (_, name) =>
        name === 'then' ? undefined : (...args: unknown[]) => call(name as keyof Store, args),
    });
  }
}
