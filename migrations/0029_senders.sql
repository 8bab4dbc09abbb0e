-- Each organization has its own sender and settings. A message keeps the sender that it was accepted with.
alter table organizations
  add column from_address text,
  add column from_name text,
  add column reply_to text,
  add column admin_email text,
  add column timezone text not null default 'UTC',
  add column deleting_since timestamptz,
  add check (from_name is null or from_address is not null);

comment on column organizations.from_address is 'Sender of its mails; null: MAIL_FROM.';
comment on column organizations.reply_to is 'Address for replies; null: the sender.';
comment on column organizations.admin_email is 'Address for mails to its administrators; null: none.';
comment on column organizations.timezone is 'IANA time zone.';
comment on column organizations.deleting_since is
  'Start of the deletion of its rows; null: not being deleted. Callers do not find it from then on.';

alter table messages
  add column from_address text,
  add column from_name text,
  add column reply_to text,
  add check (from_name is null or from_address is not null);

comment on column messages.from_address is
  'Sender of its mails, its own or that of the organization when it was accepted; null: MAIL_FROM.';
comment on column messages.reply_to is 'Address for replies; null: the sender.';
