-- Who is who in a tenant: principals, groups, grants of roles, and the portfolio a project belongs to. Entries are only ever
-- added; the newest of a kind and name counts, a null value takes it away. So the table is its own history.

create table countersign.directory_entries (
  tenant_id text collate "C" not null references countersign.tenants,
  -- 1, 2, 3 … within the tenant; readers that remember one number can continue.
  seq bigint not null,
  kind text not null check (kind in ('principal', 'group', 'grant', 'project', 'portfolio', 'tenant')),
  name text collate "C" not null,
  value jsonb,
  set_by text not null,
  reason text,
  set_at timestamptz not null,
  primary key (tenant_id, seq)
);

-- The lock on its row makes commit order the order of seq, as streams does for the log.
create table countersign.directory_heads (
  tenant_id text collate "C" primary key references countersign.tenants,
  seq bigint not null
);

-- The same guard as on the transition log; what it says fits both.
create or replace function countersign.refuse_rewriting() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are never changed: % is refused', tg_table_name, tg_op
    using errcode = 'insufficient_privilege', hint = 'Correct a wrong entry by adding another one.';
end $$;

create trigger directory_entries_immutable
  before update or delete or truncate on countersign.directory_entries
  for each statement execute function countersign.refuse_rewriting();

grant select, insert on countersign.directory_entries to countersign_app;
grant select, insert, update on countersign.directory_heads to countersign_app;
