-- Notifications of users about events. A transaction in which something ends appends to
-- notification_events; a task of the workers turns these rows into the notifications of users.

-- Only appended to, without an index besides the key: the end of a message or a job costs one insert, and two
-- transactions never wait for one another.
create table notification_events (
  id bigint generated always as identity primary key,
  organization_id uuid not null,
  user_id text,
  event text not null,
  subject_id uuid not null,
  name text not null,
  detail text,
  at timestamptz not null default now()
);

comment on table notification_events is
  'Events that are not delivered to users yet. The rows are deleted when they are.';
comment on column notification_events.user_id is
  'User of the object, who is notified; null: callers without a user. Some events are for all ADMINs instead.';
comment on column notification_events.event is 'Kind of event: MESSAGE_SENT, JOB_FAILED …';
comment on column notification_events.subject_id is 'Object of the event, of the noun that the event names.';
comment on column notification_events.name is 'Title or kind of the object.';
comment on column notification_events.detail is 'Further text for people; null: none.';
comment on column notification_events.at is 'Time of the event.';

create table notifications (
  id uuid primary key default uuid_v7(),
  organization_id uuid not null,
  user_id text not null,
  event text not null,
  level text not null check (level in ('INFO', 'SUCCESS', 'WARNING', 'ERROR')),
  title text not null,
  body text,
  subject text not null,
  count int not null default 1,
  created_at timestamptz not null,
  last_at timestamptz not null,
  read_at timestamptz,
  in_app boolean not null,
  mail_due boolean not null,
  check (in_app or mail_due)
);

comment on table notifications is
  'Notifications of users. Many events of one kind within an hour share a row. Kept for 90 days.';
comment on column notifications.user_id is 'User; empty: all callers without a user.';
comment on column notifications.event is 'Kind of event: MESSAGE_SENT, JOB_FAILED …';
comment on column notifications.subject is 'TypeID of the object; of several events, of the last one.';
comment on column notifications.count is 'Number of events.';
comment on column notifications.created_at is 'Time of the first event.';
comment on column notifications.last_at is 'Time of the last event.';
comment on column notifications.read_at is 'Time at which the user has read it; null: unread.';
comment on column notifications.in_app is 'Whether it is listed; otherwise it is only mailed.';
comment on column notifications.mail_due is 'Whether it is still to be mailed.';

-- notifications.list: latest first. Also notifications.recent, which reads the last hour.
create index notifications_list on notifications (organization_id, user_id, last_at desc, id desc);
-- notifications.countUnread, on every page of the dashboard, and the list of unread ones.
create index notifications_unread on notifications (organization_id, user_id, last_at desc, id desc)
  where read_at is null and in_app;
-- notifications.dueMails: the few that wait for a mail.
create index notifications_mail on notifications (organization_id, user_id) where mail_due;
-- notifications.prune: the oldest ones.
create index notifications_old on notifications (last_at);

create table notification_users (
  id uuid primary key default uuid_v7(),
  organization_id uuid not null,
  user_id text not null,
  role text not null check (role in ('OPERATOR', 'ADMIN', 'MEMBER')),
  seen_at timestamptz not null default now(),
  settings jsonb not null default '{}',
  email text,
  mailed_at timestamptz,
  mail_number int not null default 0,
  -- notifications.settings, and all writes.
  unique (organization_id, user_id)
);

comment on table notification_users is
  'Users who have followed their notifications or changed their settings: users have no table of their own.';
comment on column notification_users.user_id is 'User; empty: all callers without a user.';
comment on column notification_users.role is 'Role when the user was last seen.';
comment on column notification_users.seen_at is 'Last time the user followed notifications, to the hour.';
comment on column notification_users.settings is
  'By topic: {"JOBS": {"inApp": true, "byMail": false}}. A topic that is absent has its default.';
comment on column notification_users.email is
  'Address for mails; null: for an ADMIN that of the administrators of the organization.';
comment on column notification_users.mailed_at is 'Time of the last mail; null: none.';
comment on column notification_users.mail_number is 'Number of mails, part of the idempotency key of the next.';
