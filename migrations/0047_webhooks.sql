-- Events out: an organization's webhook endpoints, the events that wait for them, and the calls that deliver them.

create table webhook_endpoints (
  id uuid primary key,
  organization_id uuid not null,
  url text not null,
  events text[] not null,
  enabled boolean not null default true,
  disabled_reason text,
  secret text not null,
  previous_secret text,
  previous_secret_until timestamptz,
  state text not null default 'CLOSED' check (state in ('CLOSED', 'OPEN')),
  failures int not null default 0,
  openings int not null default 0,
  retry_at timestamptz,
  failing_since timestamptz,
  error_type text,
  error_code text,
  error_message text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check ((state = 'OPEN') = (retry_at is not null)),
  check (not enabled or disabled_reason is null)
) with (fillfactor = 70);

-- webhooks.list: endpoints of an organization by age.
create index webhook_endpoints_list on webhook_endpoints (organization_id, id);

comment on table webhook_endpoints is 'URLs that get the events of an organization, each with a circuit breaker.';
comment on column webhook_endpoints.url is 'URL that gets a POST request per call.';
comment on column webhook_endpoints.events is 'Events that it gets while it is enabled.';
comment on column webhook_endpoints.disabled_reason is
  'Reason of an automatic disabling, for people; null: enabled, or disabled by a person.';
comment on column webhook_endpoints.secret is 'Signing secret, encrypted with SECRET_KEY.';
comment on column webhook_endpoints.previous_secret is
  'Replaced secret, with which calls are signed as well until previous_secret_until.';
comment on column webhook_endpoints.state is
  'CLOSED: calls are made. OPEN: none before retry_at, then one that probes the endpoint.';
comment on column webhook_endpoints.failures is 'Number of failed attempts since the last success.';
comment on column webhook_endpoints.openings is 'Number of openings of the circuit since the last success.';
comment on column webhook_endpoints.failing_since is 'Time of the first failure since the last success.';

create table outbox_subscriptions (
  organization_id uuid not null,
  event text not null,
  endpoint_id uuid not null,
  primary key (organization_id, event, endpoint_id)
);

-- webhooks.update and webhooks.delete: subscriptions of an endpoint.
create index outbox_subscriptions_endpoint on outbox_subscriptions (endpoint_id);

comment on table outbox_subscriptions is
  'Events of enabled endpoints. A transaction appends an event to the outbox of each endpoint that has a row '
  'here, so that an organization without endpoints writes nothing.';
comment on column outbox_subscriptions.event is 'Event, as in outbox.';

-- Only appended to and deleted from. The key begins with the endpoint, because each is read by itself.
create table outbox (
  endpoint_id uuid not null,
  id bigint generated always as identity,
  event text not null,
  object_id uuid not null,
  at timestamptz not null default now(),
  data jsonb not null,
  primary key (endpoint_id, id)
-- Rows live for a second, so that a share of the table says little about its dead rows.
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

comment on table outbox is
  'Events that wait to be put into a call of an endpoint. The rows of one object have the order of its changes, '
  'because its row is locked while they are appended.';
comment on column outbox.event is 'MESSAGE_STARTED, DELIVERY_SENT …';
comment on column outbox.object_id is 'Object that changed; its events are delivered in order.';
comment on column outbox.at is 'Time of the change.';
comment on column outbox.data is 'Fields of the event, without any content of messages.';

create table webhook_calls (
  id uuid primary key,
  organization_id uuid not null,
  endpoint_id uuid not null,
  n bigint generated always as identity,
  event text not null,
  objects uuid[] not null,
  body text not null,
  status text not null default 'PENDING' check (status in ('PENDING', 'DELIVERED', 'FAILED')),
  attempt smallint not null default 0,
  tries int not null default 0,
  created_at timestamptz not null default now(),
  next_attempt_at timestamptz default now(),
  finished_at timestamptz,
  response_status smallint,
  duration_ms int,
  error_type text,
  error_code text,
  error_message text,
  check ((status = 'PENDING') = (next_attempt_at is not null)),
  check ((status = 'PENDING') = (finished_at is null))
) with (fillfactor = 80);

-- webhooks.listCalls: calls of an endpoint by age; webhooks.eraseCalls: of an organization.
create index webhook_calls_list on webhook_calls (endpoint_id, id);
create index webhook_calls_organization on webhook_calls (organization_id, id);
-- webhooks.takeCalls: due calls of an endpoint in order; webhooks.sweep: whether there is one.
create index webhook_calls_pending on webhook_calls (endpoint_id, n) where status = 'PENDING';
create index webhook_calls_due on webhook_calls (endpoint_id, next_attempt_at) where status = 'PENDING';

comment on table webhook_calls is 'Requests to endpoints, each with one event or up to 50 events of deliveries.';
comment on column webhook_calls.id is 'Identifies the call for the receiver, in all attempts (webhook-id).';
comment on column webhook_calls.n is 'Order of the calls.';
comment on column webhook_calls.event is 'Event, as in outbox.';
comment on column webhook_calls.objects is
  'Objects of its events. A call waits for earlier PENDING calls that have an object in common with it.';
comment on column webhook_calls.body is 'Body of the request: JSON.';
comment on column webhook_calls.attempt is 'Number of attempts since its creation or last replay.';
comment on column webhook_calls.tries is 'Number of all attempts.';

create table webhook_attempts (
  call_id uuid not null,
  n int not null,
  started_at timestamptz not null,
  duration_ms int not null,
  response_status smallint,
  response text,
  error_type text,
  error_code text,
  error_message text,
  primary key (call_id, n)
);

comment on table webhook_attempts is 'Attempts of calls. Rows are only inserted.';
comment on column webhook_attempts.n is 'Number of the attempt, from 1.';
comment on column webhook_attempts.response is 'Beginning of the body of the response; null: no response.';
comment on column webhook_attempts.error_type is 'Null: success.';

-- A lane of its own: slow endpoints of customers occupy neither the slots of messages nor those of maintenance.
alter table lanes drop constraint lanes_lane_check;
alter table lanes add constraint lanes_lane_check
  check (lane in ('TRANSACTIONAL', 'AI', 'LEARNING', 'BULK', 'WEBHOOK', 'SYSTEM'));
insert into lanes (lane) values ('WEBHOOK');

-- Not validated, because all rows satisfied the narrower constraint.
alter table jobs drop constraint jobs_lane_check;
alter table jobs add constraint jobs_lane_check
  check (lane in ('TRANSACTIONAL', 'AI', 'LEARNING', 'BULK', 'WEBHOOK', 'SYSTEM')) not valid;
