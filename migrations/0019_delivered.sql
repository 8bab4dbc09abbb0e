-- A provider's report of delivery is kept, because a delivered mail must never be sent again automatically.
alter table deliveries add column delivered_at timestamptz;

comment on column deliveries.delivered_at is
  'Time a provider reported that the mail arrived, for the attempts since a person last requested one; '
  'null: no report.';

-- DELIVERED adds a delivery to SENT that was FAILED, or PENDING for another attempt, when the report came.
-- Its attempts are counted already, so that it adds no event.
alter table delivery_stats drop constraint delivery_stats_outcome_check;
alter table delivery_stats add constraint delivery_stats_outcome_check check (outcome in
  ('SENT', 'FAILED', 'UNKNOWN', 'BOUNCED', 'COMPLAINED', 'RETRIED', 'RESOLVED', 'RESENT',
    'BOUNCE_RETRIED', 'BOUNCE_RAISED', 'DELIVERED'));

-- As in 0016, with DELIVERED.
create or replace view delivery_counters as
  select s.organization_id, s.message_id, s.batch_id, s.minute, s.attempt, s.error_type, s.retryable,
    s.n * e.sent as sent, s.n * e.failed as failed, s.n * e.unknown as unknown,
    s.n * e.bounced as bounced, s.n * e.complained as complained,
    s.n * (e.sent + e.failed + e.unknown + e.bounced + e.complained) as ended,
    e.event, s.n * e.events as events
  from delivery_stats s join (values
    ('SENT',            1,  0,  0,  0,  0,  'SENT',        1),
    ('FAILED',          0,  1,  0,  0,  0,  'FAILED',      1),
    ('UNKNOWN',         0,  0,  1,  0,  0,  'UNKNOWN',     1),
    ('BOUNCED',        -1,  0,  0,  1,  0,  'BOUNCED',     1),
    ('COMPLAINED',     -1,  0,  0,  0,  1,  'COMPLAINED',  1),
    ('RETRIED',         0, -1,  0,  0,  0,  null,          0),
    ('RESOLVED',        0,  0, -1,  0,  0,  'UNKNOWN',    -1),
    ('RESENT',          0,  0, -1,  0,  0,  null,          0),
    ('BOUNCE_RETRIED',  0,  0,  0, -1,  0,  null,          0),
    -- Subtracts the event, too, because the bounce was no failure or is counted again.
    ('BOUNCE_RAISED',   1,  0,  0, -1,  0,  'BOUNCED',    -1),
    ('DELIVERED',       1,  0,  0,  0,  0,  null,          0)
  ) as e(outcome, sent, failed, unknown, bounced, complained, event, events) on e.outcome = s.outcome;

comment on column delivery_stats.outcome is
  'SENT, FAILED, UNKNOWN, BOUNCED, COMPLAINED and DELIVERED add deliveries to a state; RETRIED, RESOLVED, '
  'RESENT, BOUNCE_RETRIED and BOUNCE_RAISED subtract them; delivery_counters has the effect of each.';
