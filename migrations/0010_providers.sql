-- The services that take our messages: of the whole installation, made by the processes that are told
-- of them. One that no setting names any more stays, for the messages that were paused because of it.
create table providers (
  id uuid primary key default uuid_v7(),
  channel text not null check (channel in ('EMAIL', 'MESSENGER')),
  -- Host and port, or "messenger".
  name text not null,
  enabled boolean not null default true,
  -- Sealed (JWE, RFC 7516); null: those of the settings.
  credentials text,
  -- Messages per second of all processes together, by the settings; and what stands in its place.
  configured_limit float8 check (configured_limit > 0),
  limit_override float8 check (limit_override > 0),
  -- The circuit, one for all processes.
  state text not null default 'CLOSED' check (state in ('CLOSED', 'OPEN', 'HALF_OPEN')),
  since timestamptz not null default now(),
  -- One more with each change: what was begun before it neither opens nor closes the circuit.
  epoch int not null default 0,
  -- How often it has opened since it was last closed.
  openings int not null default 0,
  -- OPEN: from when one message may try it. HALF_OPEN: until when that one has time.
  retry_at timestamptz,
  error_type text,
  error_code text,
  error_message text,
  -- The error is one that a person must mend.
  error_pauses boolean not null default false,
  -- providers.register: one row for all processes.
  unique (channel, name),
  check ((state = 'CLOSED') = (retry_at is null))
);

-- Apart from the circuits: written some 20 times a second by each process that sends under a limit.
create table provider_paces (
  provider_id uuid primary key references providers,
  -- When the next message may go out.
  next_at timestamptz not null default '-infinity'
);

-- Those because of which it is paused; all of them are to be mended by a person.
alter table messages add column pause_provider_ids uuid[];

-- messages.pausedFor: few are paused.
create index messages_paused on messages (id) where status = 'PAUSED';

-- What other providers said before, and what a throttled recipient is put off for, uses up no attempt.
alter table delivery_attempts add column counted boolean not null default true;
update delivery_attempts a set counted = false
  where attempt = 0 or exists (select from delivery_attempts b
    where b.delivery_id = a.delivery_id and b.attempt = a.attempt and b.tries < a.tries);

-- How often the recipient was throttled since its last attempt that counted.
alter table deliveries add column deferrals smallint not null default 0;

-- What a worker says of itself: slots by lane, and what it began since the renewal before.
alter table workers
  -- Not jsonb, which would forget their order.
  add lanes json not null default '{}',
  add last_cycle jsonb,
  add last_cycle_at timestamptz;
