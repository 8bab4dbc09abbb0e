-- Schedules that people edit, with the history of their fires.

alter table schedules
  alter cron drop not null,
  add interval_ms int check (interval_ms between 1000 and 86400000),
  add created_by text,
  add created_at timestamptz not null default now(),
  add updated_at timestamptz not null default now(),
  add computed_at timestamptz not null default now();

update schedules set cron = null, interval_ms = 60000
where organization_id = '00000000-0000-7000-8000-000000000000' and name = 'send-due' and cron = '* * * * *';

alter table schedules add check ((cron is null) <> (interval_ms is null));

comment on column schedules.cron is 'Cron expression of five fields; null for a schedule with an interval.';
comment on column schedules.interval_ms is 'Time from one tick to the next in milliseconds, instead of cron; null: none.';
comment on column schedules.created_by is 'User who created it; null: the system, or a caller without a user.';
comment on column schedules.updated_at is
  'Time of the last edit, fire or recorded outcome. Live lists compare it.';
comment on column schedules.computed_at is
  'Time at which next_at was computed. It lies in the future only after the clock was set back.';

-- schedules.poll, each second in each worker: schedules whose next_at a wrong clock has computed. The clock of the
-- database cannot be part of an index, so this is a range of the computation times.
create index schedules_computed on schedules (computed_at) where enabled;

alter table schedule_fires
  add organization_id uuid,
  add manual boolean not null default false,
  add started_by text,
  add finished_at timestamptz,
  add batch_count int,
  drop constraint schedule_fires_outcome_check,
  add check (outcome in ('COMPLETED', 'FAILED', 'CANCELLED', 'SKIPPED'));

update schedule_fires f set organization_id = s.organization_id,
  outcome = case when f.job_id is null then 'SKIPPED' else f.outcome end
from schedules s where s.id = f.schedule_id;

alter table schedule_fires alter organization_id set not null;

comment on column schedule_fires.organization_id is
  'Organization of the job. It differs from that of the schedule when an ADMIN runs a built-in schedule.';
comment on column schedule_fires.manual is 'Whether a person or a request to /cron started it, instead of a tick.';
comment on column schedule_fires.started_by is 'User who started it; null: a tick, /cron, or a caller without a user.';
comment on column schedule_fires.outcome is
  'Outcome of the job, kept because the job is deleted earlier; null until it ends. SKIPPED: the job of an earlier fire was unfinished.';
comment on column schedule_fires.finished_at is 'Time at which the job ended; null until then, and if it was skipped.';
comment on column schedule_fires.batch_count is 'Batches that the job created; null if it creates none.';

-- schedules.poll: fires whose job has not ended, at most some per schedule.
create index schedule_fires_unfinished on schedule_fires (job_id) where outcome is null;
-- Replaced by the index above, because outcomes are now recorded from the side of the fires.
drop index schedule_fires_job;

-- schedules.eraseFires: fires of an organization, of which only few belong to a schedule of another one.
create index schedule_fires_organization on schedule_fires (organization_id)
  where organization_id <> '00000000-0000-7000-8000-000000000000';
