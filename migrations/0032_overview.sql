-- Counts by minute for the overview, which must not aggregate large tables. Each database backend writes rows of
-- its own, so that no statement waits for a row of another one. Rows of past minutes are summed up to writer 0.
create table delivery_minutes (
  organization_id uuid not null,
  minute timestamptz not null,
  writer int not null,
  attempt smallint not null,
  outcome text not null,
  error_type text not null,
  count int not null,
  primary key (organization_id, minute, writer, attempt, outcome, error_type)
  -- Room for HOT updates: each statement that counts outcomes updates a row.
) with (fillfactor = 50);

comment on table delivery_minutes is
  'Sums of delivery_stats by organization and minute, of the last day; see delivery_stats for the columns.';
comment on column delivery_minutes.writer is
  'Process id of the backend that counts; 0: sum of all backends, of a minute that is over.';

-- deliveries.rollUpMinutes and deliveries.pruneMinutes.
create index delivery_minutes_written on delivery_minutes (minute) where writer <> 0;
create index delivery_minutes_summed on delivery_minutes (minute) where writer = 0;

insert into delivery_minutes (organization_id, minute, writer, attempt, outcome, error_type, count)
select o.id, s.minute, 0, s.attempt, s.outcome, s.error_type, sum(s.n)
from organizations o join delivery_stats s on s.organization_id = o.id
  and s.minute >= date_trunc('minute', now()) - interval '25 hours'
group by 1, 2, 4, 5, 6;

-- Written by workers every few seconds, not by the statements that settle jobs.
create table job_minutes (
  organization_id uuid not null,
  minute timestamptz not null,
  lane text not null,
  bucket smallint not null,
  writer int not null,
  completed int not null,
  failed int not null,
  cancelled int not null,
  primary key (organization_id, minute, lane, bucket, writer)
) with (fillfactor = 50);

comment on table job_minutes is
  'Jobs that ended, by organization, minute, lane and duration of the last attempt, of the last day. A worker '
  'that crashes loses the counts of its last seconds.';
comment on column job_minutes.bucket is
  'Duration of the last attempt: at most 2 ^ (bucket / 2) milliseconds, and longer than that of the bucket before.';
comment on column job_minutes.writer is
  'Process id of the backend that counts; 0: sum of all backends, of a minute that is over.';

-- jobs.rollUpMinutes and jobs.pruneMinutes.
create index job_minutes_written on job_minutes (minute) where writer <> 0;
create index job_minutes_summed on job_minutes (minute) where writer = 0;

-- Settings that the operator changes at run time, for all processes.
create table lanes (
  lane text primary key check (lane in ('TRANSACTIONAL', 'AI', 'LEARNING', 'BULK', 'SYSTEM')),
  slots smallint check (slots between 1 and 999),
  paused_at timestamptz,
  paused_by text,
  check ((paused_at is null) = (paused_by is null))
);

comment on table lanes is 'Settings of the lanes, changed by the operator.';
comment on column lanes.slots is
  'Worker slots of each process that serves the lane; null: those of its WORKER_LANES.';
comment on column lanes.paused_by is 'User who paused the lane, or name of the API key; null: not paused.';

insert into lanes (lane) values ('TRANSACTIONAL'), ('AI'), ('LEARNING'), ('BULK'), ('SYSTEM');

-- As in migration 0002, with the size, so that overview.pending reads the index alone.
drop index jobs_ready;
create index jobs_ready on jobs (lane, organization_id, topic, priority desc, run_at, id) include (size)
  where status = 'QUEUED';
-- overview.lanes and overview.pending: jobs that are due later, by lane. Only waiting jobs are in it.
create index jobs_later_by_lane on jobs (lane, organization_id, topic) include (size) where status = 'SCHEDULED';
-- overview.lanes: failed jobs by lane. Only failed jobs are in it.
create index jobs_failed_by_lane on jobs (lane, organization_id) where status = 'FAILED';

alter table workers add column event_loop_ms real;

comment on column workers.event_loop_ms is
  'Longest delay of the event loop between the last two renewals; null: not measured.';
