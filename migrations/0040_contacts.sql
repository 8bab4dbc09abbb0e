-- Contacts: people whom an organization sends to, on any channel. An address has at most one contact.
create table contacts (
  id uuid primary key default uuid_v7(),
  organization_id uuid not null,
  email text,
  email_key text,
  psid text,
  name text,
  vip boolean not null default false,
  variables jsonb not null default '{}',
  registered_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  erasing_since timestamptz,
  search_text text collate "C" not null generated always as
    (lower(coalesce(email_key, '') || ' ' || coalesce(name, '') || ' ' || coalesce(psid, ''))) stored,
  check (email is not null or psid is not null),
  check ((email is null) = (email_key is null))
);

comment on table contacts is
  'People whom an organization sends to. Whether they have unsubscribed is in the suppression list.';
comment on column contacts.email is 'Email address as it was given; null: none.';
comment on column contacts.email_key is
  'Email address as the suppression list has it: the same for all spellings.';
comment on column contacts.psid is 'Page-scoped id on Messenger; null: none.';
comment on column contacts.vip is 'Whether people have marked the contact as important.';
comment on column contacts.variables is 'Values of template variables, by name.';
comment on column contacts.registered_at is 'Time of the first sign-up; null: imported only.';
comment on column contacts.erasing_since is
  'Time of eraseContact; null otherwise. The row is hidden from then on, and deleted as the last one.';
comment on column contacts.search_text is 'Texts that the search covers, in lower case.';

-- contacts.upsert: one contact per address. contacts.search: the beginning of an address.
create unique index contacts_email on contacts (organization_id, email_key text_pattern_ops)
  where erasing_since is null;
create unique index contacts_psid on contacts (organization_id, psid text_pattern_ops)
  where psid is not null and erasing_since is null;
-- contacts.list, and planning a message to all contacts: contacts of an organization by age.
create index contacts_list on contacts (organization_id, id) where erasing_since is null;
-- contacts.list of the few important contacts.
create index contacts_vip on contacts (organization_id, id) where vip and erasing_since is null;
-- contacts.findErasing: the few rows that are being erased.
create index contacts_erasing on contacts (organization_id, id) where erasing_since is not null;
