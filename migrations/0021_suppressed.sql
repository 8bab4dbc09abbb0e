-- SUPPRESSED is a state of its own: the recipient is on the suppression list, so that no attempt was made.
--
-- One scan of `deliveries` checks the constraints, and two fill the new indexes. Everything else is
-- proportional to the deliveries that are converted, which a temporary table lists on disk. Measured on
-- PostgreSQL 15: 27 s for 2,000,000 deliveries of which 100,000 are converted, on two busy cores.
--
-- A suppressed attempt that another kind of attempt followed stays in the history, because the attempts and
-- counters after it are numbered from it.
alter table deliveries
  add column suppression_reason text
    check (suppression_reason in ('BOUNCED', 'COMPLAINED', 'REFUSED', 'UNSUBSCRIBED', 'MANUAL')),
  drop constraint deliveries_status_check,
  add constraint deliveries_status_check check (status in
    ('PENDING', 'SENT', 'FAILED', 'UNKNOWN', 'BOUNCED', 'COMPLAINED', 'SUPPRESSED')),
  add constraint deliveries_suppression_reason_status_check
    check ((status = 'SUPPRESSED') = (suppression_reason is not null));

comment on column deliveries.suppression_reason is
  'SUPPRESSED: reason of the entry in the suppression list; null otherwise.';

-- deliveries.list by status SUPPRESSED: of a message, and across messages. Without an index, a page would read
-- the whole message or organization, because few recipients are suppressed. A success is not in them before
-- and after, and stays a HOT update.
create index deliveries_suppressed on deliveries (message_id, n) where suppression_reason is not null;
create index deliveries_suppressed_list on deliveries (organization_id, id)
  where suppression_reason is not null;

alter table delivery_stats
  drop constraint delivery_stats_outcome_check,
  add constraint delivery_stats_outcome_check check (outcome in
    ('SENT', 'FAILED', 'UNKNOWN', 'BOUNCED', 'COMPLAINED', 'SUPPRESSED', 'RETRIED', 'RESOLVED',
      'RESENT', 'BOUNCE_RETRIED', 'BOUNCE_RAISED', 'DELIVERED', 'SUPPRESSION_RETRIED'));

comment on column delivery_stats.outcome is
  'SENT, FAILED, UNKNOWN, BOUNCED, COMPLAINED, DELIVERED and SUPPRESSED add deliveries to a state; '
  'RETRIED, RESOLVED, RESENT, BOUNCE_RETRIED, BOUNCE_RAISED and SUPPRESSION_RETRIED subtract them; '
  'outcome_effects has the effect of each.';
comment on column delivery_stats.attempt is
  'Number of the attempt that had the outcome; SUPPRESSED: number of attempts before, because it is none.';
comment on column delivery_stats.error_type is 'Empty for SENT and SUPPRESSED.';

-- The effects as in migration 0019, with SUPPRESSED. They have a view of their own, so that analytics can sum
-- the counters by outcome before the join, which costs as little as reading the counters alone.
create view outcome_effects as
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
    ('SUPPRESSION_RETRIED', 0,  0,  0,  0,  0, -1,  null,          0)
  ) as e(outcome, sent, failed, unknown, bounced, complained, suppressed, event, events);

comment on view outcome_effects is
  'Effect of one counted outcome: change of the number of deliveries by state, and of the events of its minute.';

create or replace view delivery_counters as
  select s.organization_id, s.message_id, s.batch_id, s.minute, s.attempt, s.error_type, s.retryable,
    s.n * e.sent as sent, s.n * e.failed as failed, s.n * e.unknown as unknown,
    s.n * e.bounced as bounced, s.n * e.complained as complained,
    s.n * (e.sent + e.failed + e.unknown + e.bounced + e.complained + e.suppressed) as ended,
    e.event, s.n * e.events as events, s.n * e.suppressed as suppressed
  from delivery_stats s join outcome_effects e on e.outcome = s.outcome;

-- Until now a suppressed recipient was FAILED with the code SUPPRESSED, after an attempt of its own. One row
-- for each of these attempts, unless another kind of attempt followed; `base` attempts were made before.
create temporary table converted on commit drop as
  select d.id, d.organization_id, d.message_id, d.status, a.tries, a.attempt,
    min(a.attempt) over (partition by d.id) - 1 as base,
    b.id as batch_id, s.minute, r.batch_id as retry_batch_id, r.minute as retry_minute,
    coalesce(
      -- The order of precedence of new ones, see findSuppressed().
      (select reason from suppressions
       where organization_id = d.organization_id and channel = m.channel
         and address = lower(normalize(d.address)) and (reason <> 'UNSUBSCRIBED' or m.unsubscribable)
       order by array_position(
         array['COMPLAINED', 'UNSUBSCRIBED', 'BOUNCED', 'REFUSED', 'MANUAL'], reason) limit 1),
      -- The entry was removed. MANUAL claims nothing about the recipient or the address.
      'MANUAL') as reason
  from deliveries d
    join messages m on m.id = d.message_id
    join delivery_attempts a on a.delivery_id = d.id and a.error_code = 'SUPPRESSED'
      and not exists (select from delivery_attempts where delivery_id = d.id and tries > a.tries
        and error_code is distinct from 'SUPPRESSED')
    join batches b on b.message_id = d.message_id and b.number = case
      when d.status = 'FAILED' and a.tries = d.tries then d.batch_number
      -- Retried since: the last batch that had started by then.
      else (select max(number) from batches where message_id = d.message_id and number < d.batch_number
        and (d.n between lo and hi or d.n = any(picked)) and started_at <= a.finished_at) end
    -- The counter of the attempt's minute; migration 0008 has moved older ones to the start of their day.
    left join lateral (select minute from delivery_stats
      where batch_id = b.id and attempt = a.attempt and outcome = 'FAILED'
        and error_type = 'INVALID_RECIPIENT' and not retryable and minute <= a.finished_at
      order by minute desc limit 1) s on true
    -- The counter of the retry, which is in the first batch of the next round of this recipient.
    left join lateral (select r.batch_id, r.minute
      from batches next join batches f on f.message_id = next.message_id and f.round = next.round
        join delivery_stats r on r.batch_id = f.id and r.attempt = a.attempt and r.outcome = 'RETRIED'
          and r.error_type = 'INVALID_RECIPIENT' and not r.retryable
      where next.message_id = d.message_id and next.number > b.number and next.number <= d.batch_number
        and d.n = any(next.picked)
      order by next.number, f.number limit 1) r on true
  where d.status in ('FAILED', 'PENDING') and d.error_type = 'INVALID_RECIPIENT'
    and d.error_code = 'SUPPRESSED';
analyze converted;

delete from delivery_attempts a using converted c where a.delivery_id = c.id and a.tries = c.tries;

-- PENDING: a person has retried it. updated_at is kept, because the retention begins there.
update deliveries d set status = case d.status when 'FAILED' then 'SUPPRESSED' else d.status end,
  suppression_reason = case d.status when 'FAILED' then c.reason end,
  attempt = c.base, tries = d.tries - c.undone,
  error_type = null, error_code = null, error_message = null, failed_at = null,
  provider = last.provider, last_attempt_at = last.finished_at
from (select id, base, min(reason) as reason, count(*) as undone from converted group by 1, 2) c
  left join lateral (
    select provider, finished_at from delivery_attempts
    where delivery_id = c.id order by tries desc limit 1) last on true
where d.id = c.id;

-- The same batch and minute have counted the failures and retries, so that they are subtracted there.
insert into delivery_stats as x (organization_id, message_id, batch_id, minute, attempt, outcome,
  error_type, retryable, n)
select organization_id, message_id, o.batch_id, o.minute, o.attempt, o.outcome, o.error_type, false,
  sum(o.n)
from converted c, lateral (values
    (batch_id, minute, attempt, 'FAILED', 'INVALID_RECIPIENT', -1),
    (batch_id, minute, base, 'SUPPRESSED', '', 1),
    (retry_batch_id, retry_minute, attempt, 'RETRIED', 'INVALID_RECIPIENT', -1),
    (retry_batch_id, retry_minute, base, 'SUPPRESSION_RETRIED', '', 1)
  ) as o(batch_id, minute, attempt, outcome, error_type, n)
where o.minute is not null
group by 1, 2, 3, 4, 5, 6, 7
on conflict (batch_id, minute, attempt, outcome, error_type, retryable)
  do update set n = x.n + excluded.n;
delete from delivery_stats where n = 0;

-- The rule of messages.finish.
update messages m set status = s.status, updated_at = now()
from (
  select c.message_id, case
    when sum(sent + complained + suppressed) = max(m.recipient_count) then 'SENT'
    when sum(sent + complained) > 0 then 'PARTIALLY_SENT' else 'FAILED' end as status
  from delivery_counters c join messages m on m.id = c.message_id
  where c.message_id in (select message_id from converted)
  group by 1) s
where m.id = s.message_id and m.status in ('PARTIALLY_SENT', 'FAILED') and m.status <> s.status;

-- A suppressed delivery is kept as long as a sent one.
create or replace function prune_deliveries(organization uuid, before timestamptz, after uuid, step int,
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
        or d.status = 'SUPPRESSED' and d.updated_at < before
        or d.status = 'PENDING' and m.status = 'CANCELLED' and m.finished_at < before
          -- What was in flight is still to be recorded.
          and not exists (select from batches where message_id = m.id and finished_at is null))
    returning d.id
  ),
  attempts as (delete from delivery_attempts where delivery_id = any(array(select id from gone)))
  select (select count(*) from gone)::int,
    (select case when min(created_at) < before then (array_agg(id order by id desc))[1] end from page)
$$;

comment on function prune_deliveries(uuid, timestamptz, uuid, int) is
  'Deletes one step of old SENT, SUPPRESSED and cancelled deliveries of ended messages; counters stay.';
comment on procedure cleanup_old_deliveries(int) is
  'Deletes SENT, SUPPRESSED and cancelled deliveries of ended messages older than that many days, in steps.';
