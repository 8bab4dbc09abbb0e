-- Problems: failures of jobs, deliveries and later sources that have the same cause. A transaction that records
-- failures appends to problem_reports; a task of the workers moves these rows into the other tables, which the
-- lists read. Success writes nothing.

-- The cause of a failure as a number. Sources without a provider or a code pass null.
create function problem_fingerprint(source text, origin text, provider text, error_type text, code text,
  pattern text) returns uuid language sql immutable parallel safe as $$
  select md5(source || chr(31) || origin || chr(31) || coalesce(provider, '') || chr(31) || error_type
    || chr(31) || coalesce(code, '') || chr(31) || pattern)::uuid
$$;

-- Only appended to, without a unique key: two transactions that report the same failure never wait for one
-- another. One row per statement, fingerprint and message or job.
create table problem_reports (
  id bigint generated always as identity primary key,
  organization_id uuid not null,
  fingerprint uuid not null,
  source text not null,
  origin text not null,
  provider text,
  error_type text not null,
  code text,
  pattern text not null,
  affected_id uuid not null,
  at timestamptz not null default now(),
  n int not null,
  subject_ids uuid[] not null,
  messages text[] not null
);

comment on table problem_reports is
  'Failures that are not counted in the tables of problems yet. The rows are deleted when they are counted.';
comment on column problem_reports.at is 'Time of the failures.';
comment on column problem_reports.n is 'Number of failures.';
comment on column problem_reports.affected_id is 'The message of deliveries; else the object itself.';
comment on column problem_reports.subject_ids is
  'Up to ten of the objects that failed; messages holds their full texts, in the same order.';

create table problems (
  id uuid primary key default uuid_v7(),
  organization_id uuid not null,
  fingerprint uuid not null,
  source text not null,
  origin text not null,
  provider text,
  error_type text not null,
  code text,
  pattern text not null,
  state text not null default 'OPEN' check (state in ('OPEN', 'RESOLVED', 'IGNORED')),
  count bigint not null,
  affected_count int not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  reopened_at timestamptz,
  changed_at timestamptz,
  changed_by text,
  note text,
  ignored_until timestamptz,
  ignored_per_hour int,
  ignored_hour timestamptz,
  ignored_count bigint not null default 0,
  -- problems.rollUp, and the filter of deliveries and jobs by problem.
  unique (organization_id, fingerprint)
);

comment on table problems is 'Failures with the same cause, and what people decided about them.';
comment on column problems.origin is 'Kind of the job, or channel of the deliveries.';
comment on column problems.provider is 'Of deliveries whose failure is about their provider; else null.';
comment on column problems.pattern is 'Text of the error without its variable parts.';
comment on column problems.changed_at is 'Time of the last resolveProblem or ignoreProblem.';
comment on column problems.ignored_count is
  'Failures in ignored_hour since then, to compare with ignored_per_hour.';

-- problems.list: latest failure first.
create index problems_list on problems (organization_id, last_seen_at desc, id desc);
-- problems.reopen: ignored until a time.
create index problems_ignored on problems (ignored_until) where state = 'IGNORED';

create table problem_hours (
  problem_id uuid not null,
  hour timestamptz not null,
  n bigint not null,
  primary key (problem_id, hour)
);

comment on table problem_hours is 'Number of failures of a problem by hour.';
comment on column problem_hours.n is 'Number of failures in the hour.';

create table problem_affected (
  problem_id uuid not null,
  affected_id uuid not null,
  n bigint not null,
  last_at timestamptz not null,
  primary key (problem_id, affected_id)
);

comment on table problem_affected is 'Messages or jobs that a problem affects, with their failures.';
comment on column problem_affected.n is 'Number of its failures.';

create table problem_examples (
  problem_id uuid not null,
  at timestamptz not null,
  id uuid not null default uuid_v7(),
  subject_id uuid not null,
  message text not null,
  primary key (problem_id, at, id)
);

comment on table problem_examples is 'The last ten failures of a problem.';
comment on column problem_examples.at is 'Time of the failure.';

-- The fingerprint of the last error, null after a success.
alter table deliveries add column fingerprint uuid;
alter table jobs add column fingerprint uuid;

comment on column deliveries.fingerprint is 'Of its last error, as in problems; null: none, or not counted.';
comment on column jobs.fingerprint is 'Of its last error, as in problems; null: none, or not counted.';

-- deliveries.list and jobs.list of a problem. A success has no fingerprint before and after: still HOT.
create index deliveries_problem on deliveries (organization_id, fingerprint, id)
  where fingerprint is not null;
create index jobs_problem on jobs (organization_id, fingerprint, id) where fingerprint is not null;
