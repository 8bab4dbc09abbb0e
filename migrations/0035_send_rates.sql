-- Each process appends the messages that a provider accepted every few seconds; rows of two minutes are kept.
create table provider_acceptances (
  provider_id uuid not null,
  accepted_at timestamptz not null default now(),
  accepted int not null
);

comment on table provider_acceptances is
  'Messages that a provider accepted from one process in some seconds, for its present rate.';

-- providers.sendRates: the last minute of a provider.
create index provider_acceptances_recent on provider_acceptances (provider_id, accepted_at);
