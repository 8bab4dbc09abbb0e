-- Recipients imported once, for one message or many.
create table audiences (
  id uuid primary key,
  organization_id uuid not null references organizations,
  user_id text,
  name text not null,
  recipient_count int not null default 0,
  -- Names of the variables that at least one recipient has.
  variable_names text[] not null default '{}',
  import_status text not null default 'RUNNING'
    check (import_status in ('RUNNING', 'FINISHED', 'FAILED')),
  taken int not null default 0,
  collapsed int not null default 0,
  refused int not null default 0,
  bytes_read bigint not null default 0,
  bytes_total bigint,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- audiences.list: an organization's audiences by age.
create index audiences_list on audiences (organization_id, id);

-- No foreign key: it would halve the speed of an import, and rows are added under the audience's lock.
create table audience_recipients (
  organization_id uuid not null,
  audience_id uuid not null,
  -- 1, 2, 3 … without gaps, in the order of the file.
  n int not null,
  address text not null,
  name text,
  variables jsonb not null default '{}',
  primary key (audience_id, n)
);

-- audiences.addRecipients: an address once per audience, whatever its case. The address comes first and
-- the id as text, so that no plan can take this index for the primary key or the other way round: while
-- statistics lag behind an import, "all of one audience" looks like a single row.
create unique index audience_recipients_address
  on audience_recipients (lower(address), (audience_id::text));

-- The first 1,000 rows that an import refused.
create table audience_refused_rows (
  organization_id uuid not null,
  audience_id uuid not null references audiences on delete cascade,
  line int not null,
  reason text not null,
  primary key (audience_id, line)
);
