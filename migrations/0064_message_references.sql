-- Replies to mails: the mails of a message can continue a thread.

alter table messages add column reference_ids text[] not null default '{}';

comment on column messages.reference_ids is
  'Message-IDs that its mails name in References, oldest first; they answer the last one. Empty: it is no reply.';

-- suggestions.groups, suggestions.shortcomings and suggestions.series: suggestions by the time of their outcome.
create index suggestions_outcome on suggestions (organization_id, outcome_at)
  where outcome <> 'UNUSED';
