-- Rounds after the first pass, and where the current pass began: its pace is not that of the first one.
alter table messages
  add retry_rounds int not null default 0,
  add pass_started_at timestamptz,
  add pass_ended_count int not null default 0;

-- messages.toRetry: what the schedule tries again.
create index messages_retrying on messages (id)
  where retry_mode = 'CRON' and status in ('SENDING', 'PARTIALLY_SENT', 'FAILED');

-- A person may begin a round for every single recipient.
alter table batches alter round type int;

-- Not before: what the provider asked for.
alter table deliveries add not_before timestamptz;

-- By the kind of failure alone; what is out of attempts is told by the message. A success is not in
-- here before and after, and stays a HOT update.
create index deliveries_retryable on deliveries (message_id, n) where retryable;

-- What a job that has ended has to say, in the form of its kind.
alter table jobs add result jsonb;

-- Jobs are deleted after a day; what a fire did is kept as long as the fire.
alter table schedule_fires
  add outcome text check (outcome in ('COMPLETED', 'FAILED')),
  add processed_count int,
  add recipient_count int,
  add error jsonb;
-- schedules.recordResult
create index schedule_fires_job on schedule_fires (job_id) where job_id is not null;
