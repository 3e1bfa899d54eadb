-- Tokens that count no more, although they have not expired: one by its id, or all of a principal from before a time. A row
-- is never changed and never deleted: auditors ask who was shut out and why.

create table countersign.revocations (
  -- Over all tenants, without gaps, in the order of commits: who has read up to one needs only what comes after it.
  seq bigint primary key check (seq > 0),
  tenant_id text collate "C" not null references countersign.tenants,
  -- The claim "jti" of one token.
  token_id text collate "C",
  -- All tokens of this principal that were issued before issued_before.
  principal text collate "C",
  issued_before timestamptz,
  -- When the tokens have expired anyway; null: nobody knows, it counts for good.
  ends_at timestamptz,
  reason text not null,
  revoked_by text not null,
  revoked_at timestamptz not null default now(),
  check ((token_id is null) <> (principal is null)),
  check ((principal is null) = (issued_before is null))
);

create index revocations_of on countersign.revocations (tenant_id, seq);

grant select, insert on countersign.revocations to countersign_app;

-- Since when a reader has been known to leave critical rows unacknowledged for too long; null: it does not. Whoever sets it
-- reports it, so that of many servers one does.
alter table countersign.readers add column overdue_at timestamptz;
grant update (overdue_at) on countersign.readers to countersign_app;
