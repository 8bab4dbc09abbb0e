-- What came back for now failed too, and another attempt may mend it.
create or replace view failed_deliveries_summary as
  select m.organization_id, d.message_id, m.title, d.error_type,
    count(*) as failed_count,
    count(*) filter (where d.retryable and d.attempt < m.max_attempts) as retryable_count,
    min(d.failed_at) as first_failed_at, max(d.failed_at) as last_failed_at
  from deliveries d join messages m on m.id = d.message_id
  where d.status in ('FAILED', 'BOUNCED') and d.error_type is not null
  group by m.organization_id, d.message_id, m.title, d.error_type;

create or replace function retryable_recipients(message_id uuid, max_attempts int)
  returns table (delivery_id uuid, recipient_address text, recipient_name text, attempt_count int,
    error_type text, error_code text, error_message text, failed_at timestamptz)
  language sql stable as $$
  select d.id, d.address, d.name, d.attempt::int, d.error_type, d.error_code, d.error_message,
    d.failed_at
  from deliveries d join messages m on m.id = d.message_id
  where d.message_id = retryable_recipients.message_id and d.status in ('FAILED', 'BOUNCED')
    and d.retryable and d.error_type is not null
    and d.attempt < retryable_recipients.max_attempts and m.status <> 'CANCELLED'
  order by d.n
$$;
