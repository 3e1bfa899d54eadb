/** A runtime on a database of its own, with a clock in the test's hand. */
import { newId } from '../../src/actors/clock.ts';
import type { Answer, Principal } from '../../src/actors/commands.ts';
import type { Scheduler, Store } from '../../src/actors/ports.ts';
import { Runtime, type RuntimeLimits } from '../../src/actors/runtime.ts';
import { createLogger } from '../../src/log.ts';
import type { LogRow } from '../../src/persistence/records.ts';
import { ManualClock } from './clock.ts';

export const TENANT = 'acme';
export const START = Date.UTC(2026, 0, 5, 9);

/** A person of the tenant, unless said otherwise. */
export function principal(id: string, roles: string[] = [], kind: Principal['kind'] = 'person'): Principal {
  return { tenant: TENANT, id, kind, roles };
}

export class Alarms implements Scheduler {
  readonly armed = new Set<number>();
  ring: (slot: number) => Promise<void> = async () => {};
  async arm(slots: readonly number[]): Promise<void> {
    for (const slot of slots) this.armed.add(slot);
  }
  async onRing(ring: (slot: number) => Promise<void>): Promise<void> {
    this.ring = ring;
  }
  async close(): Promise<void> {}
}

export interface Server {
  readonly runtime: Runtime;
  readonly clock: ManualClock;
  readonly alarms: Alarms;
  readonly published: LogRow[];
}

/** One server process's worth of runtime; several may share a store. */
export function startServer(
  store: Store,
  options: { clock?: ManualClock; limits?: Partial<RuntimeLimits> } = {},
): Server {
  const clock = options.clock ?? new ManualClock(START);
  const alarms = new Alarms();
  const published: LogRow[] = [];
  const publisher = { publish: (rows: readonly LogRow[]) => void published.push(...rows) };
  const log = createLogger('silent');
  const limits = options.limits ?? {};
  const runtime = new Runtime({ store, clock, newId, scheduler: alarms, publisher, log, limits });
  return { runtime, clock, alarms, published };
}

/** The row of an answer that must be a yes. */
export function accepted(answer: Answer): LogRow {
  if (!answer.ok) throw new Error(`refused: ${answer.refusal.code} ${answer.refusal.message}`);
  return answer.row;
}

/** The code of an answer that must be a no. */
export function refusedWith(answer: Answer): string {
  if (answer.ok) throw new Error(`accepted: ${answer.row.event}`);
  return answer.refusal.code;
}
