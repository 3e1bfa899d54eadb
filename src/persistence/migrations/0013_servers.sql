-- Which servers run on this database, by what each says of itself every few seconds. Nothing is decided by it.

create table countersign.servers (
  server_id text collate "C" primary key,
  host text not null,
  pid integer not null,
  version text not null,
  started_at timestamptz not null,
  -- By the clock of the database, so that servers whose clocks differ can be compared.
  seen_at timestamptz not null default now(),
  -- When it said that it stops; null: it has not.
  left_at timestamptz,
  sockets integer not null default 0,
  subscriptions integer not null default 0,
  commands_waiting integer not null default 0
);

create index servers_seen on countersign.servers (seen_at);

grant select, insert, update (seen_at, left_at, sockets, subscriptions, commands_waiting) on countersign.servers
  to countersign_app;
