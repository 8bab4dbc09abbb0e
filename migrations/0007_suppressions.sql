-- Addresses that get nothing any more. One row for each reason: who unsubscribed and bounced later, and
-- is taken off for the bounce, is still unsubscribed. No foreign keys: every step of every batch may add.
create table suppressions (
  id uuid primary key default uuid_v7(),
  organization_id uuid not null,
  channel text not null check (channel in ('EMAIL', 'MESSENGER')),
  -- Lower case.
  address text not null,
  reason text not null
    check (reason in ('BOUNCED', 'COMPLAINED', 'REFUSED', 'UNSUBSCRIBED', 'MANUAL')),
  -- The one that told; null when a person did.
  delivery_id uuid,
  created_at timestamptz not null default now()
);

-- suppressions.among, and one row per reason.
create unique index suppressions_address
  on suppressions (organization_id, address, channel, reason);
-- suppressions.list: an organization's list by age.
create index suppressions_list on suppressions (organization_id, id);

-- Keys that no setting gives: made here, once per installation.
create table secrets (
  name text primary key,
  secret bytea not null
);
insert into secrets values
  ('unsubscribe', uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

-- What providers have told: a repeated event has no second effect.
create table provider_events (
  source text not null,
  event_id text not null,
  received_at timestamptz not null default now(),
  primary key (source, event_id)
);

-- providerEvents.prune
create index provider_events_age on provider_events (received_at);

-- Counters only grow: RETRIED takes back a FAILED, RESOLVED an UNKNOWN, BOUNCE_RETRIED a BOUNCED.
-- What BOUNCED or COMPLAINED was SENT before, and counts as that too.
alter table delivery_stats drop constraint delivery_stats_outcome_check;
alter table delivery_stats add constraint delivery_stats_outcome_check check (outcome in
  ('SENT', 'FAILED', 'UNKNOWN', 'BOUNCED', 'COMPLAINED', 'RETRIED', 'RESOLVED', 'BOUNCE_RETRIED'));
