alter table organizations add column min_suggestion_confidence double precision not null default 0.3
  check (min_suggestion_confidence between 0 and 1);

comment on column organizations.min_suggestion_confidence is
  'Confidence of the language model, 0 to 1, below which a suggested reply is no draft.';
