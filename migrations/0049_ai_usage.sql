-- Calls of the language model, what they cost, and the budgets of organizations.

create table ai_prices (
  model text not null,
  source text not null check (source in ('LIST', 'OPERATOR')),
  valid_from timestamptz not null,
  min_input_tokens int not null default 0,
  input_price numeric(12, 6) not null check (input_price >= 0),
  cached_input_price numeric(12, 6) not null check (cached_input_price >= 0),
  output_price numeric(12, 6) not null check (output_price >= 0),
  -- ai_cost_micros: the price of a model at a time.
  primary key (model, source, valid_from, min_input_tokens)
);

comment on table ai_prices is
  'Prices of models in USD per million tokens, which is the same as millionths of a USD per token.';
comment on column ai_prices.source is
  'LIST: list price of the vendor, from a migration. OPERATOR: set at run time; it takes precedence.';
comment on column ai_prices.valid_from is 'Start of the calls that the price is for, until that of the next price.';
comment on column ai_prices.min_input_tokens is
  'Smallest number of input tokens of the calls that the price is for; some models charge more for long inputs.';
comment on column ai_prices.cached_input_price is 'Price of input tokens that were read from the cache of the server.';

-- A name without a price of its own has that of the name without its date: gpt-4.1-2025-04-14, gpt-4.1.
create function ai_cost_micros(model_name text, at timestamptz, input_tokens int, cached_input_tokens int,
  output_tokens int) returns bigint language sql stable as $$
  select ceil((input_tokens - cached_input_tokens) * p.input_price
    + cached_input_tokens * p.cached_input_price + output_tokens * p.output_price)::bigint
  from ai_prices p
  where p.model in (model_name, regexp_replace(model_name, '-\d{4}-\d\d-\d\d$', ''))
    and p.valid_from <= at and p.min_input_tokens <= input_tokens
  order by length(p.model) desc, p.source desc, p.valid_from desc, p.min_input_tokens desc
  limit 1
$$;

comment on function ai_cost_micros(text, timestamptz, int, int, int) is
  'Cost of a call in millionths of a USD, rounded up; null: the model has no price at that time.';

create table ai_calls (
  id uuid primary key,
  organization_id uuid not null,
  job_id uuid,
  subject text,
  kind text not null,
  model text not null,
  prompt_id text,
  started_at timestamptz not null default now(),
  reserved_micros bigint,
  budget_day timestamptz,
  outcome text check (outcome in
    ('SUCCEEDED', 'INVALID_ANSWER', 'FAILED', 'TIMED_OUT', 'CANCELLED', 'UNKNOWN')),
  input_tokens int,
  cached_input_tokens int,
  output_tokens int,
  reasoning_tokens int,
  cost_micros bigint,
  first_token_ms int,
  duration_ms int,
  error_type text,
  error_code text,
  error_message text,
  counted boolean not null default false,
  check (not counted or outcome is not null)
) with (fillfactor = 80);

-- aiCalls.list: calls of an organization by age; aiCalls.erase.
create index ai_calls_list on ai_calls (organization_id, id);
-- aiCalls.list of a job, or of another subject.
create index ai_calls_job on ai_calls (job_id, id) where job_id is not null;
create index ai_calls_subject on ai_calls (subject, id) where subject is not null;
-- aiCalls.list of failures. A call that succeeds is never in it.
create index ai_calls_failed on ai_calls (organization_id, id)
  where outcome in ('INVALID_ANSWER', 'FAILED', 'TIMED_OUT', 'UNKNOWN');
-- aiUsage.*, aiStats.compact, aiCalls.stale and aiBudgets.recount: calls that are not in ai_stats yet. Running
-- calls and those of the last seconds are in it.
create index ai_calls_uncounted on ai_calls (organization_id, started_at) where not counted;

comment on table ai_calls is 'Requests to the language model, without their contents.';
comment on column ai_calls.subject is 'TypeID of the object that the call is about; null: none.';
comment on column ai_calls.kind is 'Purpose of the call: QUOTE, REPLY …';
comment on column ai_calls.prompt_id is 'Version of the prompt; null: none.';
comment on column ai_calls.reserved_micros is
  'Upper bound of the cost in millionths of a USD; null: the model has no price.';
comment on column ai_calls.budget_day is
  'Start of the day of the budget (ai_budgets.day_start) that the call counts in; null: there was no budget.';
comment on column ai_calls.outcome is
  'Null: the call runs. UNKNOWN: its process died; the upper bound of its cost stays in the budget.';
comment on column ai_calls.input_tokens is 'Number of tokens of the input, cached ones included; null: unknown.';
comment on column ai_calls.output_tokens is 'Number of tokens of the answer, with its reasoning; null: unknown.';
comment on column ai_calls.cost_micros is
  'Cost in millionths of a USD; null: unknown, because the model has no price or sent no numbers of tokens.';
comment on column ai_calls.first_token_ms is 'Time until the answer began; null: it did not begin.';
comment on column ai_calls.counted is 'Whether the call is counted in ai_stats.';

-- Sums of calls that have ended, so that no request aggregates the calls. Time zones are whole quarters of an hour
-- away from UTC, so that a day of any of them is a sum of rows.
create table ai_stats (
  organization_id uuid not null,
  at timestamptz not null,
  kind text not null,
  model text not null,
  outcome text not null,
  call_count bigint not null,
  input_tokens bigint not null,
  cached_input_tokens bigint not null,
  output_tokens bigint not null,
  reasoning_tokens bigint not null,
  cost_micros bigint not null,
  unknown_cost_count bigint not null,
  -- aiUsage.*: usage of an organization over a time.
  primary key (organization_id, at, kind, model, outcome)
) with (fillfactor = 80);

-- aiStats.prune: rows that are too old.
create index ai_stats_age on ai_stats (at);

comment on table ai_stats is 'Sums of ai_calls by quarter of an hour, kind, model and outcome.';
comment on column ai_stats.at is 'Start of the quarter of an hour in which the calls began.';
comment on column ai_stats.cost_micros is 'Sum of the known costs, in millionths of a USD.';
comment on column ai_stats.unknown_cost_count is 'Number of calls whose cost is unknown.';

-- Only the calls of organizations that have set a budget update a row.
create table ai_budgets (
  organization_id uuid primary key,
  per_day_micros bigint check (per_day_micros >= 0),
  warn_at_fraction real not null check (warn_at_fraction > 0 and warn_at_fraction <= 1),
  timezone text,
  day_start timestamptz not null,
  day_end timestamptz not null,
  spent_micros bigint not null default 0,
  reserved_micros bigint not null default 0,
  paused_until timestamptz,
  updated_at timestamptz not null default now(),
  updated_by text
) with (fillfactor = 50);

comment on table ai_budgets is
  'Budgets of organizations for calls of the language model, with the sums of the current day.';
comment on column ai_budgets.per_day_micros is 'Limit per day in millionths of a USD; null: none.';
comment on column ai_budgets.warn_at_fraction is 'Share of the limit from which on ADMINs are warned, once a day.';
comment on column ai_budgets.timezone is 'Time zone of the days; null: that of the organization.';
comment on column ai_budgets.day_start is 'Start of the day that the sums are of; the first call after day_end begins a new one.';
comment on column ai_budgets.spent_micros is
  'Cost of the calls that have ended. A call whose cost is unknown counts with its upper bound.';
comment on column ai_budgets.reserved_micros is 'Sum of the upper bounds of the calls that run.';
comment on column ai_budgets.paused_until is 'End of the day in which a call was refused; null: none was.';
comment on column ai_budgets.updated_by is 'User who set it; null: a caller without a user.';

alter table jobs drop constraint jobs_wait_reason_check;
-- Not validated, because all rows satisfied the narrower constraint.
alter table jobs add constraint jobs_wait_reason_check
  check (wait_reason in ('PROVIDER_OPEN', 'RATE_LIMIT', 'BACKOFF', 'BUDGET')) not valid;

-- List prices of OpenAI in September 2026, from @pydantic/genai-prices 0.1.8. The first price of a model is taken to
-- have been valid always.
insert into ai_prices (source, model, valid_from, min_input_tokens, input_price, cached_input_price, output_price)
select 'LIST', p.* from (values
  ('gpt-4.1', timestamptz '2020-01-01Z', 0, numeric '2', 0.5, 8),
  ('gpt-4.1-mini', '2020-01-01Z', 0, 0.4, 0.1, 1.6),
  ('gpt-4.1-nano', '2020-01-01Z', 0, 0.1, 0.025, 0.4),
  ('gpt-4o', '2020-01-01Z', 0, 2.5, 1.25, 10),
  ('gpt-4o-2024-05-13', '2020-01-01Z', 0, 5, 5, 15),
  ('gpt-4o-mini', '2020-01-01Z', 0, 0.15, 0.075, 0.6),
  ('gpt-5', '2020-01-01Z', 0, 1.25, 0.125, 10),
  ('gpt-5-chat', '2020-01-01Z', 0, 1.25, 0.125, 10),
  ('gpt-5-chat-latest', '2020-01-01Z', 0, 1.25, 0.125, 10),
  ('gpt-5-codex', '2020-01-01Z', 0, 1.25, 0.125, 10),
  ('gpt-5-mini', '2020-01-01Z', 0, 0.25, 0.025, 2),
  ('gpt-5-nano', '2020-01-01Z', 0, 0.05, 0.005, 0.4),
  ('gpt-5-pro', '2020-01-01Z', 0, 15, 15, 120),
  ('gpt-5.1', '2020-01-01Z', 0, 1.25, 0.125, 10),
  ('gpt-5.1-codex', '2020-01-01Z', 0, 1.25, 0.125, 10),
  ('gpt-5.1-codex-max', '2020-01-01Z', 0, 1.25, 0.125, 10),
  ('gpt-5.1-chat', '2020-01-01Z', 0, 1.25, 0.125, 10),
  ('gpt-5.1-chat-latest', '2020-01-01Z', 0, 1.25, 0.125, 10),
  ('gpt-5.1-codex-mini', '2020-01-01Z', 0, 0.25, 0.025, 2),
  ('gpt-5.1-mini', '2020-01-01Z', 0, 0.25, 0.025, 2),
  ('gpt-5.2', '2020-01-01Z', 0, 1.75, 0.175, 14),
  ('gpt-5.2-chat', '2020-01-01Z', 0, 1.75, 0.175, 14),
  ('gpt-5.2-chat-latest', '2020-01-01Z', 0, 1.75, 0.175, 14),
  ('gpt-5.2-codex', '2020-01-01Z', 0, 1.75, 0.175, 14),
  ('gpt-5.2-pro', '2020-01-01Z', 0, 21, 21, 168),
  ('gpt-5.3', '2020-01-01Z', 0, 1.75, 0.175, 14),
  ('gpt-5.3-chat', '2020-01-01Z', 0, 1.75, 0.175, 14),
  ('gpt-5.3-chat-latest', '2020-01-01Z', 0, 1.75, 0.175, 14),
  ('gpt-5.3-codex', '2020-01-01Z', 0, 1.75, 0.175, 14),
  ('gpt-5.4', '2020-01-01Z', 0, 2.5, 0.25, 15),
  ('gpt-5.4', '2020-01-01Z', 272000, 5, 0.5, 22.5),
  ('gpt-5.4-mini', '2020-01-01Z', 0, 0.75, 0.075, 4.5),
  ('gpt-5.4-nano', '2020-01-01Z', 0, 0.2, 0.02, 1.25),
  ('gpt-5.4-pro', '2020-01-01Z', 0, 30, 30, 180),
  ('gpt-5.4-pro', '2020-01-01Z', 272000, 60, 60, 270),
  ('gpt-5.5', '2020-01-01Z', 0, 5, 0.5, 30),
  ('gpt-5.5', '2020-01-01Z', 272000, 10, 1, 45),
  ('gpt-5.5-chat', '2020-01-01Z', 0, 5, 0.5, 30),
  ('gpt-5.5-chat', '2020-01-01Z', 272000, 10, 1, 45),
  ('gpt-5.5-chat-latest', '2020-01-01Z', 0, 5, 0.5, 30),
  ('gpt-5.5-chat-latest', '2020-01-01Z', 272000, 10, 1, 45),
  ('gpt-5.5-codex', '2020-01-01Z', 0, 5, 0.5, 30),
  ('gpt-5.5-codex', '2020-01-01Z', 272000, 10, 1, 45),
  ('gpt-5.5-pro', '2020-01-01Z', 0, 30, 30, 180),
  ('gpt-5.5-pro', '2020-01-01Z', 272000, 60, 60, 270),
  ('gpt-5.6-luna', '2020-01-01Z', 0, 1, 0.1, 6),
  ('gpt-5.6-luna', '2020-01-01Z', 272000, 2, 0.2, 9),
  ('gpt-5.6-luna', '2026-07-30Z', 0, 0.2, 0.02, 1.2),
  ('gpt-5.6-luna', '2026-07-30Z', 272000, 0.4, 0.04, 1.8),
  ('gpt-5.6-sol', '2020-01-01Z', 0, 5, 0.5, 30),
  ('gpt-5.6-sol', '2020-01-01Z', 272000, 10, 1, 45),
  ('gpt-5.6-sol', '2026-08-21Z', 0, 4, 0.4, 20),
  ('gpt-5.6-sol', '2026-08-21Z', 272000, 8, 0.8, 30),
  ('gpt-5.6', '2020-01-01Z', 0, 5, 0.5, 30),
  ('gpt-5.6', '2020-01-01Z', 272000, 10, 1, 45),
  ('gpt-5.6', '2026-08-21Z', 0, 4, 0.4, 20),
  ('gpt-5.6', '2026-08-21Z', 272000, 8, 0.8, 30),
  ('gpt-5.6-terra', '2020-01-01Z', 0, 2.5, 0.25, 15),
  ('gpt-5.6-terra', '2020-01-01Z', 272000, 5, 0.5, 22.5),
  ('gpt-5.6-terra', '2026-07-30Z', 0, 2, 0.2, 12),
  ('gpt-5.6-terra', '2026-07-30Z', 272000, 4, 0.4, 18),
  ('gpt-6-astra', '2020-01-01Z', 0, 10, 1, 50),
  ('gpt-6-astra', '2020-01-01Z', 272000, 20, 2, 75),
  ('gpt-6-luna', '2020-01-01Z', 0, 0.1, 0.01, 0.5),
  ('gpt-6-luna', '2020-01-01Z', 272000, 0.2, 0.02, 0.75),
  ('gpt-6-sol', '2020-01-01Z', 0, 2, 0.2, 10),
  ('gpt-6-sol', '2020-01-01Z', 272000, 4, 0.4, 15),
  ('o1', '2020-01-01Z', 0, 15, 7.5, 60),
  ('o1-mini', '2020-01-01Z', 0, 1.1, 0.55, 4.4),
  ('o1-pro', '2020-01-01Z', 0, 150, 150, 600),
  ('o3', '2020-01-01Z', 0, 10, 0.5, 40),
  ('o3', '2025-06-10Z', 0, 2, 0.5, 8),
  ('o3-mini', '2020-01-01Z', 0, 1.1, 0.55, 4.4),
  ('o3-pro', '2020-01-01Z', 0, 20, 20, 80),
  ('o4-mini', '2020-01-01Z', 0, 1.1, 0.275, 4.4),
  ('text-embedding-3-large', '2020-01-01Z', 0, 0.13, 0.13, 0),
  ('text-embedding-3-small', '2020-01-01Z', 0, 0.02, 0.02, 0)
) as p;
