/**
 * Prepares a database for BullMQ, as its owner: the schema, BullMQ's tables and functions, and what the
 * application's role needs of them. The role gets nothing elsewhere and may not create anything.
 */
import { LATEST_SCHEMA_VERSION, runMigrations } from 'bullmq';
import pg from 'pg';
import { CountersignError, messageOf } from '../errors.ts';
import { QUEUE } from './backend.ts';
import { SCHEMA } from './postgres.ts';

/** Idempotent, and one short query where nothing is to be done. `appRole` is the role that will run. */
export async function migrateScheduler(admin: pg.PoolConfig, appRole: string): Promise<void> {
  const client = new pg.Client(admin);
  client.on('error', () => undefined);
  try {
    await client.connect();
    if (await isCurrent(client, appRole)) return;
    await grant(client, appRole);
    await runMigrations(client, SCHEMA);
    await reserveIds(client);
  } catch (cause) {
    throw new CountersignError(
      'STORE_UNAVAILABLE',
      `the schema "${SCHEMA}" could not be prepared: ${messageOf(cause)}`,
      { cause },
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The three steps, last first, so that a half-done preparation is never taken for a finished one. */
async function isCurrent(client: pg.Client, appRole: string): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>(
    `select to_regclass($1 || '.bullmq_jid_' || md5($2)) is not null
        and has_schema_privilege($3, to_regnamespace($1)::oid, 'usage') as there`,
    [SCHEMA, QUEUE, appRole],
  );
  if (!rows[0]?.there) return false;
  const ledger = await client.query<{ version: number }>(
    `select max(version)::int as version from ${SCHEMA}.migration`,
  );
  return (ledger.rows[0]?.version ?? 0) >= LATEST_SCHEMA_VERSION;
}

/** Default privileges first: what a migration creates is usable the moment it exists. */
async function grant(client: pg.Client, appRole: string): Promise<void> {
  const role = client.escapeIdentifier(appRole);
  const rights = [
    ['select, insert, update, delete', 'tables'],
    ['usage, select', 'sequences'],
    ['execute', 'functions'],
  ];
  await client.query(`begin; select pg_advisory_xact_lock(hashtext('${SCHEMA}'));
    create schema if not exists ${SCHEMA}; grant usage on schema ${SCHEMA} to ${role};
    ${rights
      .map(
        ([right, kind]) => `alter default privileges in schema ${SCHEMA} grant ${right} on ${kind} to ${role};
    grant ${right} on all ${kind} in schema ${SCHEMA} to ${role};`,
      )
      .join('\n    ')}
    commit`);
}

/** BullMQ makes a sequence for ids when a queue is first used, which the application's role may not. */
async function reserveIds(client: pg.Client): Promise<void> {
  await client.query(`select ${SCHEMA}.next_job_id($1)`, [QUEUE]);
}
