-- Of a message that was cancelled nothing is tried again, as retryable_recipients has it.
create or replace view failed_deliveries_summary as
  select m.organization_id, d.message_id, m.title, d.error_type,
    count(*) as failed_count,
    count(*) filter (where d.retryable and d.attempt < m.max_attempts and m.status <> 'CANCELLED')
      as retryable_count,
    min(d.failed_at) as first_failed_at, max(d.failed_at) as last_failed_at
  from deliveries d join messages m on m.id = d.message_id
  where d.status in ('FAILED', 'BOUNCED') and d.error_type is not null
  group by m.organization_id, d.message_id, m.title, d.error_type;
