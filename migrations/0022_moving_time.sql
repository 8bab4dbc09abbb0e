-- A message's sending rate is the number of deliveries that ended, divided by the time in which attempts were
-- made. Time alone does not tell it: a message also waits for providers, its next attempt and other messages.
alter table messages
  drop column pass_started_at,
  drop column pass_ended_count,
  add column moving_ms float8 not null default 0,
  add column moved_count int not null default 0,
  add column moved_at timestamptz;

comment on column messages.moving_ms is
  'Time of the current pass in which deliveries were attempted, in milliseconds, without waits.';
comment on column messages.moved_count is 'Deliveries that ended in the time of moving_ms.';
comment on column messages.moved_at is 'Time until which moving_ms is counted; null: nothing is counted yet.';
