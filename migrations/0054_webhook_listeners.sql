-- Programs that get the events of an organization over a subscription, instead of a webhook endpoint.

create table webhook_listeners (
  id uuid primary key,
  organization_id uuid not null,
  expires_at timestamptz not null
);

-- webhooks.listen: number of listeners of an organization; webhooks.eraseListeners.
create index webhook_listeners_organization on webhook_listeners (organization_id, id);

comment on table webhook_listeners is
  'Open subscriptions webhookCallsForwarded. Each has an outbox like an endpoint, which the process of the '
  'subscription reads and deletes.';
comment on column webhook_listeners.expires_at is
  'Renewed while the subscription is open. Afterwards the process has died, and the outbox is deleted.';
