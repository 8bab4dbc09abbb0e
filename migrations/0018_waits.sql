-- The reason why a job waits, so that waitingFor can name it and a provider that recovers can wake its jobs.
alter table jobs
  add column wait_reason text check (wait_reason in ('PROVIDER_OPEN', 'RATE_LIMIT', 'BACKOFF')),
  add column wait_provider_id uuid;

comment on column jobs.wait_reason is
  'SCHEDULED after a snooze: its reason; null: due at run_at without a reason, parked, or not SCHEDULED.';
comment on column jobs.wait_provider_id is
  'Provider whose error stops the job, although another one of its channel may end the wait; null: none.';

-- Serves jobs.wakeWaiting, which runs when a circuit closes. Only waiting jobs are in it.
create index jobs_waiting on jobs (wait_reason) where status = 'SCHEDULED' and wait_reason is not null;

-- GROWING: each further automatic attempt waits longer. IMMEDIATE: it starts when the pass ends.
alter table messages
  add column retry_backoff text not null default 'GROWING' check (retry_backoff in ('GROWING', 'IMMEDIATE'));

comment on column messages.retry_backoff is 'Wait before automatic attempts of retry mode AUTO.';
