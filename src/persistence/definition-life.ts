/** Which version of a definition is active where, and its migrations. Activations are added, never changed. */
import type pg from 'pg';
import type {
  Activation,
  DefinitionLife,
  Following,
  LiveConfiguration,
  MigrationProgress,
  MigrationRecord,
  MigrationStatus,
  NewActivation,
} from './definition-records.ts';
import { query, read } from './pools.ts';
import type { LogRow, StoredDefinition } from './records.ts';
import {
  DEFINITION_COLUMNS,
  type DefinitionColumns,
  LOG_COLUMNS,
  type LogColumns,
  ms,
  toDefinition,
  toLogRow,
} from './rows.ts';

const ACTIVATION = `tenant_id as tenant, name, activation, kind, project, version, set_by as "setBy", reason,
  ${ms('set_at')} as "setAt"`;

/** Every version of a definition, newest first. */
export async function definitionVersions(
  pool: pg.Pool,
  tenant: string,
  name: string,
): Promise<StoredDefinition[]> {
  const rows = await read<DefinitionColumns>(
    pool,
    'listing the versions of a definition',
    `select ${DEFINITION_COLUMNS} from countersign.workflow_definitions
     where tenant_id = $1 and name = $2 order by version desc`,
    [tenant, name],
  );
  return rows.map(toDefinition);
}

export async function addActivation(pool: pg.Pool, given: NewActivation): Promise<Activation> {
  const { tenant, name, kind, project, version, setBy, reason, setAt } = given;
  const [row] = await query<{ activation: number }>(
    pool,
    'activating a definition',
    `insert into countersign.definition_activations
       (tenant_id, name, kind, project, version, set_by, reason, set_at)
     values ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8::float8 / 1000)) returning activation`,
    [tenant, name, kind, project, version, setBy, reason, setAt],
  );
  return { ...given, activation: row?.activation ?? 0 };
}

export async function definitionLife(pool: pg.Pool, tenant: string, name: string): Promise<DefinitionLife> {
  const [newest] = await read<{ version: number | null }>(
    pool,
    'reading the newest version',
    `select max(version) as version from countersign.workflow_definitions
     where tenant_id = $1 and name = $2 and not draft`,
    [tenant, name],
  );
  const activations = await read<Activation & pg.QueryResultRow>(
    pool,
    'reading activations',
    `select distinct on (project, kind) ${ACTIVATION} from countersign.definition_activations
     where tenant_id = $1 and name = $2 order by project, kind, activation desc`,
    [tenant, name],
  );
  return { newest: newest?.version ?? null, activations };
}

/** All that was ever said, newest first; `before` is the last one already seen. */
export async function activationHistory(
  pool: pg.Pool,
  tenant: string,
  name: string,
  page: { readonly before?: number; readonly limit: number },
): Promise<Activation[]> {
  return read<Activation & pg.QueryResultRow>(
    pool,
    'reading the history of activations',
    `select ${ACTIVATION} from countersign.definition_activations
     where tenant_id = $1 and name = $2 and ($3::int8 is null or activation < $3)
     order by activation desc limit $4`,
    [tenant, name, page.before ?? null, page.limit],
  );
}

/** Open changes of one version: through the index of outcomes, in the order of their ids. */
const FOLLOWING = `countersign.workflow_states s
  join countersign.changes c on c.tenant_id = s.tenant_id and c.change_id = s.change_id
  where s.tenant_id = $1 and s.outcome is null and c.definition = $2
    and coalesce(s.definition_version, c.definition_version) = $3`;

export async function liveConfigurations(
  pool: pg.Pool,
  { tenant, name, version }: Following,
): Promise<LiveConfiguration[]> {
  return read<LiveConfiguration & pg.QueryResultRow>(
    pool,
    'counting where running changes are',
    `select s.state, count(*) as count, (array_agg(s.change_id order by s.change_id))[1:3] as examples
     from ${FOLLOWING} group by s.state order by count(*) desc, s.state`,
    [tenant, name, version],
  );
}

export async function changesFollowing(
  pool: pg.Pool,
  { tenant, name, version }: Following,
  page: { readonly after: string; readonly limit: number },
): Promise<string[]> {
  const rows = await read<{ change: string }>(
    pool,
    'listing the changes of a definition',
    `select s.change_id as change from ${FOLLOWING} and s.change_id > $4 order by s.change_id limit $5`,
    [tenant, name, version, page.after, page.limit],
  );
  return rows.map(({ change }) => change);
}

/** The rows of those that a migration brought to this version and to which nothing happened since, by change. */
export async function untouchedSince(
  pool: pg.Pool,
  { tenant, name, version }: Following,
  migration: string,
  page: { readonly after: string; readonly limit: number },
): Promise<LogRow[]> {
  const rows = await read<LogColumns>(
    pool,
    'listing what a migration brought over',
    `select ${LOG_COLUMNS}
     from (select s.change_id, s.version from ${FOLLOWING} and s.change_id > $5) s
     join countersign.workflow_transitions t
       on t.tenant_id = $1 and t.change_id = s.change_id and t.version = s.version
       and t.kind in ('proposed', 'transition')
     where t.event = 'definition.migrate' and t.data ->> 'migration' = $4
     order by s.change_id limit $6`,
    [tenant, name, version, migration, page.after, page.limit],
  );
  return rows.map(toLogRow);
}

const MIGRATION = `tenant_id as tenant, migration_id as id, name, from_version as "fromVersion",
  to_version as "toVersion", plan, status, position, moved, reverted, started_by as "startedBy",
  started_by_kind as "startedByKind", reason, ${ms('started_at')} as "startedAt", ${ms('updated_at')} as "updatedAt"`;

/** False where another one from the same version is under way. */
export async function saveMigration(pool: pg.Pool, given: MigrationRecord): Promise<boolean> {
  const rows = await query<{ id: string }>(
    pool,
    'starting a migration',
    `insert into countersign.migrations (tenant_id, migration_id, name, from_version, to_version, plan, status,
       started_by, started_by_kind, reason, started_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, to_timestamp($11::float8 / 1000), to_timestamp($11::float8 / 1000))
     on conflict do nothing returning migration_id as id`,
    [
      given.tenant,
      given.id,
      given.name,
      given.fromVersion,
      given.toVersion,
      JSON.stringify(given.plan),
      given.status,
      given.startedBy,
      given.startedByKind,
      given.reason,
      given.startedAt,
    ],
  );
  return rows.length > 0;
}

export async function findMigration(
  pool: pg.Pool,
  tenant: string,
  id: string,
): Promise<MigrationRecord | undefined> {
  const [row] = await read<MigrationRecord & pg.QueryResultRow>(
    pool,
    'reading a migration',
    `select ${MIGRATION} from countersign.migrations where tenant_id = $1 and migration_id = $2`,
    [tenant, id],
  );
  return row;
}

/** Newest first; those of all tenants that are under way where no tenant is named. */
export async function listMigrations(pool: pg.Pool, tenant?: string): Promise<MigrationRecord[]> {
  return read<MigrationRecord & pg.QueryResultRow>(
    pool,
    'listing migrations',
    `select ${MIGRATION} from countersign.migrations
     where ($1::text is null and status in ('running', 'reverting')) or tenant_id = $1
     order by migration_id desc limit 200`,
    [tenant ?? null],
  );
}

/** False where it was in none of the states it may leave for this one. */
export async function moveMigration(
  pool: pg.Pool,
  { tenant, id }: Pick<MigrationRecord, 'tenant' | 'id'>,
  from: readonly MigrationStatus[],
  to: MigrationStatus,
  at: number,
): Promise<boolean> {
  const rows = await query<{ id: string }>(
    pool,
    'moving a migration on',
    `update countersign.migrations set status = $4, updated_at = to_timestamp($5::float8 / 1000),
       position = case when $4 = 'reverting' then '' else position end
     where tenant_id = $1 and migration_id = $2 and status = any($3::text[]) returning migration_id as id`,
    [tenant, id, from, to, at],
  );
  return rows.length > 0;
}

export async function advanceMigration(
  pool: pg.Pool,
  { tenant, id }: Pick<MigrationRecord, 'tenant' | 'id'>,
  { status, position, moved, reverted, at }: MigrationProgress,
): Promise<void> {
  await query(
    pool,
    'noting how far a migration is',
    `update countersign.migrations
     set position = case when status <> $7 then position when $3 = '' then '' else greatest(position, $3) end,
       moved = moved + $4, reverted = reverted + $5, updated_at = to_timestamp($6::float8 / 1000)
     where tenant_id = $1 and migration_id = $2`,
    [tenant, id, position, moved, reverted, at, status],
  );
}
