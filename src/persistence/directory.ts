/** The directory of a tenant: entries are added, never changed; the newest of a kind and name counts. */
import type pg from 'pg';
import { CountersignError } from '../errors.ts';
import { query, read } from './pools.ts';
import type { DirectoryEntry, NewDirectoryEntry } from './records.ts';
import { ms } from './rows.ts';

/** Who said it, why and when (ms): the same for all that is said at once. */
export interface Saying {
  readonly tenant: string;
  readonly setBy: string;
  readonly reason: string | null;
  readonly setAt: number;
}

/** Adds all of them or none; returns the `seq` of the last. */
export async function addDirectoryEntries(
  pool: pg.Pool,
  { tenant, setBy, reason, setAt }: Saying,
  entries: readonly NewDirectoryEntry[],
): Promise<number> {
  const [row] = await query<{ seq: number }>(
    pool,
    'adding to the directory',
    `with head as (
       insert into countersign.directory_heads as h (tenant_id, seq)
       select tenant_id, $2 from countersign.tenants where tenant_id = $1
       on conflict (tenant_id) do update set seq = h.seq + excluded.seq
       returning seq
     ), added as (
       insert into countersign.directory_entries (tenant_id, seq, kind, name, value, set_by, reason, set_at)
       select $1, head.seq - $2 + each.place, each.kind, each.name, each.value::jsonb, $6, $7,
         to_timestamp($8::float8 / 1000)
       from head, unnest($3::text[], $4::text[], $5::text[]) with ordinality as each (kind, name, value, place)
     )
     select seq from head`,
    [
      tenant,
      entries.length,
      entries.map(({ kind }) => kind),
      entries.map(({ name }) => name),
      entries.map(({ value }) => (value === null ? null : JSON.stringify(value))),
      setBy,
      reason,
      setAt,
    ],
  );
  if (!row) throw new CountersignError('NOT_FOUND', `There is no tenant "${tenant}".`);
  return row.seq;
}

const COLUMNS = `seq, kind, name, value, set_by as "setBy", reason, ${ms('set_at')} as "setAt"`;

/** What was said after `after`, the newest of each kind and name, in order. */
export async function directorySince(
  pool: pg.Pool,
  tenant: string,
  after: number,
): Promise<DirectoryEntry[]> {
  return read<DirectoryEntry & pg.QueryResultRow>(
    pool,
    'reading the directory',
    `select * from (
       select distinct on (kind, name) ${COLUMNS} from countersign.directory_entries
       where tenant_id = $1 and seq > $2 order by kind, name, seq desc
     ) newest order by seq`,
    [tenant, after],
  );
}

/** All that was said, newest first; `before` is the last `seq` already seen. */
export async function directoryHistory(
  pool: pg.Pool,
  tenant: string,
  { before, limit }: { readonly before?: number; readonly limit: number },
): Promise<DirectoryEntry[]> {
  return read<DirectoryEntry & pg.QueryResultRow>(
    pool,
    'reading the history of the directory',
    `select ${COLUMNS} from countersign.directory_entries
     where tenant_id = $1 and ($2::bigint is null or seq < $2) order by seq desc limit $3`,
    [tenant, before ?? null, limit],
  );
}
