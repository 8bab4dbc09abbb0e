-- A provider's report of delivery is kept, because a delivered mail must never be sent again automatically.
alter table deliveries add column delivered_at timestamptz;

comment on column deliveries.delivered_at is
  'Time a provider reported that the recipient''s server has accepted the mail; null: no report.';
