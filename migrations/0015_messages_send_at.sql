-- no transaction
-- For messages.list in the order SEND_AT_DESC, which sorted all messages of the organization for each page.
-- Without the id, which an incremental sort adds: with it, the planner could take this index for a lookup
-- by id while the table is small, and keep that plan.
-- Dropped first, because an interrupted attempt leaves an invalid index.
drop index concurrently if exists messages_send_at;
create index concurrently messages_send_at
  on messages (organization_id, coalesce(send_at, created_at));
