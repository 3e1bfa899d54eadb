/** Servers in PostgreSQL. The row of one that has gone says for a day until when it was there. */
import type pg from 'pg';
import { query, read } from './pools.ts';
import { ms } from './rows.ts';
import type { SeenServer, ServerRecord, ServerStore } from './server-records.ts';

export function serversIn(writers: pg.Pool, readers: pg.Pool): ServerStore {
  return {
    seen: (server) => seen(writers, server),
    left: (id) => left(writers, id),
    forget: () => forget(writers),
    list: (withinMs, limit) =>
      read<SeenServer & pg.QueryResultRow>(
        readers,
        'listing servers',
        `select server_id as id, host, pid, version, ${ms('started_at')} as "startedAt", sockets, subscriptions,
           commands_waiting as "commandsWaiting", ${ms('seen_at')} as "seenAt",
           (extract(epoch from now() - seen_at) * 1000)::int8 as "silentMs"
         from countersign.servers
         where left_at is null and seen_at > now() - $1::float8 * interval '1 millisecond'
         order by started_at, server_id limit $2`,
        [withinMs, limit],
      ),
  };
}

async function seen(pool: pg.Pool, server: ServerRecord): Promise<void> {
  const { id, host, pid, version, startedAt, sockets, subscriptions, commandsWaiting } = server;
  await query(
    pool,
    'saying that a server runs',
    `insert into countersign.servers
       (server_id, host, pid, version, started_at, sockets, subscriptions, commands_waiting)
     values ($1, $2, $3, $4, to_timestamp($5::float8 / 1000), $6, $7, $8)
     on conflict (server_id) do update set seen_at = now(), sockets = excluded.sockets,
       subscriptions = excluded.subscriptions, commands_waiting = excluded.commands_waiting`,
    [id, host, pid, version, startedAt, sockets, subscriptions, commandsWaiting],
  );
}

async function left(pool: pg.Pool, id: string): Promise<void> {
  const text = 'update countersign.servers set left_at = now() where server_id = $1';
  await query(pool, 'saying that a server stops', text, [id]);
}

async function forget(pool: pg.Pool): Promise<number> {
  const text = 'select countersign.forget_servers() as forgotten';
  const rows = await query<{ forgotten: number }>(pool, 'forgetting servers that are gone', text);
  return rows[0]?.forgotten ?? 0;
}
