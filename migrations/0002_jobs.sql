-- A number that only grows: each claim of a job takes the next one as its fence.
create sequence job_fence;

-- A worker lives as long as its row: death is the deletion of the row by another replica.
create table workers (
  id uuid primary key,
  host text not null,
  started_at timestamptz not null default clock_timestamp(),
  heartbeat_at timestamptz not null default clock_timestamp(),
  lease_until timestamptz not null
);

-- SCHEDULED is internal: due later. The API shows it as QUEUED.
create table jobs (
  id uuid primary key,
  organization_id uuid not null,
  user_id text,
  kind text not null,
  lane text not null check (lane in ('TRANSACTIONAL', 'AI', 'LEARNING', 'BULK', 'SYSTEM')),
  -- What takes fair turns inside an organization: a message's type, else the kind.
  topic text not null,
  status text not null
    check (status in ('QUEUED', 'SCHEDULED', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELLED')),
  priority smallint not null default 0,
  run_at timestamptz not null default now(),
  attempt smallint not null default 0,
  max_attempts smallint not null check (max_attempts between 1 and 10),
  crashes smallint not null default 0,
  fence bigint,
  -- Who holds it; of a job that is not PROCESSING: who held it last.
  worker_id uuid,
  cancel_requested boolean not null default false,
  unique_key text,
  -- TypeID of what it works on: a message, a quote …
  subject text,
  payload jsonb not null default '{}',
  progress jsonb,
  error jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  check ((status = 'PROCESSING') = (fence is not null)),
  check (status <> 'PROCESSING' or worker_id is not null),
  check ((status in ('COMPLETED', 'FAILED', 'CANCELLED')) = (finished_at is not null))
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05);

-- jobs.claim and jobs.turns: the head of each (lane, organization, topic).
create index jobs_ready on jobs (lane, organization_id, topic, priority desc, run_at, id)
  where status = 'QUEUED';
-- jobs.promote: what has come due.
create index jobs_scheduled on jobs (run_at) where status = 'SCHEDULED';
-- jobs.rescue and jobs.reconcile: what a worker holds.
create index jobs_running on jobs (worker_id) where status = 'PROCESSING';
-- jobs.list: an organization's jobs by age.
create index jobs_list on jobs (organization_id, id);
-- jobs.list with subjectId; most jobs of a flood have none and cost nothing here.
create index jobs_subject on jobs (subject, id) where subject is not null;
-- jobs.enqueue: one unfinished job per organization and key.
create unique index jobs_unique on jobs (organization_id, unique_key)
  where unique_key is not null and status in ('QUEUED', 'SCHEDULED', 'PROCESSING');

-- One row per attempt. No foreign key: it would lock the job's row once more for each.
create table job_attempts (
  organization_id uuid not null,
  job_id uuid not null,
  fence bigint not null,
  number smallint not null,
  worker_id uuid not null,
  started_at timestamptz not null,
  finished_at timestamptz not null,
  outcome text not null check (outcome in ('SUCCEEDED', 'FAILED', 'CANCELLED', 'CRASHED')),
  error jsonb,
  primary key (job_id, fence)
);
