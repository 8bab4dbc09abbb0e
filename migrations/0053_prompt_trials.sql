-- Trials of prompts on past inputs.
create table prompt_trials (
  id uuid primary key,
  organization_id uuid not null,
  name text not null,
  prompt_id uuid not null references prompt_versions,
  job_id uuid not null,
  estimated_cost numeric,
  created_at timestamptz not null default now(),
  created_by text,
  finished_at timestamptz
);

comment on table prompt_trials is 'Trials of versions of prompts on past inputs; they send nothing.';
comment on column prompt_trials.name is 'Name of the prompt.';
comment on column prompt_trials.estimated_cost is 'Cost as it was estimated at the start, in USD; null: unknown.';
comment on column prompt_trials.finished_at is 'Time of the last result; null: not all results are there.';

-- promptTrials.list: trials of a prompt, newest first; promptTrials.erase.
create index prompt_trials_list on prompt_trials (organization_id, name, id);

create table prompt_trial_results (
  organization_id uuid not null,
  trial_id uuid not null references prompt_trials,
  position int not null,
  subject text not null,
  contact_id uuid,
  before text,
  after text,
  similarity real,
  error jsonb,
  finished_at timestamptz,
  -- promptTrials.listResults, promptTrials.findOpen, promptTrials.record; and the sums of promptTrials.find.
  primary key (trial_id, position)
);

comment on table prompt_trial_results is
  'Answers of a trial beside the stored ones; a row is there from the start, without texts.';
comment on column prompt_trial_results.subject is 'TypeID of the object whose input is repeated.';
comment on column prompt_trial_results.contact_id is
  'Contact whose text it contains, so that it is erased with the contact; null: none is known.';
comment on column prompt_trial_results.before is 'Stored answer as text; null until finished_at.';
comment on column prompt_trial_results.after is 'Answer with the tried version; null until finished_at, and with an error.';
comment on column prompt_trial_results.similarity is 'Share of the text that is the same, 0 to 1, by edit distance.';

-- promptTrials.eraseContact.
create index prompt_trial_results_contact on prompt_trial_results (organization_id, contact_id)
  where contact_id is not null;
