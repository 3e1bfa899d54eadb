-- Servers that are long gone are forgotten, and what a server has stopped is known to all of them.

-- The role that serves requests deletes nothing; this it may have done.
create function countersign.forget_servers() returns integer
language sql security definer set search_path = countersign, pg_temp as $$
  with gone as (delete from countersign.servers where seen_at < now() - interval '1 day' returning 1)
  select count(*)::integer from gone
$$;
revoke all on function countersign.forget_servers() from public;
grant execute on function countersign.forget_servers() to countersign_app;

create table countersign.stopped_changes (
  server_id text collate "C" not null references countersign.servers on delete cascade,
  tenant_id text collate "C" not null references countersign.tenants,
  change_id uuid not null,
  why text not null,
  -- By the clock of the server: with it the server tells this stop from a later one.
  stopped_at timestamptz not null,
  -- Released, here or on another server; what the server that stopped it has yet to hear.
  ended_at timestamptz,
  primary key (server_id, tenant_id, change_id)
);

create index stopped_changes_now on countersign.stopped_changes (tenant_id, change_id) where ended_at is null;

grant select, insert, update (why, stopped_at, ended_at) on countersign.stopped_changes to countersign_app;
