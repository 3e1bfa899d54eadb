-- What operators say of a tenant's projects and of its working time. Few rows, each the newest of its kind: what they came
-- to at the time stands with the changes they were used for.

-- Who owns the files of a project: the owners files as text, by path.
create table countersign.project_owners (
  tenant_id text collate "C" not null references countersign.tenants,
  project text collate "C" not null,
  format text not null check (format in ('github', 'gitlab', 'kubernetes', 'gerrit')),
  files jsonb not null,
  set_by text not null,
  reason text,
  -- Grows with every replacement: readers that remember what they read compare it.
  set_at timestamptz not null,
  primary key (tenant_id, project)
);

create table countersign.calendars (
  tenant_id text collate "C" not null references countersign.tenants,
  name text collate "C" not null,
  calendar jsonb not null,
  set_by text not null,
  set_at timestamptz not null,
  primary key (tenant_id, name)
);

grant select, insert, update on countersign.project_owners, countersign.calendars to countersign_app;
