-- The state of the installation as a whole: which database it is, and whether sending is on hold.
create table installation (
  singleton boolean primary key default true check (singleton),
  id uuid not null,
  system_identifier text,
  database_oid bigint,
  table_oid bigint,
  timeline int,
  witness bigint not null default 0,
  witness_at timestamptz not null default now(),
  held_at timestamptz,
  hold_reason text,
  check ((held_at is null) = (hold_reason is null))
) with (fillfactor = 50);

comment on table installation is
  'One row: the identity of the database, its witness, and the hold. A row that does not match the database '
  'shows that the database was restored from a backup.';
comment on column installation.id is
  'Name of the files with the copy of the witness; replaced when a hold is released.';
comment on column installation.system_identifier is
  'Of the PostgreSQL cluster; null: not recorded yet, or not readable.';
comment on column installation.database_oid is 'Oid of the database; null: not recorded yet.';
comment on column installation.table_oid is
  'Oid of this table, which another one has after a restore from a dump; null: not recorded yet.';
comment on column installation.timeline is
  'Timeline of the WAL, which a recovery to a point in time changes; null: not recorded yet, or not readable.';
comment on column installation.witness is
  'Number that every process increases every 2 s and copies to a file outside of the database.';
comment on column installation.witness_at is 'Time of the last increase.';
comment on column installation.held_at is 'Start of the hold; null: not on hold.';
comment on column installation.hold_reason is 'Reason of the hold, for people.';

-- The id is derived from the time of the first migration, so that it is the same in backups that are older than
-- this table. Their restore is recognized by the files that were written under this id.
insert into installation (id)
select md5(extract(epoch from applied_at)::text)::uuid from migrations where number = 1;
