/** Changes that servers have stopped, in PostgreSQL: each server says its own, and any of them may let one go. */
import type pg from 'pg';
import { query, read } from './pools.ts';
import type { ChangeRef } from './records.ts';
import { ms } from './rows.ts';
import type { StoppedRecord, StoppedStore } from './server-records.ts';

export function stoppedIn(writers: pg.Pool, readers: pg.Pool): StoppedStore {
  return {
    say: (server, stopped) => say(writers, server, stopped),
    list: (tenant, except, withinMs, limit) =>
      read<StoppedRecord & pg.QueryResultRow>(
        readers,
        'listing stopped changes',
        `select s.tenant_id as tenant, s.change_id as change, s.why, ${ms('s.stopped_at')} as at
         from countersign.stopped_changes s join countersign.servers using (server_id)
         where s.tenant_id = $1 and s.ended_at is null and server_id <> $2 and left_at is null
           and seen_at > now() - $3::float8 * interval '1 millisecond'
         order by s.stopped_at, s.change_id limit $4`,
        [tenant, except, withinMs, limit],
      ),
    end: ({ tenant, change }) => end(writers, tenant, change),
  };
}

/** In one statement, which sees how things were before it: a stop that ended meanwhile is told and not said again. */
async function say(
  pool: pg.Pool,
  server: string,
  stopped: readonly StoppedRecord[],
): Promise<readonly ChangeRef[]> {
  return query<ChangeRef & pg.QueryResultRow>(
    pool,
    'saying which changes are stopped',
    `with given as (
       select tenant_id, change_id, why, to_timestamp(at / 1000) as stopped_at
       from unnest($2::text[], $3::uuid[], $4::text[], $5::float8[]) as t (tenant_id, change_id, why, at)
     ), put as (
       insert into countersign.stopped_changes (server_id, tenant_id, change_id, why, stopped_at)
       select $1, tenant_id, change_id, why, stopped_at from given
       on conflict (server_id, tenant_id, change_id) do update
         set why = excluded.why, stopped_at = excluded.stopped_at, ended_at = null
         where stopped_changes.stopped_at <> excluded.stopped_at
     ), over as (
       update countersign.stopped_changes s set ended_at = now()
       where server_id = $1 and ended_at is null and not exists (
         select from given g where g.tenant_id = s.tenant_id and g.change_id = s.change_id)
     )
     select tenant_id as tenant, change_id as change
     from countersign.stopped_changes join given using (tenant_id, change_id, stopped_at)
     where server_id = $1 and ended_at is not null`,
    [
      server,
      stopped.map(({ tenant }) => tenant),
      stopped.map(({ change }) => change),
      stopped.map(({ why }) => why),
      stopped.map(({ at }) => at),
    ],
  );
}

async function end(pool: pg.Pool, tenant: string, change: string): Promise<void> {
  const text = `update countersign.stopped_changes set ended_at = now()
    where tenant_id = $1 and change_id = $2 and ended_at is null`;
  await query(pool, 'releasing a stopped change', text, [tenant, change]);
}
