/** A stored change as somebody leaves it who writes into the database by hand. */
import type pg from 'pg';
import { withClient } from './database.ts';

/** Its next version, in this state, which its machine may not have. */
export function tamperedState(admin: pg.ClientConfig, change: string, value: string) {
  return withClient(admin, (db) =>
    db.query(
      `update countersign.workflow_states set version = version + 1,
         snapshot = jsonb_set(snapshot::jsonb, '{value}', to_jsonb($2::text))::json where change_id = $1`,
      [change, value],
    ),
  );
}
