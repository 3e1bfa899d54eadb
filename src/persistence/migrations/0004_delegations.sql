-- Who may act for whom. A row says what was given when it was given and is never changed, but for its revocation, which
-- ends it for good.

create table countersign.delegations (
  tenant_id text collate "C" not null references countersign.tenants,
  -- A UUID of version 7: the order of ids is the order in which delegations were made.
  delegation_id text collate "C" not null,
  from_principal text collate "C" not null,
  to_principal text collate "C" not null,
  roles text[] not null check (cardinality(roles) > 0),
  -- Null: in all projects.
  project text collate "C",
  -- It holds from starts_at until just before ends_at.
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  reason text not null,
  revoked_at timestamptz,
  primary key (tenant_id, delegation_id),
  check (from_principal <> to_principal),
  check (starts_at < ends_at)
);

-- Asked for by every command that acts for somebody.
create index delegations_to on countersign.delegations (tenant_id, to_principal);
create index delegations_from on countersign.delegations (tenant_id, from_principal);

grant select, insert, update (revoked_at) on countersign.delegations to countersign_app;
