-- What revisions hold: the diff of each, file by file, as whoever records the repository sent it. Like the log, rows are
-- added and never changed: a comment on a line stays a comment on that line.

create table countersign.revision_contents (
  tenant_id text collate "C" not null,
  change_id text collate "C" not null,
  revision integer not null check (revision > 0),
  -- SHA-256 of the diff as it was sent.
  digest bytea not null,
  bytes integer not null,
  files integer not null,
  added integer not null,
  removed integer not null,
  recorded_by text not null,
  recorded_at timestamptz not null,
  primary key (tenant_id, change_id, revision),
  foreign key (tenant_id, change_id) references countersign.changes
);

create table countersign.revision_files (
  tenant_id text collate "C" not null,
  change_id text collate "C" not null,
  revision integer not null,
  place integer not null check (place > 0),
  path text collate "C" not null,
  old_path text collate "C",
  kind text not null check (kind in ('added', 'deleted', 'modified', 'renamed', 'copied')),
  is_binary boolean not null,
  added integer not null,
  removed integer not null,
  -- SHA-256 of what the diff does to the file, wherever in the file it does it.
  digest bytea not null,
  -- Four numbers each: where and how many lines, before and after, without unchanged lines.
  hunks integer[] not null,
  -- The file's part of the diff, compressed (RFC 1951): on its own, so that no other file is unpacked to show it.
  diff bytea not null,
  primary key (tenant_id, change_id, revision, place)
);

-- PostgreSQL would try to compress it once more.
alter table countersign.revision_files alter column diff set storage external;

-- "Which open changes touch this path?" is decided by the indexes alone; the rows are read only of what is left.
create index revision_files_path on countersign.revision_files (tenant_id, path, change_id, revision, place);
create index revision_files_old_path on countersign.revision_files (tenant_id, old_path, change_id, revision, place)
  where kind = 'renamed';

create trigger revision_contents_immutable
  before update or delete or truncate on countersign.revision_contents
  for each statement execute function countersign.refuse_rewriting();
create trigger revision_files_immutable
  before update or delete or truncate on countersign.revision_files
  for each statement execute function countersign.refuse_rewriting();

grant select, insert on countersign.revision_contents, countersign.revision_files to countersign_app;
