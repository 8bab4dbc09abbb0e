-- Decisions about problems, because a row of problems has the last one only. Their notes say what helped before.
create table problem_decisions (
  id bigint generated always as identity primary key,
  problem_id uuid not null,
  at timestamptz not null,
  state text not null check (state in ('OPEN', 'RESOLVED', 'IGNORED')),
  user_id text,
  note text,
  until timestamptz,
  per_hour int
);

-- problems.decisions: the last ones of a problem.
create index problem_decisions_list on problem_decisions (problem_id, id);

comment on table problem_decisions is
  'New states of problems: by resolveProblem, by ignoreProblem, and OPEN when a problem comes back.';
comment on column problem_decisions.at is 'Time of the new state.';
comment on column problem_decisions.user_id is 'User who decided; null for OPEN, or if the caller named none.';
comment on column problem_decisions.until is 'IGNORED: time at which it becomes OPEN; null: none.';
comment on column problem_decisions.per_hour is
  'IGNORED: number of failures in one hour above which it becomes OPEN; null: none.';

-- The kind of the decision before a problem came back is not known.
insert into problem_decisions (problem_id, at, state, user_id, note, until, per_hour)
select id, changed_at, state, changed_by, note, ignored_until, ignored_per_hour
from problems where state <> 'OPEN' and changed_at is not null;
