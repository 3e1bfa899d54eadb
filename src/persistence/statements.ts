/** A prepared statement over the columns of a batch: one array per column, whatever the number of rows. */
import type pg from 'pg';
import { type ColumnType, column } from './binary-arrays.ts';

export type Column = readonly [ColumnType, readonly (string | number | null)[]];

/** What `countersign.expect` raises: a conflict, not a failure. */
const MISSED = 'CSN01';

export function isMissed(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === MISSED;
}

/**
 * Sends a statement that writes one row for each value of its columns. Where it writes fewer, the transaction fails with an
 * error for which `isMissed` holds, and everything sent behind it, the commit included, does nothing.
 */
export async function write(
  client: pg.ClientBase,
  name: string,
  text: string,
  columns: readonly Column[],
): Promise<void> {
  const rows = columns[0]?.[1].length ?? 0;
  if (rows === 0) return;
  const counted = `with done as (${text} returning 1)
    select countersign.expect(cardinality($1), count(*)) from done`;
  await run(client, name, counted, columns);
}

/**
 * Sends the statement without waiting for those sent before it on this connection (pipelining); it is prepared under
 * `name` on first use. Results arrive in the order of sending.
 */
export function run<Row extends pg.QueryResultRow>(
  client: pg.ClientBase,
  name: string,
  text: string,
  columns: readonly Column[],
): Promise<pg.QueryResult<Row>> {
  return client.query<Row>({ name, text, values: columns.map(([type, values]) => column(type, values)) });
}

/** Everything `send` sends goes to the kernel in one call, where each statement would be a call, and a wake-up, of its own. */
export function inOnePacket<T>(client: pg.ClientBase, send: () => T): T {
  const { stream } = (client as pg.Client).connection;
  stream.cork();
  try {
    return send();
  } finally {
    stream.uncork();
  }
}
