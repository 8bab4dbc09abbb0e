-- How the recipients of an audience are reached: what is an address depends on it.
alter table audiences add column channel text not null default 'EMAIL'
  check (channel in ('EMAIL', 'MESSENGER'));
