-- Mails of quotes, each a message to one recipient.

-- quoteMails.count of the overview, and quoteMails.failed: messages of quote mails by outcome.
create index messages_quote_mails on messages (organization_id, type, status, retry_rounds)
  where type in ('quote_customer', 'quote_admin');
-- quoteMails.failed and quotes.list with the filter emailFailed: the quote of a failed mail.
create index quotes_customer_delivery on quotes (customer_delivery_id)
  where customer_delivery_id is not null;
create index quotes_admin_delivery on quotes (admin_delivery_id) where admin_delivery_id is not null;
