create table schedules (
  id uuid primary key,
  organization_id uuid not null references organizations,
  name text not null,
  description text,
  kind text not null,
  payload jsonb not null default '{}',
  cron text not null,
  timezone text not null default 'UTC',
  enabled boolean not null default true,
  -- The clock: what is due fires, and moves this on in the same transaction.
  next_at timestamptz,
  unique (organization_id, name)
);

-- schedules.due: few rows, asked for each second by each worker.
create index schedules_due on schedules (next_at) where enabled;

-- The primary key is what makes a tick fire once among any number of processes.
create table schedule_fires (
  schedule_id uuid not null references schedules on delete cascade,
  nominal_at timestamptz not null,
  fired_at timestamptz not null default now(),
  job_id uuid,
  primary key (schedule_id, nominal_at)
);
