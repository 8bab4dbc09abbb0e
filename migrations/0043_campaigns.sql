-- Campaigns: mails that contacts get by themselves, at their sign-up or at a date.
create table campaigns (
  id uuid primary key,
  organization_id uuid not null,
  message_id uuid not null,
  type text not null,
  trigger text not null check (trigger in ('SIGNUP', 'DATE')),
  send_at timestamptz,
  timezone text,
  enabled boolean not null,
  send_to_late_contacts boolean not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check ((trigger = 'DATE') = (send_at is not null))
);

comment on table campaigns is 'Mails that contacts get at their sign-up or at a date. Name and content are those of its message.';
comment on column campaigns.message_id is 'Message whose recipients are the enrolled contacts; open while the campaign is enabled.';
comment on column campaigns.send_at is 'DATE: time from which its mails are sent; null otherwise.';
comment on column campaigns.timezone is 'IANA time zone in which send_at was given; null: given as an instant.';
comment on column campaigns.send_to_late_contacts is
  'Whether contacts get a mail of trigger DATE that were created after send_at.';

-- campaigns.findSame: a type has one campaign per date, and one at sign-up.
create unique index campaigns_type_date on campaigns (organization_id, type, send_at) nulls not distinct;
-- campaigns.list: campaigns of an organization by age.
create index campaigns_list on campaigns (organization_id, id);

-- The primary key is what sends a campaign to a contact once. No foreign keys, because they would lock the row of
-- the campaign for each contact.
create table enrolments (
  campaign_id uuid not null,
  contact_id uuid not null,
  organization_id uuid not null,
  n int,
  created_at timestamptz not null default now(),
  primary key (campaign_id, contact_id)
);

comment on table enrolments is
  'Contacts that get the mail of a campaign, or have got it already. Kept when the delivery is pruned.';
comment on column enrolments.n is
  'Position of the delivery in the message of the campaign; null: the contact got the mail from another sender.';

-- campaigns.cut: the contacts of the next deliveries.
create index enrolments_position on enrolments (campaign_id, n) where n is not null;
-- campaigns.eraseContact
create index enrolments_contact on enrolments (contact_id);

alter table messages
  add column campaign_id uuid,
  add column open boolean not null default false,
  add column last_batch int not null default 0,
  add column content_version int not null default 1;

comment on column messages.campaign_id is 'Campaign that adds the recipients; null: none.';
comment on column messages.open is 'Whether recipients may be added: an open message does not end.';
comment on column messages.last_batch is
  'Number of the last batch of a message with a campaign, whose batches do not begin at multiples of 100.';
comment on column messages.content_version is 'Increased by each change of content or sender, for caches.';

-- campaigns.due: a few rows per enabled campaign.
create index messages_open on messages (send_at) where open;
-- campaigns.waiting: messages with a campaign, of an organization.
create index messages_campaign on messages (organization_id) where campaign_id is not null;

-- Settings of the cycle that starts what is due, and its last result. One row.
create table processor (
  singleton boolean primary key default true check (singleton),
  batch_size int not null default 100 check (batch_size between 1 and 10000),
  last_cycle_at timestamptz,
  last_cycle jsonb not null default '[]'
);
insert into processor default values;

comment on table processor is 'Settings and last result of the cycle of campaigns; a single row.';
comment on column processor.batch_size is 'Maximum number of mails per type that are queued before the next type.';
comment on column processor.last_cycle is 'Mails that the last cycle queued: list of organizationId, type and count.';

-- As in migration 0021, and for open messages, too: they have no end.
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
      and (m.finished_at is not null or m.open)
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
