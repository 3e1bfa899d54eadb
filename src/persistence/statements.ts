/** A prepared statement over the columns of a batch: one array per column, whatever the number of rows. */
import type pg from 'pg';
import { type ColumnType, column } from './binary-arrays.ts';

export type Column = readonly [ColumnType, readonly (string | number | null)[]];

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
