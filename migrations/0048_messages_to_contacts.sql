-- Messages to all contacts: planning copies them in the order of their ids, so that it holds none in memory.
alter table messages
  add column contact_selection text check (contact_selection in ('ACTIVE', 'VIP')),
  add column contacts_after uuid;

comment on column messages.contact_selection is
  'Contacts that are its recipients: all active ones, or those of them that are marked as important. Null: it has '
  'inline recipients or an audience.';
comment on column messages.contacts_after is
  'Last contact that has a delivery; planning continues after it. Null: none yet.';
comment on column messages.recipient_count is
  'Number of recipients without duplicates; of a message to contacts an estimate until it is planned.';
