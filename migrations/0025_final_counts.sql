-- The counters of an ended message are summed up once. A later bounce adds to these sums, because the counters
-- of a message of 1,000,000 recipients are 10,000 rows and more.
alter table messages
  add column sent_count int not null default 0,
  add column suppressed_count int not null default 0;

comment on column messages.sent_count is
  'SENT and COMPLAINED deliveries; kept only while the status is SENT, PARTIALLY_SENT or FAILED.';
comment on column messages.suppressed_count is
  'SUPPRESSED deliveries; kept only while the status is SENT, PARTIALLY_SENT or FAILED.';

update messages m set sent_count = c.sent, suppressed_count = c.suppressed
from (
  select message_id, sum(sent + complained) as sent, sum(suppressed) as suppressed
  from delivery_counters group by 1) c
where m.id = c.message_id and m.status in ('SENT', 'PARTIALLY_SENT', 'FAILED');
