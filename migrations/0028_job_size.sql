-- The part of a worker slot that a job uses. A lane of 4 slots then sends 400 batches of one recipient at a
-- time, or 4 of 100.
alter table jobs add column size smallint not null default 100 check (size between 1 and 100);

comment on column jobs.size is
  'Part of a worker slot that the job uses, in percent; SEND_BATCH: the number of recipients.';
