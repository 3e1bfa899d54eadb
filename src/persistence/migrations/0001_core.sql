-- The core tables. Every key leads with tenant_id; identifiers compare by bytes (collate "C"), so that order does not
-- depend on the locale of the host. There are no foreign keys on what is written per event: every writer holds its
-- tenant's row in streams, and a check per row would cost more than the row.

create table countersign.tenants (
  tenant_id text collate "C" primary key,
  title text not null,
  created_at timestamptz not null
);

-- One row per tenant, locked by every commit of that tenant: that lock is what makes commit order stream order, without
-- gaps. The row is updated by every commit: no further index, and room on its page, so that updates stay HOT.
create table countersign.streams (
  tenant_id text collate "C" primary key references countersign.tenants,
  seq bigint not null default 0 check (seq >= 0),
  -- A new epoch tells readers that positions they remember mean nothing any more. Set one after restoring a backup.
  epoch uuid not null default gen_random_uuid()
) with (fillfactor = 10);

create table countersign.workflow_definitions (
  tenant_id text collate "C" not null references countersign.tenants,
  name text collate "C" not null,
  version integer not null check (version > 0),
  digest text not null,
  -- Not jsonb: the order of regions and states is the author's.
  definition json not null,
  deployed_by text not null,
  reason text,
  deployed_at timestamptz not null,
  primary key (tenant_id, name, version)
);

-- What a change was proposed with; written once.
create table countersign.changes (
  tenant_id text collate "C" not null,
  change_id text collate "C" not null,
  project text collate "C" not null,
  key text collate "C",
  title text not null,
  author text collate "C" not null,
  author_kind text not null,
  definition text not null,
  definition_version integer not null,
  attributes jsonb not null,
  created_at timestamptz not null,
  primary key (tenant_id, change_id)
);

create unique index changes_key on countersign.changes (tenant_id, project, key) where key is not null;
create index changes_project on countersign.changes (tenant_id, project, change_id);
create index changes_author on countersign.changes (tenant_id, author, change_id);

-- The moving part of a change. DANGER: an index on version, state, snapshot or updated_at would end HOT updates and
-- multiply the cost of every commit. outcome is set once in a change's life, so it may stand in an index.
create table countersign.workflow_states (
  tenant_id text collate "C" not null,
  change_id text collate "C" not null,
  version integer not null check (version > 0),
  state jsonb not null,
  -- json, not jsonb: it is never looked into here, and keeping the text costs a commit less.
  snapshot json not null,
  outcome text collate "C",
  updated_at timestamptz not null,
  primary key (tenant_id, change_id)
) with (fillfactor = 60);

create index workflow_states_outcome on countersign.workflow_states (tenant_id, outcome, change_id);

-- The log: the proof of who decided what. DANGER: rows are never changed or removed, by anyone; the trigger below stops
-- even the owner. seq is the position in the tenant's stream.
create table countersign.workflow_transitions (
  tenant_id text collate "C" not null,
  seq bigint not null check (seq > 0),
  change_id text collate "C" not null,
  kind text not null check (kind in ('proposed', 'transition', 'late', 'refusal')),
  version integer not null,
  event text not null,
  from_state jsonb,
  to_state jsonb,
  outcome text,
  principal text not null,
  principal_kind text not null,
  via text,
  role text,
  reason text,
  data jsonb,
  refusal jsonb,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  primary key (tenant_id, seq)
);

-- A row stands in one of the two, which together are the log of a change; the first also keeps two servers from moving
-- one change to the same version, whatever else goes wrong. One index over both kinds would cost every row a third entry.
create unique index workflow_transitions_version on countersign.workflow_transitions (tenant_id, change_id, version)
  where kind in ('proposed', 'transition');
create index workflow_transitions_aside on countersign.workflow_transitions (tenant_id, change_id, seq)
  where kind in ('late', 'refusal');

create function countersign.refuse_rewriting() returns trigger language plpgsql as $$
begin
  raise exception 'the transition log is never changed: % on % is refused', tg_op, tg_table_name
    using errcode = 'insufficient_privilege', hint = 'Correct a wrong entry by adding another one.';
end $$;

create trigger workflow_transitions_immutable
  before update or delete or truncate on countersign.workflow_transitions
  for each statement execute function countersign.refuse_rewriting();

-- The truth about timers; a job in a queue is only a wake-up. Settled ones stay: what fired is part of the history.
create table countersign.timers (
  tenant_id text collate "C" not null,
  change_id text collate "C" not null,
  name text collate "C" not null,
  set_version integer not null,
  event text not null,
  due_at timestamptz not null,
  status text not null default 'pending' check (status in ('pending', 'fired', 'cancelled')),
  primary key (tenant_id, change_id, name, set_version)
) with (fillfactor = 80);

-- Leads with due_at: the one question asked across tenants is "what is due".
create index timers_due on countersign.timers (due_at, tenant_id, change_id, name, set_version)
  where status = 'pending';

create table countersign.idempotency_keys (
  tenant_id text collate "C" not null,
  principal text collate "C" not null,
  key text collate "C" not null,
  digest text not null,
  -- The row of the log that answered the command.
  seq bigint not null,
  primary key (tenant_id, principal, key)
);

-- A commit is sent in one go, its "commit" included: a statement that did not write all it was to write has to stop what
-- comes behind it.
create function countersign.expect(wanted bigint, got bigint) returns void language plpgsql as $$
begin
  if got <> wanted then
    raise exception 'expected % rows, got %', wanted, got using errcode = 'CSN01';
  end if;
end $$;

-- The role that serves requests may do what the code does, and no more: nothing is ever deleted.
grant usage on schema countersign to countersign_app;
grant select on countersign.schema_migrations to countersign_app;
grant select, insert on countersign.tenants, countersign.workflow_definitions, countersign.changes,
  countersign.workflow_transitions, countersign.idempotency_keys to countersign_app;
grant select, insert, update on countersign.streams, countersign.workflow_states to countersign_app;
grant select, insert, update (status) on countersign.timers to countersign_app;
