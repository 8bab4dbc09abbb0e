-- Mails of the organization are of the kind OWN.
drop index emails_teaching;
-- learningSelection.*: sent mails of persons by id, with the time by which they are chosen.
create index emails_teaching on emails (organization_id, id) include (received_at)
  where direction = 'OUTBOUND' and kind in ('OWN', 'PERSON');

-- The topics of mails have a table of their own.
alter table learned_emails drop column topics;
