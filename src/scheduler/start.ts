/** Starts the alarm clock: on Redis where a URL is given, else on PostgreSQL. BullMQ is loaded only here. */
import type { PoolConfig } from 'pg';
import { type SettableClock, systemClock } from '../actors/clock.ts';
import type { AlarmDepth, Scheduler } from '../actors/ports.ts';
import { invariant } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Backend } from './backend.ts';
import { ArmedSlots } from './memory.ts';
import { Outage } from './outage.ts';

export interface SchedulerOptions {
  /** The application's role on a database that `migrateScheduler` has prepared. Needed without `redisUrl`. */
  readonly postgres?: PoolConfig;
  readonly redisUrl?: string | undefined;
  readonly log: Logger;
  readonly clock?: SettableClock;
  /** How long an armed slot is remembered in this process, in ms; a lost alarm can be armed again after that. */
  readonly rememberMs?: number;
}

export type StartedScheduler = Scheduler & {
  readonly backend: Backend['kind'];
  depth(): Promise<AlarmDepth>;
};

/** Fails with STORE_UNAVAILABLE when PostgreSQL cannot be used. A Redis that is away is waited for in the background. */
export async function startScheduler(options: SchedulerOptions): Promise<StartedScheduler> {
  const { log, clock = systemClock, rememberMs = 8_000 } = options;
  const outage = new Outage(log);
  const [{ BullScheduler }, backend] = await Promise.all([
    import('./bull-scheduler.ts'),
    openBackend(options, outage),
  ]);
  return new BullScheduler({ backend, armed: new ArmedSlots(rememberMs), outage, clock, log });
}

async function openBackend({ redisUrl, postgres, log }: SchedulerOptions, outage: Outage): Promise<Backend> {
  if (redisUrl !== undefined) return (await import('./redis.ts')).openRedis(redisUrl, log, outage);
  invariant(postgres, 'a scheduler is started on PostgreSQL or Redis');
  return (await import('./postgres.ts')).openPostgres(postgres, outage);
}
