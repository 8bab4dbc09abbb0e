-- search.byText looks up the beginnings of addresses, which an index in the order of the database's collation
-- cannot do. These indexes replace those that serve equality only, so that no row has one more.
drop index deliveries_address;
-- With the organization, so that the deliveries of others to the same addresses are skipped within the index.
create unique index deliveries_address
  on deliveries (lower(address) text_pattern_ops, organization_id, message_id);

drop index audience_recipients_address;
create unique index audience_recipients_address
  on audience_recipients (lower(address) text_pattern_ops, (audience_id::text));

drop index suppressions_address;
create unique index suppressions_address
  on suppressions (organization_id, address text_pattern_ops, channel, reason);
