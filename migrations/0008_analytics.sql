-- By the minute instead of by the day: series by minute and hour, and days of any time zone, are sums of
-- these. A batch takes seconds, so that there are hardly more rows, and sending costs what it did.
alter table delivery_stats add column minute timestamptz;
update delivery_stats set minute = day at time zone 'UTC';
alter table delivery_stats drop column day;
alter table delivery_stats alter column minute set not null,
  add primary key (batch_id, minute, attempt, outcome, error_type, retryable);

-- analytics.*: an organization's counters over a time.
create index delivery_stats_minute on delivery_stats (organization_id, minute);

-- deliveries.list of errors across messages. A success is not in here before and after: still HOT.
create index deliveries_failed on deliveries (organization_id, id) where error_type is not null;
-- deliveries.list by the time of failure, which a success does not have either.
create index deliveries_failed_at on deliveries
  (organization_id, coalesce(failed_at, '-infinity'), id) where error_type is not null;

-- For those who look with SQL: what failed, by message and kind of failure.
create view failed_deliveries_summary as
  select m.organization_id, d.message_id, m.title, d.error_type,
    count(*) as failed_count,
    count(*) filter (where d.retryable and d.attempt < m.max_attempts) as retryable_count,
    min(d.failed_at) as first_failed_at, max(d.failed_at) as last_failed_at
  from deliveries d join messages m on m.id = d.message_id
  where d.status = 'FAILED' and d.error_type is not null
  group by m.organization_id, d.message_id, m.title, d.error_type;

-- Those of a message that another attempt may mend, and what happened last.
create function retryable_recipients(message_id uuid, max_attempts int)
  returns table (delivery_id uuid, recipient_address text, recipient_name text, attempt_count int,
    error_type text, error_code text, error_message text, failed_at timestamptz)
  language sql stable as $$
  select d.id, d.address, d.name, d.attempt::int, d.error_type, d.error_code, d.error_message,
    d.failed_at
  from deliveries d join messages m on m.id = d.message_id
  where d.message_id = retryable_recipients.message_id and d.status = 'FAILED' and d.retryable
    and d.error_type is not null and d.attempt < retryable_recipients.max_attempts
    and m.status <> 'CANCELLED'
  order by d.n
$$;

-- One bounded step through the deliveries by age: of messages that have ended, removes what was sent
-- before then, or was cancelled before then. What failed or is unknown stays, and so do the counters.
-- `last` is where the next step begins; null: the rest is younger.
create function prune_deliveries(organization uuid, before timestamptz, after uuid, step int,
  out pruned int, out last uuid)
  language sql as $$
  with page as materialized (
    select id, created_at from deliveries
    where id > after and (organization is null or organization_id = organization)
    order by id limit step
  ),
  gone as (
    delete from deliveries d using messages m
    where d.id = any(array(select id from page)) and m.id = d.message_id
      and m.finished_at is not null
      and (d.status = 'SENT' and d.sent_at < before
        or d.status = 'PENDING' and m.status = 'CANCELLED' and m.finished_at < before
          -- What was in flight is still to be recorded.
          and not exists (select from batches where message_id = m.id and finished_at is null))
    returning d.id
  ),
  attempts as (delete from delivery_attempts where delivery_id = any(array(select id from gone)))
  select (select count(*) from gone)::int,
    (select case when min(created_at) < before then (array_agg(id order by id desc))[1] end from page)
$$;

-- The same to the end, of all organizations: call cleanup_old_deliveries(90).
create procedure cleanup_old_deliveries(days int) language plpgsql as $$
declare
  before timestamptz := now() - make_interval(days => days);
  after uuid := '00000000-0000-0000-0000-000000000000';
begin
  if days is null or days < 0 then
    raise exception 'Cannot clean up deliveries: days must be 0 or more, got %', days;
  end if;
  while after is not null loop
    select p.last into after from prune_deliveries(null, before, after, 1000) p;
    commit;
  end loop;
end
$$;
