/** The bus of a server: Redis where a URL is given, else the database's own. Each library is loaded only where it is used. */
import type pg from 'pg';
import type { Logger } from '../../log.ts';
import type { Bus } from './bus.ts';

export interface BusOptions {
  /** Any role that may connect will do. */
  readonly postgres: pg.ClientConfig;
  readonly redisUrl: string | null;
  readonly log: Logger;
}

export async function openBus({ postgres, redisUrl, log }: BusOptions): Promise<Bus> {
  if (redisUrl !== null) return (await import('./redis-bus.ts')).RedisBus.open(redisUrl, log);
  return (await import('./postgres-bus.ts')).PostgresBus.open(postgres, log);
}
