-- Suggested replies to the mails of threads. Each row belongs to one job; a further suggestion of a thread is a new row.
create table suggestions (
  id uuid primary key,
  organization_id uuid not null,
  thread_id uuid not null,
  email_id uuid not null,
  newest boolean not null default true,
  status text not null default 'WAITING'
    check (status in ('WAITING', 'WRITING', 'READY', 'FALLBACK', 'FAILED', 'SENT')),
  text text not null default '',
  edited_text text,
  edited_at timestamptz,
  edited_by text,
  sent_text text,
  fallback_reason text,
  no_draft_reason text,
  confidence real check (confidence between 0 and 1),
  missing text[] not null default '{}',
  topic text,
  instruction text,
  job_id uuid not null,
  fence bigint,
  prompt_id uuid,
  model text,
  ai_call_id uuid,
  cost_micros bigint,
  input_tokens int,
  output_tokens int,
  created_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  written_at timestamptz,
  outcome text check (outcome in ('SENT_AS_IT_WAS', 'EDITED', 'ANSWERED_WITHOUT', 'UNUSED')),
  outcome_at timestamptz,
  similarity real check (similarity between 0 and 1),
  shortcomings text[] not null default '{}',
  rating_good boolean,
  rating_comment text,
  rated_by text,
  check ((edited_text is null) = (edited_at is null)),
  check (status <> 'FALLBACK' or fallback_reason is not null),
  check (status <> 'FAILED' or no_draft_reason is not null),
  check ((outcome is null) = (outcome_at is null))
-- While the model writes, the text changes four times a second; with free space on its page a row keeps its index entries.
) with (fillfactor = 70);

comment on table suggestions is 'Suggested replies to the mails of threads: their state, text, ground and outcome.';
comment on column suggestions.email_id is 'Newest mail of the thread that the suggestion answers.';
comment on column suggestions.newest is 'Whether it is the suggestion of its thread; earlier ones are kept to be measured.';
comment on column suggestions.text is 'Text as it was suggested; empty before the first word.';
comment on column suggestions.edited_text is 'Text as a person edited it, which nothing replaces; null: nobody did.';
comment on column suggestions.edited_by is 'User who edited it last; null: the key named none.';
comment on column suggestions.sent_text is 'Text that was sent; null: it was not sent.';
comment on column suggestions.fallback_reason is 'Reason for which the text is from a template; null unless FALLBACK or SENT.';
comment on column suggestions.no_draft_reason is 'Reason for which there is no text; null unless FAILED.';
comment on column suggestions.confidence is 'How sure the model is of its answer, 0 to 1; null: it did not answer.';
comment on column suggestions.missing is 'Facts that the model did not know.';
comment on column suggestions.topic is 'Topic of the mail as the model named it; null: none.';
comment on column suggestions.instruction is 'Wish of the person who had it written anew: "friendlier"; null: none.';
comment on column suggestions.job_id is 'Job that writes it.';
comment on column suggestions.fence is 'Fence of the job: only its holder may write; null unless WRITING.';
comment on column suggestions.cost_micros is 'Cost of its calls in millionths of the currency; null: none, or not known.';
comment on column suggestions.written_at is 'Time at which the text was complete; null: it is not.';
comment on column suggestions.outcome is 'Use that was made of it; null: the thread is not answered yet.';
comment on column suggestions.similarity is 'Share of the text that was sent unchanged, 0 to 1; null: not measured.';
comment on column suggestions.rating_good is 'Opinion of a person; null: none was given.';

-- suggestions.ofThreads, and at most one newest suggestion for each thread.
create unique index suggestions_thread on suggestions (thread_id) where newest;
-- threads.list by the state of the suggestion.
create index suggestions_status on suggestions (organization_id, status, thread_id) where newest;
-- suggestions.stuck: suggestions that nobody writes. Only unfinished ones are in it.
create index suggestions_open on suggestions (created_at) where status in ('WAITING', 'WRITING');
-- suggestions.erase, and the search of an erasure for the suggestions of a thread.
create index suggestions_organization on suggestions (organization_id, id);
create index suggestions_of_thread on suggestions (thread_id, created_at);

create table suggestion_sources (
  suggestion_id uuid not null references suggestions on delete cascade,
  organization_id uuid not null,
  position int not null,
  fact_id uuid,
  order_id uuid,
  email_id uuid,
  text text not null,
  -- suggestions.sources: sources of a suggestion in the order in which the model named them.
  primary key (suggestion_id, position),
  check (num_nonnulls(fact_id, order_id, email_id) = 1)
);

comment on table suggestion_sources is 'Facts, orders and mails that a suggestion is based on.';
comment on column suggestion_sources.text is 'Short text of the source as it was when the suggestion was written.';
