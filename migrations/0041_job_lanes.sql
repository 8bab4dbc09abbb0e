-- The overview reads the statistics of jobs, so that each job that ends is counted in one place.
drop table job_minutes;

-- Cancelled jobs are counted, too; only the overview reads their number.
alter table job_outcomes drop constraint job_outcomes_outcome_check,
  add check (outcome in ('COMPLETED', 'FAILED', 'TIMED_OUT', 'CANCELLED')),
  add column lane text not null default 'SYSTEM';

-- The lane of earlier jobs is that of their kind, as if no message had been TRANSACTIONAL.
alter table job_stats add column lane text not null default 'SYSTEM';
update job_outcomes set lane = 'BULK' where kind in ('PLAN_MESSAGE', 'SEND_BATCH');
update job_stats set lane = 'BULK' where kind in ('PLAN_MESSAGE', 'SEND_BATCH');
alter table job_outcomes alter column lane drop default;

-- jobAnalytics.* and jobStats.recent: the counters of an organization over a time.
alter table job_stats alter column lane drop default,
  drop constraint job_stats_pkey,
  add primary key (organization_id, at, lane, kind, outcome, duration, user_id);

comment on column job_outcomes.duration is
  'Duration of the last attempt: its logarithm to the base 1.2, in ms; 0 for CANCELLED.';
