/**
 * Connections as the store needs them. Two pools, so that slow queries never keep a commit waiting; timeouts on both
 * ends; a broken connection is dropped, never handed out again, and never crashes the process. Sessions keep prepared
 * statements and settings: a pooler between us and the server (PgBouncer) must pool sessions, not transactions.
 */
import pg from 'pg';
import type { Logger } from '../log.ts';
import { storeError } from './failures.ts';
import { isStorableText } from './text.ts';

/** A connection string, or what `pg` takes. */
export type DatabaseConfig = string | pg.ClientConfig;

const STATEMENT_LIMIT_MS = 15_000;
const CONNECT_LIMIT_MS = 5_000;

/**
 * Commits touch rows by key only. A plan made while the tables were still empty would scan them, and a prepared
 * statement keeps its plan: so scans and the joins that need them are ruled out for these sessions.
 */
const WRITER_OPTIONS =
  '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off';

const INT8 = 20;
/** Positions and counts stay below 2^53. Set here only: other users of `pg` in this process keep its defaults. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary'
      ? Number
      : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

export type Purpose = 'writer' | 'reader';

export function createPool(config: DatabaseConfig, purpose: Purpose, max: number, log: Logger): pg.Pool {
  const given = asConfig(config);
  const options = [given.options, purpose === 'writer' ? WRITER_OPTIONS : ''].filter(Boolean).join(' ');
  const pool = new pg.Pool({
    ...given,
    ...(options && { options }),
    types,
    pipeline: purpose === 'writer',
    max,
    application_name: `countersign ${purpose}`,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    statement_timeout: STATEMENT_LIMIT_MS,
    lock_timeout: STATEMENT_LIMIT_MS / 2,
    idle_in_transaction_session_timeout: STATEMENT_LIMIT_MS,
    query_timeout: STATEMENT_LIMIT_MS + CONNECT_LIMIT_MS,
    keepAlive: true,
  });
  // The error object carries the whole client: only its message belongs in the log.
  pool.on('error', ({ message }) => {
    if (!pool.ending) log.warn({ purpose, reason: message }, 'an idle database connection was lost');
  });
  return pool;
}

export function asConfig(config: DatabaseConfig): pg.ClientConfig {
  return typeof config === 'string' ? { connectionString: config } : config;
}

/** The same database, with every session turned into `role` (see `roles.ts`). */
export function withRole(config: DatabaseConfig, role: string): pg.ClientConfig {
  const given = asConfig(config);
  return { ...given, options: [given.options, `-c role=${role}`].filter(Boolean).join(' ') };
}

/** Runs `work` on a connection of the pool; after any failure that connection is closed, not reused. */
export async function withClient<T>(
  pool: pg.Pool,
  what: string,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  let client: pg.PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    throw storeError(error, what);
  }
  // A connection lost between two statements reports here; the next statement then fails.
  const ignore = (): void => {};
  client.on('error', ignore);
  try {
    const result = await work(client);
    client.off('error', ignore);
    client.release();
    return result;
  } catch (error) {
    client.off('error', ignore);
    client.release(true);
    throw storeError(error, what);
  }
}

/** One statement outside a transaction. */
export async function query<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  what: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  try {
    return (await pool.query<Row>(text, [...values])).rows;
  } catch (error) {
    throw storeError(error, what);
  }
}

/** A query that finds nothing where a parameter is text no row can hold, instead of failing. */
export async function read<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  what: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const storable = values.every((value) => typeof value !== 'string' || isStorableText(value));
  return storable ? query<Row>(pool, what, text, values) : [];
}
