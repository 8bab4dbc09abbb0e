-- A token of Mailgun is valid for one content, because its signature does not cover the content.
alter table provider_events add column content text;

comment on column provider_events.source is
  'Webhook that received the event: dsn, mailgun or ses; mailgun.token: event_id is the token of a signature.';
comment on column provider_events.content is
  'Only content for which a token is accepted: id of an event, or digest of a mail; null: an event, or a token of before.';
