-- Mails that can be learned from are chosen from a list.
alter table emails
  add column learned_at timestamptz,
  -- Cut, because a row of an index is limited to 2,704 bytes. The columns are added together, because a stored one rewrites the table.
  add column search_line text generated always as (
    case when direction = 'OUTBOUND' then
      lower(left(subject, 300) || ' ' || coalesce(left(to_addresses[1], 200), ''))
    end
  ) stored;

comment on column emails.learned_at is 'Time at which it was last learned from; null: it was not.';
comment on column emails.search_line is
  'Subject and first recipient in lower case, which the search of learnable mails reads; null: received.';

update emails e set learned_at = l.learned_at
from (select email_id, max(learned_at) as learned_at from learned_emails group by email_id) l
where e.id = l.email_id;

-- emails.listLearnable: mails to learn from, newest first. The search and the filter of learned mails read the index only.
create index emails_learnable on emails (organization_id, received_at, id) include (learned_at, search_line)
  where direction = 'OUTBOUND' and kind in ('OWN', 'PERSON') and reply_text ~ '\S';
