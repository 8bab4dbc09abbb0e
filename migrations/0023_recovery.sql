-- A provider that works again continues what waits for it, even if its process ends before that.
alter table providers
  add column recovered boolean not null default false,
  add column fingerprint text,
  add column failed_fingerprint text;

comment on column providers.recovered is
  'The provider works again, and the messages that were paused for it are not resumed yet.';
comment on column providers.fingerprint is
  'scrypt of the settings of the process that started last; null: none has started since this column exists.';
comment on column providers.failed_fingerprint is
  'fingerprint of the process that opened the circuit; null: CLOSED, or an operator''s credentials failed.';
