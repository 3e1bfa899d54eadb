/** What operators say of a tenant's projects, and its calendars. */
import type pg from 'pg';
import { CountersignError } from '../errors.ts';
import { query, read } from './pools.ts';
import type { CalendarRecord, OwnersStamp, ProjectOwners, ProjectRef } from './records.ts';
import { ms } from './rows.ts';

/** Replaces what the project had; returns when, always later than the time before. */
export async function setProjectOwners(pool: pg.Pool, owners: ProjectOwners): Promise<number> {
  const { tenant, project, format, files, setBy, reason, setAt } = owners;
  const [row] = await query<{ at: number }>(
    pool,
    'setting the owners of a project',
    `insert into countersign.project_owners as o (tenant_id, project, format, files, set_by, reason, set_at)
     select tenant_id, $2, $3, $4::jsonb, $5, $6, to_timestamp($7::float8 / 1000)
     from countersign.tenants where tenant_id = $1
     on conflict (tenant_id, project) do update set format = excluded.format, files = excluded.files,
       set_by = excluded.set_by, reason = excluded.reason,
       set_at = greatest(excluded.set_at, o.set_at + interval '1 millisecond')
     returning ${ms('set_at')} as at`,
    [tenant, project, format, JSON.stringify(files), setBy, reason, setAt],
  );
  if (!row) throw noTenant(tenant);
  return row.at;
}

export async function findProjectOwners(
  pool: pg.Pool,
  tenant: string,
  project: string,
): Promise<ProjectOwners | undefined> {
  const [row] = await read<ProjectOwners & pg.QueryResultRow>(
    pool,
    'reading the owners of a project',
    `select tenant_id as tenant, project, format, files, set_by as "setBy", reason, ${ms('set_at')} as "setAt"
     from countersign.project_owners where tenant_id = $1 and project = $2`,
    [tenant, project],
  );
  return row;
}

export async function ownersSetAt(pool: pg.Pool, projects: readonly ProjectRef[]): Promise<OwnersStamp[]> {
  return query<OwnersStamp & pg.QueryResultRow>(
    pool,
    'looking for changed owners',
    `select tenant_id as tenant, project, ${ms('set_at')} as "setAt" from countersign.project_owners
     where (tenant_id, project) in (select * from unnest($1::text[], $2::text[]))`,
    [projects.map(({ tenant }) => tenant), projects.map(({ project }) => project)],
  );
}

/** Replaces the calendar of this name. */
export async function setCalendar(pool: pg.Pool, record: CalendarRecord): Promise<void> {
  const { tenant, name, calendar, setBy, setAt } = record;
  const rows = await query(
    pool,
    'setting a calendar',
    `insert into countersign.calendars (tenant_id, name, calendar, set_by, set_at)
     select tenant_id, $2, $3::jsonb, $4, to_timestamp($5::float8 / 1000)
     from countersign.tenants where tenant_id = $1
     on conflict (tenant_id, name) do update
       set calendar = excluded.calendar, set_by = excluded.set_by, set_at = excluded.set_at
     returning name`,
    [tenant, name, JSON.stringify(calendar), setBy, setAt],
  );
  if (rows.length === 0) throw noTenant(tenant);
}

const CALENDAR_COLUMNS = `tenant_id as tenant, name, calendar, set_by as "setBy", ${ms('set_at')} as "setAt"`;

export async function findCalendar(
  pool: pg.Pool,
  tenant: string,
  name: string,
): Promise<CalendarRecord | undefined> {
  const [row] = await read<CalendarRecord & pg.QueryResultRow>(
    pool,
    'reading a calendar',
    `select ${CALENDAR_COLUMNS} from countersign.calendars where tenant_id = $1 and name = $2`,
    [tenant, name],
  );
  return row;
}

export async function listCalendars(pool: pg.Pool, tenant: string): Promise<CalendarRecord[]> {
  return read<CalendarRecord & pg.QueryResultRow>(
    pool,
    'listing calendars',
    `select ${CALENDAR_COLUMNS} from countersign.calendars where tenant_id = $1 order by name`,
    [tenant],
  );
}

function noTenant(tenant: string): CountersignError {
  return new CountersignError('NOT_FOUND', `There is no tenant "${tenant}".`);
}
