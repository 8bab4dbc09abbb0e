-- Learning from the mails that an organization has sent.
create table learning_runs (
  id uuid primary key,
  organization_id uuid not null,
  started_by text,
  job_id uuid not null,
  selection jsonb not null,
  relearn boolean not null,
  run_at timestamptz,
  status text not null default 'QUEUED'
    check (status in ('QUEUED', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED')),
  fence bigint,
  prompt_id uuid,
  through_id uuid,
  after_id uuid not null default '00000000-0000-0000-0000-000000000000',
  total integer,
  succeeded integer not null default 0,
  failed integer not null default 0,
  skipped integer not null default 0,
  new_fact_count integer not null default 0,
  cost_micros bigint default 0,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz
) with (fillfactor = 70);

comment on table learning_runs is 'Runs that learn from sent mails. They are kept for 90 days, longer than their jobs.';
comment on column learning_runs.started_by is 'User who started it; null: a caller without a user.';
comment on column learning_runs.selection is
  'Chosen mails: emailIds, since, retryOf (run whose failed mails are learned again); each null if it does not limit them.';
comment on column learning_runs.relearn is 'Whether mails that were learned with the same prompt are learned again.';
comment on column learning_runs.run_at is 'Earliest start; null: at once.';
comment on column learning_runs.fence is 'Fence of the latest claim of the job; only this claim writes to the run.';
comment on column learning_runs.prompt_id is 'Version of the prompt, from the first start on.';
comment on column learning_runs.through_id is 'Last mail of the selection; null until it starts.';
comment on column learning_runs.after_id is
  'All chosen mails up to this one are processed, so that the run continues behind it.';
comment on column learning_runs.total is 'Number of chosen mails; null until it starts.';
comment on column learning_runs.skipped is 'Number of mails up to after_id that were not sent to the model.';
comment on column learning_runs.cost_micros is
  'Cost of the calls of the model in millionths of a USD; null: a price is unknown.';

-- learningRuns.begin: one learning per user at a time.
create unique index learning_runs_running on learning_runs (organization_id, coalesce(started_by, ''))
  where status = 'RUNNING';
-- learningRuns.closeEnded, learningRuns.begin, learningRuns.waiting: runs that have not ended.
create index learning_runs_unfinished on learning_runs (organization_id, id) where status in ('QUEUED', 'RUNNING');
-- learningRuns.list, learningRuns.erase.
create index learning_runs_list on learning_runs (organization_id, id);
-- learningRuns.list of a user, learningRuns.eraseUser.
create index learning_runs_user on learning_runs (organization_id, started_by, id);
-- learningRuns.prune.
create index learning_runs_age on learning_runs (created_at);

create table learning_failures (
  organization_id uuid not null,
  run_id uuid not null references learning_runs on delete cascade,
  email_id uuid not null references emails on delete cascade,
  error_type text not null,
  error_code text,
  error_message text not null,
  -- learningFailures.list, and the mails of a run that learns these again.
  primary key (run_id, email_id)
);

comment on table learning_failures is 'Mails from which a run could not learn.';

-- The deletion of a mail.
create index learning_failures_email on learning_failures (email_id);
-- learningFailures.erase.
create index learning_failures_organization on learning_failures (organization_id, run_id);

create table learned_emails (
  organization_id uuid not null,
  email_id uuid not null references emails on delete cascade,
  prompt_id uuid not null,
  run_id uuid not null,
  topics text[] not null default '{}',
  learned_at timestamptz not null default now(),
  -- learningSelection.*: whether a mail was learned; and the deletion of a mail.
  primary key (email_id, prompt_id)
);

comment on table learned_emails is 'Mails that were learned, by version of the prompt, so that each is learned once.';
comment on column learned_emails.run_id is 'Run that learned it last; the run may have been deleted.';
comment on column learned_emails.topics is 'Topics of the mail.';

-- learnedEmails.erase, learnedEmails.count.
create index learned_emails_organization on learned_emails (organization_id, email_id);

-- learningSelection.*: sent mails of persons by id, with the time by which they are chosen.
create index emails_teaching on emails (organization_id, id) include (received_at)
  where direction = 'OUTBOUND' and kind = 'PERSON';

alter table jobs drop constraint jobs_wait_reason_check;
-- Not validated, because all rows satisfied the narrower constraint.
alter table jobs add constraint jobs_wait_reason_check
  check (wait_reason in ('PROVIDER_OPEN', 'RATE_LIMIT', 'BACKOFF', 'BUDGET', 'BEHIND')) not valid;
