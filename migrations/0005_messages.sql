-- UUIDv7 (RFC 9562 §5.7) for rows that one statement makes by the thousand.
create function uuid_v7() returns uuid language sql volatile parallel safe as $$
  select encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid()) placing
        substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
        from 1 for 6),
      52, 1), 53, 1),
    'hex')::uuid
$$;

create table messages (
  id uuid primary key,
  organization_id uuid not null references organizations,
  user_id text,
  title text not null,
  channel text not null check (channel in ('EMAIL', 'MESSENGER')),
  type text not null,
  lane text not null check (lane in ('BULK', 'TRANSACTIONAL')),
  priority smallint not null default 0,
  status text not null check (status in
    ('SCHEDULED', 'PLANNING', 'SENDING', 'PAUSED', 'SENT', 'PARTIALLY_SENT', 'FAILED', 'CANCELLED')),
  subject text not null,
  text_body text,
  html_body text,
  audience_id uuid,
  send_at timestamptz,
  retry_mode text not null default 'MANUAL' check (retry_mode in ('MANUAL', 'AUTO', 'CRON')),
  max_attempts smallint not null default 3 check (max_attempts between 1 and 10),
  on_unknown text not null default 'HOLD' check (on_unknown in ('HOLD', 'RESEND')),
  unsubscribable boolean not null default false,
  idempotency_key text,
  -- Recipients of all, and how many of them stand in batches: planning goes on from here.
  recipient_count int not null,
  duplicate_count int not null default 0,
  planned_count int not null default 0,
  pause_reason text,
  pause_code text,
  paused_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  check ((status = 'PAUSED') = (paused_at is not null)),
  check ((status in ('SENT', 'PARTIALLY_SENT', 'FAILED', 'CANCELLED')) = (finished_at is not null))
);

-- messages.list: an organization's messages by age.
create index messages_list on messages (organization_id, id);
-- messages.due: what waits for its time.
create index messages_scheduled on messages (send_at) where status = 'SCHEDULED';
-- messages.done and messages.pauseStalled: what is under way.
create index messages_active on messages (id) where status in ('PLANNING', 'SENDING');
-- messages.insert: one message per organization and key.
create unique index messages_idempotency on messages (organization_id, idempotency_key)
  where idempotency_key is not null;

-- Up to 100 deliveries: what one SEND_BATCH job works on.
create table batches (
  id uuid primary key default uuid_v7(),
  organization_id uuid not null,
  message_id uuid not null,
  number int not null,
  round smallint not null default 1,
  -- Of the first round: the deliveries lo <= n <= hi. Of a retry: the picked ones.
  lo int,
  hi int,
  picked int[],
  size int not null,
  job_id uuid not null,
  -- Compare-and-set: one more with each recorded step.
  step int not null default 0,
  -- The deliveries in flight, by n; what a crash leaves here becomes UNKNOWN.
  win int[],
  started_at timestamptz,
  finished_at timestamptz,
  unique (message_id, number),
  check ((lo is null) = (picked is not null))
  -- Room for HOT updates: a step rewrites the row.
) with (fillfactor = 50);

-- batches.abandoned and messages.finish: what is still to be done of a message.
create index batches_unfinished on batches (message_id, job_id) where finished_at is null;

create table deliveries (
  id uuid primary key default uuid_v7(),
  organization_id uuid not null,
  message_id uuid not null,
  n int not null,
  batch_number int,
  address text not null,
  name text,
  variables jsonb not null default '{}',
  -- SENDING (in a batch's win) and CANCELLED (of a cancelled message) are PENDING here.
  status text not null default 'PENDING'
    check (status in ('PENDING', 'SENT', 'FAILED', 'UNKNOWN', 'BOUNCED', 'COMPLAINED')),
  -- Attempts that count, and all tries: a throttled try counts no attempt.
  attempt smallint not null default 0,
  tries smallint not null default 0,
  error_type text,
  error_code text,
  error_message text,
  retryable boolean not null default false,
  provider text,
  provider_message_id text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  last_attempt_at timestamptz,
  sent_at timestamptz,
  failed_at timestamptz,
  unique (message_id, n)
  -- No index on status, and room on the page: a success stays a HOT update.
) with (fillfactor = 60);

-- deliveries.insert: an address once per message, whatever its case. The address stands first, or the
-- planner would take this index for (message_id, n) while the statistics lag behind a flood.
create unique index deliveries_address on deliveries (lower(address), message_id);
-- deliveries.list by error; holds FAILED and UNKNOWN only.
create index deliveries_errors on deliveries (message_id, error_type, n) where error_type is not null;
-- deliveries.list across messages.
create index deliveries_list on deliveries (organization_id, id);

create table delivery_attempts (
  organization_id uuid not null,
  delivery_id uuid not null,
  tries smallint not null,
  attempt smallint not null,
  provider text,
  started_at timestamptz not null,
  finished_at timestamptz not null,
  outcome text not null check (outcome in ('SUCCEEDED', 'FAILED', 'UNKNOWN')),
  error_type text,
  error_code text,
  error_message text,
  primary key (delivery_id, tries)
);

-- Counters that only grow, one row per batch, so that no two workers wait for one row.
create table delivery_stats (
  organization_id uuid not null,
  message_id uuid not null,
  batch_id uuid not null,
  day date not null,
  attempt smallint not null,
  outcome text not null check (outcome in ('SENT', 'FAILED', 'UNKNOWN', 'RETRIED')),
  error_type text not null default '',
  retryable boolean not null default false,
  n int not null,
  primary key (batch_id, day, attempt, outcome, error_type, retryable)
) with (fillfactor = 50);

-- deliveries.stats: a message's counters.
create index delivery_stats_message on delivery_stats (message_id);
-- Analytics over an organization's days.
create index delivery_stats_day on delivery_stats (organization_id, day);
