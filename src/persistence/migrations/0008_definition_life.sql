-- The life of a definition: what its check found, which version is active where, and how running changes were brought from
-- one version to another. Versions and activations are only added to.

alter table countersign.workflow_definitions
  -- What the check found when it was deployed; null for versions deployed before this was kept.
  add column findings json,
  -- Deployed in spite of errors among the findings.
  add column forced boolean not null default false,
  -- Active only once somebody activates it, because the tenant has definitions reviewed.
  add column draft boolean not null default false;

-- The newest of a project counts, and where there is none the newest of all projects; without any, the newest version.
create table countersign.definition_activations (
  tenant_id text collate "C" not null references countersign.tenants,
  name text collate "C" not null,
  activation bigint generated always as identity,
  kind text not null check (kind in ('activate', 'retire')),
  -- Null: all projects.
  project text collate "C",
  -- Null: whichever is the newest.
  version integer,
  set_by text not null,
  reason text,
  set_at timestamptz not null,
  primary key (tenant_id, name, activation)
);

create trigger definition_activations_immutable
  before update or delete or truncate on countersign.definition_activations
  for each statement execute function countersign.refuse_rewriting();

-- The version a change follows now, where a migration brought it to another than the one it was proposed with, which
-- stands in changes and never moves. Not indexed, so that updates stay HOT; null nearly everywhere, so that it costs nothing.
alter table countersign.workflow_states add column definition_version integer check (definition_version > 0);

create table countersign.migrations (
  tenant_id text collate "C" not null references countersign.tenants,
  migration_id text collate "C" not null,
  name text collate "C" not null,
  from_version integer not null,
  to_version integer not null,
  plan json not null,
  status text not null check (status in ('running', 'paused', 'done', 'reverting', 'reverted', 'closed')),
  -- The last change that was looked at, in the order of their ids.
  position text collate "C" not null default '',
  moved integer not null default 0,
  reverted integer not null default 0,
  started_by text not null,
  started_by_kind text not null,
  reason text,
  started_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, migration_id)
);

-- One at a time from each version of a definition.
create unique index migrations_open on countersign.migrations (tenant_id, name, from_version)
  where status in ('running', 'paused', 'reverting');

grant select, insert on countersign.definition_activations to countersign_app;
grant select, insert, update (status, position, moved, reverted, updated_at) on countersign.migrations to countersign_app;
