-- The effect of every recorded outcome, in one place. Each row of delivery_stats counts n deliveries of
-- one outcome; this view maps the outcome to changes of the message's counters.
--
-- sent, failed, unknown, bounced, complained: change of the number of deliveries in that state; ended: sum
-- of the five. A retry subtracts the delivery from its state.
-- event, events: change of the number of events in that minute by that attempt. A retry does not subtract a
-- failure, but a correction does: RESOLVED subtracts an UNKNOWN whose mail had arrived, BOUNCE_RAISED a
-- BOUNCED that is counted again with its final reason.
create view delivery_counters as
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
    ('BOUNCE_RAISED',   1,  0,  0, -1,  0,  'BOUNCED',    -1)
  ) as e(outcome, sent, failed, unknown, bounced, complained, event, events) on e.outcome = s.outcome;

comment on view delivery_counters is
  'Counters of deliveries by message, batch, minute, attempt and error type: sum the columns.';
