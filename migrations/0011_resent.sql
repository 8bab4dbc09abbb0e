-- RESOLVED takes back an UNKNOWN that had arrived, which is counted as SENT beside it; RESENT takes back
-- one that was sent again: decided as well, and yet that attempt has brought nothing.
alter table delivery_stats drop constraint delivery_stats_outcome_check;
alter table delivery_stats add constraint delivery_stats_outcome_check check (outcome in
  ('SENT', 'FAILED', 'UNKNOWN', 'BOUNCED', 'COMPLAINED', 'RETRIED', 'RESOLVED', 'RESENT',
    'BOUNCE_RETRIED'));

update delivery_stats s set outcome = 'RESENT'
where outcome = 'RESOLVED' and not exists (select from delivery_stats
  where batch_id = s.batch_id and minute = s.minute and attempt = s.attempt and outcome = 'SENT');
