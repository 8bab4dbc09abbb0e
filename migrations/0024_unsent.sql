-- UNSENT subtracts a SENT delivery, and its event, that the provider accepted but did not send because of its
-- own list. The delivery becomes SUPPRESSED, which is counted beside it.
alter table delivery_stats
  drop constraint delivery_stats_outcome_check,
  add constraint delivery_stats_outcome_check check (outcome in
    ('SENT', 'FAILED', 'UNKNOWN', 'BOUNCED', 'COMPLAINED', 'SUPPRESSED', 'RETRIED', 'RESOLVED',
      'RESENT', 'BOUNCE_RETRIED', 'BOUNCE_RAISED', 'DELIVERED', 'SUPPRESSION_RETRIED', 'UNSENT'));

comment on column delivery_stats.outcome is
  'SENT, FAILED, UNKNOWN, BOUNCED, COMPLAINED, DELIVERED and SUPPRESSED add deliveries to a state; '
  'RETRIED, RESOLVED, RESENT, BOUNCE_RETRIED, BOUNCE_RAISED, SUPPRESSION_RETRIED and UNSENT subtract '
  'them; outcome_effects has the effect of each.';

comment on column deliveries.suppression_reason is
  'SUPPRESSED: reason of the entry in the suppression list, or in the list of the provider; null otherwise.';

-- As in migration 0021, with UNSENT.
create or replace view outcome_effects as
  select * from (values
    ('SENT',                1,  0,  0,  0,  0,  0,  'SENT',        1),
    ('FAILED',              0,  1,  0,  0,  0,  0,  'FAILED',      1),
    ('UNKNOWN',             0,  0,  1,  0,  0,  0,  'UNKNOWN',     1),
    ('BOUNCED',            -1,  0,  0,  1,  0,  0,  'BOUNCED',     1),
    ('COMPLAINED',         -1,  0,  0,  0,  1,  0,  'COMPLAINED',  1),
    ('SUPPRESSED',          0,  0,  0,  0,  0,  1,  'SUPPRESSED',  1),
    ('RETRIED',             0, -1,  0,  0,  0,  0,  null,          0),
    ('RESOLVED',            0,  0, -1,  0,  0,  0,  'UNKNOWN',    -1),
    ('RESENT',              0,  0, -1,  0,  0,  0,  null,          0),
    ('BOUNCE_RETRIED',      0,  0,  0, -1,  0,  0,  null,          0),
    -- Subtracts the event, too, because the bounce was no failure or is counted again.
    ('BOUNCE_RAISED',       1,  0,  0, -1,  0,  0,  'BOUNCED',    -1),
    ('DELIVERED',           1,  0,  0,  0,  0,  0,  null,          0),
    ('SUPPRESSION_RETRIED', 0,  0,  0,  0,  0, -1,  null,          0),
    ('UNSENT',             -1,  0,  0,  0,  0,  0,  'SENT',       -1)
  ) as e(outcome, sent, failed, unknown, bounced, complained, suppressed, event, events);
