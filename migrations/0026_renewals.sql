-- One row: the period in which the database has taken renewals of leases. After an outage of the database the
-- leases of living workers have expired, too, so that only a worker that did not renew for a lease although
-- others did is dead.
create table renewals (
  singleton boolean primary key default true check (singleton),
  last_at timestamptz not null,
  since timestamptz not null
) with (fillfactor = 50);

comment on table renewals is
  'One row: the period in which the database has taken renewals of leases without a gap.';
comment on column renewals.last_at is 'Last renewal of any worker, to within half a second.';
comment on column renewals.since is 'Start of the period without a gap over 5 s between two renewals.';

insert into renewals (last_at, since) values (clock_timestamp(), clock_timestamp());
