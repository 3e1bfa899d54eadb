-- What depends on what, so that it can be asked from both ends. The change remembers the same; this is the index over it,
-- written in the same commit. An edge that a later revision does not have any more stays, with the version that ended it.

create table countersign.change_edges (
  tenant_id text collate "C" not null,
  change_id text collate "C" not null,
  -- As the revision named it: a change by id, or by its key in the project of the change that depends on it.
  target text collate "C" not null,
  kind text collate "C" not null,
  rule text not null,
  -- The change behind the target; null as long as there is none.
  on_change text collate "C",
  project text collate "C" not null,
  set_version integer not null,
  ended_version integer,
  primary key (tenant_id, change_id, target, kind, set_version)
);

create index change_edges_up on countersign.change_edges (tenant_id, change_id) include (on_change, kind)
  where ended_version is null;
create index change_edges_down on countersign.change_edges (tenant_id, on_change) include (change_id, kind)
  where ended_version is null and on_change is not null;
-- Those that wait for a change to be proposed.
create index change_edges_unknown on countersign.change_edges (tenant_id, project, target)
  where ended_version is null and on_change is null;

-- How far a tenant's stream has been looked through for what those that depend on it have to be told.
create table countersign.cascades (
  tenant_id text collate "C" primary key references countersign.tenants,
  seq bigint not null
);

grant select, insert, update (ended_version) on countersign.change_edges to countersign_app;
grant select, insert, update (seq) on countersign.cascades to countersign_app;
