-- Ended jobs, as each settle statement appends them. Without an index, because 20,000 jobs/s end; every few
-- seconds jobStats.compact moves the rows to job_stats.
create table job_outcomes (
  organization_id uuid not null,
  user_id text not null,
  kind text not null,
  minute timestamptz not null,
  outcome text not null check (outcome in ('COMPLETED', 'FAILED', 'TIMED_OUT')),
  duration smallint not null,
  n int not null
);
comment on column job_outcomes.user_id is 'User who started the jobs; empty: the system.';
comment on column job_outcomes.duration is 'Duration of the last attempt: its logarithm to the base 1.2, in ms.';

-- Number of ended jobs by minute; after two days by hour. Kept for 90 days, when the jobs are long deleted.
create table job_stats (
  organization_id uuid not null,
  at timestamptz not null,
  kind text not null,
  outcome text not null,
  duration smallint not null,
  user_id text not null,
  n bigint not null,
  -- jobAnalytics.*: the counters of an organization over a time.
  primary key (organization_id, at, kind, outcome, duration, user_id)
) with (fillfactor = 80);
comment on column job_stats.at is 'Start of the minute or, of rows older than two days, of the hour.';

-- jobStats.rollUp: rows of minutes that become rows of hours.
create index job_stats_minutes on job_stats (at)
  where extract(minute from at at time zone 'UTC') <> 0;
-- jobStats.prune: rows of hours that are too old.
create index job_stats_hours on job_stats (at) where extract(minute from at at time zone 'UTC') = 0;

-- Changes of a job that are not attempts. PUT_OFF has at most one row per job, detail and hour, because a job
-- that waits for a provider is put off every 30 s.
create table job_events (
  job_id uuid not null,
  kind text not null check (kind in ('PUT_OFF', 'PARKED', 'RELEASED', 'RETRIED')),
  detail text not null,
  period timestamptz not null,
  at timestamptz not null,
  last_at timestamptz not null,
  n int not null default 1,
  worker_id uuid,
  until timestamptz,
  -- jobs.events: the events of one job.
  primary key (job_id, kind, detail, period)
);
comment on column job_events.detail is
  'PUT_OFF: reason of the wait, or empty; RETRIED: user, or empty.';
comment on column job_events.period is 'PUT_OFF: start of the hour; else as at.';
comment on column job_events.until is 'PUT_OFF: time from which the job may run again.';
comment on column job_events.n is 'Number of times from at to last_at.';

-- Hosts of workers, also of those that have ended, whose rows in workers are deleted.
create table worker_hosts (
  id uuid primary key,
  host text not null,
  started_at timestamptz not null default clock_timestamp()
);
insert into worker_hosts (id, host, started_at) select id, host, started_at from workers;

alter table jobs add column started_from uuid;
comment on column jobs.started_from is 'Job that startJobAgain copied; null: none.';

-- jobs.list of FAILED or CANCELLED jobs, and retryJobs. A job that completes is never in it.
create index jobs_failed on jobs (organization_id, id) where status in ('FAILED', 'CANCELLED');
-- jobs.list by type of error. A job that completes without an error is never in it.
create index jobs_error_type on jobs (organization_id, (error ->> 'type'), id) where error is not null;
-- jobs.list of jobs that are due later.
create index jobs_later on jobs (organization_id, id) where status = 'SCHEDULED';
-- jobs.list of a MEMBER, and with startedBy. Jobs of the system are not in it.
create index jobs_user on jobs (organization_id, user_id, id) where user_id is not null;
