-- BOUNCE_RAISED takes back a BOUNCED for now that came back for good, or was complained about, later: it
-- was sent all the same, unlike what BOUNCE_RETRIED takes back to send it again.
alter table delivery_stats drop constraint delivery_stats_outcome_check;
alter table delivery_stats add constraint delivery_stats_outcome_check check (outcome in
  ('SENT', 'FAILED', 'UNKNOWN', 'BOUNCED', 'COMPLAINED', 'RETRIED', 'RESOLVED', 'RESENT',
    'BOUNCE_RETRIED', 'BOUNCE_RAISED'));
