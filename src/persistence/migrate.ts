/**
 * Numbered SQL files, each applied in one transaction together with its row in `schema_migrations`, under an advisory
 * lock, so that servers starting together do it once. An applied file is never edited: its checksum is compared.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { CountersignError, invariant, messageOf } from '../errors.ts';
import { packageFiles } from '../package-files.ts';

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file, hex. */
  readonly checksum: string;
}

const FILE = /^(\d{4})_(\w+)\.sql$/;
/** Spells "mgrt". */
const LOCK = 0x6d677274;

/** The migrations of this version of the program, in order. */
export function knownMigrations(folder: string = packageFiles.migrations): Migration[] {
  return readdirSync(folder)
    .sort()
    .map((file, index) => {
      const [, number, name] = FILE.exec(file) ?? [];
      invariant(
        name !== undefined && Number(number) === index + 1,
        `migration files are numbered 0001, 0002 …: ${file}`,
      );
      const sql = readFileSync(join(folder, file), 'utf8');
      return { version: index + 1, name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

/**
 * Brings the schema `countersign` to the newest version known; returns the versions applied now. `client` is connected
 * as the owner. Throws SCHEMA_TOO_NEW where the database is ahead of us.
 */
export async function migrate(client: pg.ClientBase, migrations = knownMigrations()): Promise<number[]> {
  await client.query('select pg_advisory_lock($1)', [LOCK]);
  try {
    await ensureLedger(client);
    const applied = await appliedMigrations(client);
    const pending = pendingAfter(applied, migrations);
    for (const migration of pending) await apply(client, migration);
    return pending.map(({ version }) => version);
  } finally {
    await client.query('select pg_advisory_unlock($1)', [LOCK]).catch(() => {});
  }
}

async function ensureLedger(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query(
    "select to_regclass('countersign.schema_migrations') is not null as there",
  );
  if (rows[0].there) return;
  await client.query('create schema if not exists countersign');
  await client.query(`create table countersign.schema_migrations (
    version integer primary key,
    name text not null,
    checksum text not null,
    applied_at timestamptz not null default now()
  )`);
}

interface Applied {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
}

async function appliedMigrations(client: pg.ClientBase): Promise<Applied[]> {
  const { rows } = await client.query<Applied>(
    'select version, name, checksum from countersign.schema_migrations order by version',
  );
  return rows;
}

function pendingAfter(applied: readonly Applied[], migrations: readonly Migration[]): readonly Migration[] {
  const newest = applied.at(-1)?.version ?? 0;
  if (newest > migrations.length) {
    throw new CountersignError(
      'SCHEMA_TOO_NEW',
      `The database has schema version ${newest}; this program knows versions up to ${migrations.length}`,
    );
  }
  for (const { version, name, checksum } of applied) {
    if (migrations[version - 1]?.checksum === checksum) continue;
    throw new CountersignError(
      'INTERNAL',
      `Migration ${version} (${name}) is not the one this database was migrated with`,
      {
        hint: 'Released migrations are never edited: restore the file, and put the difference into a new one.',
      },
    );
  }
  return migrations.slice(newest);
}

async function apply(client: pg.ClientBase, migration: Migration): Promise<void> {
  const { version, name, sql, checksum } = migration;
  try {
    await client.query('begin');
    await client.query(sql);
    await client.query(
      'insert into countersign.schema_migrations (version, name, checksum) values ($1, $2, $3)',
      [version, name, checksum],
    );
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback').catch(() => {});
    throw new CountersignError('INTERNAL', `Migration ${version} (${name}) failed: ${messageOf(cause)}`, {
      cause,
      hint: 'Nothing of it was applied. The role that migrates must own the schema and may need CREATEROLE.',
    });
  }
}
