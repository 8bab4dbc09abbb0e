-- Mails that an organization got and sent, and the threads of its inbox.
create table threads (
  id uuid primary key,
  organization_id uuid not null,
  subject text not null,
  subject_key text not null,
  contact_email text not null,
  last_message_at timestamptz not null,
  answered boolean not null,
  created_at timestamptz not null default now()
);

comment on table threads is 'Conversations of the inbox: mails between an organization and one other party.';
comment on column threads.subject is 'Subject of the first mail.';
comment on column threads.subject_key is
  'Subject in lower case, without prefixes such as "Re:", by which later mails find the thread; empty: there is none.';
comment on column threads.contact_email is 'Address of the other party, in its normal form.';
comment on column threads.answered is 'Whether no mail of a person waits for an answer.';

-- threads.list: threads that wait for an answer first, then newest first.
create index threads_list on threads (organization_id, ((not answered)::int), last_message_at, id);
-- incomingEmails.locate by subject and sender, threads.list of important contacts, threads.erasePerson, and the timeline.
create index threads_contact on threads (organization_id, contact_email, subject_key, last_message_at);

-- threads.erase: threads of an organization.
create index threads_organization on threads (organization_id, id);

create table emails (
  id uuid primary key,
  organization_id uuid not null,
  thread_id uuid,
  direction text not null check (direction in ('INBOUND', 'OUTBOUND')),
  kind text not null check (kind in ('PERSON', 'AUTO_REPLY', 'BOUNCE', 'LIST', 'OWN', 'FORWARD')),
  message_id text not null,
  in_reply_to text,
  reference_ids text[] not null default '{}',
  from_address text not null,
  from_name text,
  reply_to text,
  to_addresses text[] not null default '{}',
  subject text not null,
  text text not null,
  reply_text text not null,
  html text,
  attachment_count integer not null default 0,
  received_at timestamptz not null,
  delivery_id uuid,
  created_at timestamptz not null default now(),
  -- Imported mails are no part of the inbox. The limit keeps the value below the 1 MB of a tsvector.
  search tsvector generated always as (
    case when thread_id is not null then
      to_tsvector('simple', subject || ' ' || coalesce(from_name, '') || ' ' || from_address || ' '
        || replace(from_address, '@', ' ') || ' ' || coalesce(to_addresses[1], '') || ' '
        || left(text, 20000))
    end
  ) stored
);

comment on table emails is 'Mails of the inbox, and mails that were imported to learn from.';
comment on column emails.thread_id is 'Thread of the inbox; null: the mail was imported to learn from.';
comment on column emails.kind is 'Origin of the mail, which decides whether it gets a suggestion.';
comment on column emails.message_id is
  'Message-ID without angle brackets; derived from the content of a mail that has none.';
comment on column emails.in_reply_to is 'Message-ID of the mail that this one answers; null: none.';
comment on column emails.reference_ids is 'Message-IDs of the header References, oldest first.';
comment on column emails.from_address is 'Address of the sender, in its normal form.';
comment on column emails.reply_to is 'Address for answers if it is not that of the sender.';
comment on column emails.to_addresses is 'Addresses of the recipients, in their normal form.';
comment on column emails.reply_text is 'Text without quotes and signature.';
comment on column emails.html is 'HTML part as it was received; null: none. It is never rendered unchecked.';
comment on column emails.received_at is
  'Time at which the mail arrived or was sent; of an imported mail its own date.';
comment on column emails.delivery_id is 'Delivery that carried the mail; null: Waybill did not send it.';
comment on column emails.search is 'Words that a search of the inbox reads; null: imported.';

-- emails.insert: each mail is stored once. incomingEmails.locate by In-Reply-To and References.
create unique index emails_message_id on emails (organization_id, message_id);
-- incomingEmails.locate: other answers to the same mail, and answers that arrived before the mail.
create index emails_in_reply_to on emails (organization_id, in_reply_to)
  where in_reply_to is not null and thread_id is not null;
-- incomingEmails.locate: answers to a mail that Waybill sent.
create index emails_delivery on emails (delivery_id) where delivery_id is not null;
-- emails.ofThread: mails of a thread by age.
create index emails_thread on emails (thread_id, received_at, id) where thread_id is not null;
-- emails.erase: mails of an organization.
create index emails_organization on emails (organization_id, id);
-- The timeline of a contact, and emails.erasePerson: mails from an address, and to it.
create index emails_from on emails (organization_id, from_address, id);
create index emails_to on emails using gin (to_addresses);
-- threads.list with a search.
create index emails_search on emails using gin (search) where thread_id is not null;
