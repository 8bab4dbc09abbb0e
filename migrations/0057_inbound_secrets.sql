-- Secrets of inbound webhooks: other systems sign their requests to an organization's routes with them.

create table inbound_secrets (
  organization_id uuid not null,
  kind text not null check (kind in ('EMAIL', 'MAILGUN', 'SHOPIFY')),
  secret text not null,
  previous_secret text,
  previous_secret_until timestamptz,
  created_at timestamptz not null default now(),
  created_by text,
  -- inboundRoutes.secrets: by each webhook whose secret this process does not hold in memory.
  primary key (organization_id, kind),
  check ((previous_secret is null) = (previous_secret_until is null))
);

comment on table inbound_secrets is
  'Secrets of the inbound webhooks of organizations. A route without a row here answers 404.';
comment on column inbound_secrets.kind is
  'EMAIL: /webhooks/email; MAILGUN: /webhooks/mailgun; SHOPIFY: /webhooks/shopify/orders.';
comment on column inbound_secrets.secret is 'Current secret, encrypted with SECRET_KEY.';
comment on column inbound_secrets.previous_secret is
  'Replaced secret, accepted as well until previous_secret_until.';
comment on column inbound_secrets.created_at is 'Time at which the current secret was saved.';
comment on column inbound_secrets.created_by is 'User who saved it; null: not known, or erased.';
