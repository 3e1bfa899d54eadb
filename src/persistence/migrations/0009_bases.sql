-- Which commit a stored revision is, and which one its hunks count the lines of. Null where nobody said so.

alter table countersign.revision_contents
  add column commit_id text collate "C",
  add column base_id text collate "C";

-- From a base to the revision that is that commit, and so on down a stack.
create index revision_contents_commit on countersign.revision_contents (tenant_id, commit_id)
  where commit_id is not null;
