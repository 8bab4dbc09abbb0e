-- The style of most mails is stored, instead of that of the last batch.
alter table writing_styles
  add column tone_votes integer not null default 0,
  add column greeting_votes integer not null default 0,
  add column sign_off_votes integer not null default 0,
  add column language_votes integer not null default 0;

comment on column writing_styles.tone_votes is
  'Counter of the majority vote of Boyer and Moore: mails with this value count for it, all others against it.';
comment on column writing_styles.greeting_votes is 'As tone_votes.';
comment on column writing_styles.sign_off_votes is 'As tone_votes.';
comment on column writing_styles.language_votes is 'As tone_votes.';
