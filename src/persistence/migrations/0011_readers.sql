-- Subscribers with a name, and up to where each has acknowledged the log of its tenant.

create table countersign.readers (
  tenant_id text collate "C" not null references countersign.tenants,
  principal text not null,
  name text not null,
  stream text not null,
  acknowledged bigint not null check (acknowledged >= 0),
  acknowledged_at timestamptz not null default now(),
  -- The serving role deletes nothing: who was forgotten begins anew when it comes back.
  is_forgotten boolean not null default false,
  primary key (tenant_id, principal, name, stream)
);

-- Rows that have to be acknowledged: changes that came to their end, and what the system did by itself.
create index workflow_transitions_critical on countersign.workflow_transitions (tenant_id, seq)
  where kind = 'transition' and (outcome is not null or principal_kind = 'system');

grant select, insert, update (acknowledged, acknowledged_at, is_forgotten) on countersign.readers to countersign_app;
