/** A real PostgreSQL of its own and a runtime on it, for benches that need no network. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, systemClock } from '../src/actors/clock.ts';
import type { Principal } from '../src/actors/commands.ts';
import type { Scheduler } from '../src/actors/ports.ts';
import { Runtime, type RuntimeLimits } from '../src/actors/runtime.ts';
import { createLogger } from '../src/log.ts';
import { EmbeddedPostgres } from '../src/persistence/embedded.ts';
import { openDatabase } from '../src/persistence/open-database.ts';
import type { PostgresStore } from '../src/persistence/postgres-store.ts';
import { parley } from './parley.ts';

export const TENANT = 'bench';
export const AUTHOR: Principal = { tenant: TENANT, id: 'author', kind: 'person', roles: ['developer'] };
export const REVIEWER: Principal = { tenant: TENANT, id: 'reviewer', kind: 'person', roles: ['reviewer'] };

/** Benches have no timers that anybody waits for. */
const NO_ALARMS: Scheduler = { arm: async () => {}, onRing: async () => {}, close: async () => {} };

export interface Rig {
  readonly postgres: EmbeddedPostgres;
  readonly store: PostgresStore;
  runtime(limits?: Partial<RuntimeLimits>): Runtime;
  close(): Promise<void>;
}

/** Starts PostgreSQL in a temporary directory, with the tenant and the definition of the bench. */
export async function startRig(): Promise<Rig> {
  const log = createLogger('warn');
  const dataDir = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  // Passable for the account PostgreSQL runs as, so that the cluster is in it and goes with it.
  chmodSync(dataDir, 0o711);
  const postgres = await EmbeddedPostgres.start({ dataDir, log });
  const store = await openDatabase({ admin: { ...postgres.admin }, app: { ...postgres.app }, log });
  await store.createTenant({ tenant: TENANT, title: 'Bench', createdAt: Date.now() });
  const runtime = (limits: Partial<RuntimeLimits> = {}) =>
    new Runtime({
      store,
      clock: systemClock,
      newId,
      scheduler: NO_ALARMS,
      publisher: { publish: () => {} },
      log,
      limits,
    });
  await runtime().deploy(TENANT, parley, AUTHOR, null);
  return {
    postgres,
    store,
    runtime,
    close: async () => {
      await store.close();
      await postgres.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Proposes and submits changes; returns their ids. */
export async function openChanges(runtime: Runtime, count: number): Promise<string[]> {
  const one = async (index: number) => {
    const proposal = { definition: parley.name, project: 'bench', title: `Change ${index}` };
    const answer = await runtime.propose(proposal, { principal: AUTHOR });
    if (!answer.ok) throw new Error(answer.refusal.message);
    const change = answer.row.change;
    await runtime.send({ change, trigger: 'submit' }, { principal: AUTHOR });
    return change;
  };
  const ids: string[] = [];
  for (let at = 0; at < count; at += 1_000) {
    const size = Math.min(1_000, count - at);
    ids.push(...(await Promise.all(Array.from({ length: size }, (_, index) => one(at + index)))));
  }
  return ids;
}
