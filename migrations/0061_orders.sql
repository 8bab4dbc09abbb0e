-- Orders of customers, as a shop or a back-office program reports them. Answers to customers are based on them.
create table orders (
  id uuid primary key,
  organization_id uuid not null,
  contact_email text not null,
  number text not null,
  status text not null,
  total_micros bigint not null check (total_micros >= 0),
  currency text not null,
  placed_at timestamptz not null,
  source_updated_at timestamptz not null,
  updated_at timestamptz not null default now(),
  -- orders.upsert: one row per number; orders.erase: rows of an organization.
  unique (organization_id, number)
) with (fillfactor = 80);

-- orders.list, orders.ofContact, orders.erasePerson, and the timeline: orders of an address by time.
create index orders_contact on orders (organization_id, contact_email, placed_at, id);

comment on table orders is 'Orders of customers, as shops and back-office programs report them.';
comment on column orders.contact_email is 'Address of the customer, in its normal form.';
comment on column orders.number is 'Number that the customer knows: "#1001".';
comment on column orders.status is 'State in the words of the source: "paid, unfulfilled".';
comment on column orders.total_micros is 'Total in millionths of the currency.';
comment on column orders.currency is 'ISO 4217.';
comment on column orders.source_updated_at is
  'Time of the reported state; reports of an earlier one change nothing.';
comment on column orders.updated_at is 'Time at which the report was stored.';
