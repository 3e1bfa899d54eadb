/**
 * BullMQ on PostgreSQL. One small pool serves queue and worker; every failure of it reaches BullMQ as a refused
 * connection, because that is the only one its worker loop waits after: any other would make it spin.
 */
import {
  type BackendFactory,
  createPostgresBackend,
  type PgPool,
  type PgQueryResult,
  type PostgresConnectionOptions,
  type PostgresQueueBackend,
  withBackend,
} from 'bullmq';
import pg from 'pg';
import { CountersignError, messageOf } from '../errors.ts';
import { type Alarm, type Backend, QUEUE, WORKER } from './backend.ts';
import type { Outage } from './outage.ts';

/** BullMQ's own name for its schema; with a pool of ours it cannot be another. */
export const SCHEMA = 'bullmq';
/** The SQLSTATE of BullMQ's functions: an answer, not an outage. */
const BULL_SQLSTATE = 'BM001';
/** Seconds: bounds what a lost notification costs; BullMQ alone would wait for an hour. */
const LONGEST_BLOCK_S = 10;

const backendFactory: BackendFactory<PostgresQueueBackend, PostgresConnectionOptions> = (...args) =>
  Object.defineProperty(createPostgresBackend(...args), 'maximumBlockTimeout', { value: LONGEST_BLOCK_S });

const { Queue, Worker } = withBackend(backendFactory);

/** Fails with STORE_UNAVAILABLE when the database is away or its schema was never migrated. */
export async function openPostgres(config: pg.PoolConfig, outage: Outage): Promise<Backend> {
  const pool = new pg.Pool({
    max: 4,
    application_name: 'countersign scheduler',
    keepAlive: true,
    connectionTimeoutMillis: 3_000,
    query_timeout: 10_000,
    ...config,
    onConnect: async (client) => {
      await client.query(`set search_path to ${SCHEMA}`);
    },
  });
  pool.on('error', (error) => outage.down(error));
  const connection = watched(pool, outage);
  const queue = new Queue<Alarm>(QUEUE, { connection, skipMetasUpdate: true });
  queue.on('error', (error) => outage.down(error));
  await ready(queue).catch((error) => {
    void pool.end();
    throw error;
  });
  return {
    kind: 'postgres',
    queue,
    reachable: () => true,
    work: async (process) => {
      const worker = new Worker<Alarm, void>(QUEUE, process, { ...WORKER, connection });
      worker.on('error', (error) => outage.down(error));
      await ready(worker);
      return worker;
    },
    disconnect: () => void pool.end().catch(() => undefined),
  };
}

/** The pool as BullMQ sees it: failures are noted and translated, successes end the outage. */
function watched(pool: pg.Pool, outage: Outage): PgPool {
  const watch = async <T>(work: Promise<T>): Promise<T> => {
    try {
      const result = await work;
      outage.up();
      return result;
    } catch (error) {
      if (isAnswer(error)) throw error;
      outage.down(error);
      throw Object.assign(new Error(messageOf(error), { cause: error }), { code: 'ECONNREFUSED' });
    }
  };
  const facade: PgPool = {
    query: <R>(text: string, params: readonly unknown[] = []) =>
      watch<PgQueryResult<R>>(pool.query<R & pg.QueryResultRow>(text, [...params])),
    connect: () => watch(pool.connect()),
    end: () => pool.end(),
    on: () => facade,
    removeAllListeners: () => facade,
  };
  return facade;
}

function isAnswer(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === BULL_SQLSTATE;
}

async function ready(part: { waitUntilReady(): Promise<unknown> }): Promise<void> {
  try {
    await part.waitUntilReady();
  } catch (cause) {
    throw new CountersignError(
      'STORE_UNAVAILABLE',
      `the alarm clock cannot use PostgreSQL: ${messageOf(cause)}`,
      {
        cause,
        hint: `See that the database runs and that its schema "${SCHEMA}" was migrated as the administrator.`,
      },
    );
  }
}
