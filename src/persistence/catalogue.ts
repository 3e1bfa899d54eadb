/** Tenants, their definitions and streams, and the timers of all tenants. */
import type pg from 'pg';
import { CountersignError } from '../errors.ts';
import { query, read, withClient } from './pools.ts';
import type { DueTimer, StoredDefinition, StreamPosition, TenantRecord, TimerFilter } from './records.ts';
import { DEFINITION_COLUMNS, type DefinitionColumns, ms, toDefinition } from './rows.ts';

/** A tenant and its stream; false where the tenant exists. */
export async function createTenant(
  pool: pg.Pool,
  { tenant, title, createdAt }: TenantRecord,
): Promise<boolean> {
  const rows = await query<{ tenant_id: string }>(
    pool,
    'creating a tenant',
    `with made as (
       insert into countersign.tenants (tenant_id, title, created_at)
       values ($1, $2, to_timestamp($3::float8 / 1000)) on conflict do nothing returning tenant_id)
     insert into countersign.streams (tenant_id) select tenant_id from made returning tenant_id`,
    [tenant, title, createdAt],
  );
  return rows.length > 0;
}

export async function listTenants(pool: pg.Pool): Promise<TenantRecord[]> {
  return query<TenantRecord & pg.QueryResultRow>(
    pool,
    'listing tenants',
    `select tenant_id as tenant, title, ${ms('created_at')} as "createdAt" from countersign.tenants order by tenant_id`,
  );
}

export async function streamPosition(pool: pg.Pool, tenant: string): Promise<StreamPosition | undefined> {
  const [row] = await read<StreamPosition & pg.QueryResultRow>(
    pool,
    'reading the stream position',
    'select seq, epoch from countersign.streams where tenant_id = $1',
    [tenant],
  );
  return row;
}

/** A new version unless the newest has the same digest; the stream's row keeps two deployers apart. */
export async function saveDefinition(
  pool: pg.Pool,
  definition: Omit<StoredDefinition, 'version'>,
): Promise<{ version: number; created: boolean }> {
  const { tenant, name, digest, deployedBy, reason, deployedAt } = definition;
  const { findings = null, forced = false, draft = false } = definition;
  return withClient(pool, 'saving a definition', async (client) => {
    await client.query('begin');
    const stream = await client.query('select from countersign.streams where tenant_id = $1 for update', [
      tenant,
    ]);
    if (stream.rowCount === 0) throw new CountersignError('NOT_FOUND', `There is no tenant "${tenant}"`);
    const { rows } = await client.query<{ version: number; digest: string }>(
      `select version, digest from countersign.workflow_definitions
       where tenant_id = $1 and name = $2 order by version desc limit 1`,
      [tenant, name],
    );
    const newest = rows[0];
    if (newest?.digest === digest) {
      await client.query('rollback');
      return { version: newest.version, created: false };
    }
    const version = (newest?.version ?? 0) + 1;
    await client.query(
      `insert into countersign.workflow_definitions
         (tenant_id, name, version, digest, definition, deployed_by, reason, deployed_at, findings, forced, draft)
       values ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8::float8 / 1000), $9, $10, $11)`,
      [
        ...[
          tenant,
          name,
          version,
          digest,
          JSON.stringify(definition.definition),
          deployedBy,
          reason,
          deployedAt,
        ],
        ...[findings && JSON.stringify(findings), forced, draft],
      ],
    );
    await client.query('commit');
    return { version, created: true };
  });
}

export async function findDefinition(
  pool: pg.Pool,
  tenant: string,
  name: string,
  version?: number,
): Promise<StoredDefinition | undefined> {
  const [row] = await read<DefinitionColumns>(
    pool,
    'reading a definition',
    `select ${DEFINITION_COLUMNS} from countersign.workflow_definitions
     where tenant_id = $1 and name = $2 and ($3::int4 is null or version = $3) order by version desc limit 1`,
    [tenant, name, version ?? null],
  );
  return row && toDefinition(row);
}

export async function newestDefinitions(pool: pg.Pool, tenant: string): Promise<StoredDefinition[]> {
  const rows = await read<DefinitionColumns>(
    pool,
    'listing definitions',
    `select distinct on (name) ${DEFINITION_COLUMNS} from countersign.workflow_definitions
     where tenant_id = $1 order by name, version desc`,
    [tenant],
  );
  return rows.map(toDefinition);
}

export async function dueTimers(pool: pg.Pool, before: number, limit: number): Promise<DueTimer[]> {
  return query<DueTimer & pg.QueryResultRow>(
    pool,
    'looking for due timers',
    `select tenant_id as tenant, change_id as change, name, set_version as "setVersion", event,
       ${ms('due_at')} as "dueAt"
     from countersign.timers where status = 'pending' and due_at < to_timestamp($1::float8 / 1000)
     order by due_at, tenant_id, change_id, name, set_version limit $2`,
    [before, limit],
  );
}

/** Pending timers of a tenant, soonest first; `after` is the timer last seen. */
export async function pendingTimers(
  pool: pg.Pool,
  tenant: string,
  filter: TimerFilter,
  page: { readonly after?: DueTimer; readonly limit: number },
): Promise<DueTimer[]> {
  const { change = null, name = null, before = null } = filter;
  const { after, limit } = page;
  return query<DueTimer & pg.QueryResultRow>(
    pool,
    'listing timers',
    `select tenant_id as tenant, change_id as change, name, set_version as "setVersion", event,
       ${ms('due_at')} as "dueAt"
     from countersign.timers where status = 'pending' and tenant_id = $1
       and ($2::text is null or change_id = $2) and ($3::text is null or name = $3)
       and ($4::float8 is null or due_at < to_timestamp($4 / 1000))
       and ($5::float8 is null or (due_at, change_id, name) > (to_timestamp($5 / 1000), $6, $7))
     order by due_at, change_id, name limit $8`,
    [tenant, change, name, before, after?.dueAt ?? null, after?.change ?? '', after?.name ?? '', limit],
  );
}

export async function timerSlots(
  pool: pg.Pool,
  from: number,
  until: number,
  slotMs: number,
): Promise<number[]> {
  const rows = await query<{ slot: number }>(
    pool,
    'looking for timer slots',
    `select distinct ${ms('due_at')} / $3::int8 * $3::int8 as slot
     from countersign.timers where status = 'pending'
       and due_at >= to_timestamp($1::float8 / 1000) and due_at < to_timestamp($2::float8 / 1000)
     order by slot`,
    [from, until, slotMs],
  );
  return rows.map(({ slot }) => slot);
}
