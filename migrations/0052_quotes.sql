-- Quotes: requests of customers, and the estimates that the language model makes of them.
create table quotes (
  id uuid primary key,
  organization_id uuid not null,
  contact_id uuid not null,
  customer_name text not null,
  customer_email text not null,
  request text not null,
  idempotency_key text,
  status text not null default 'PENDING'
    check (status in ('PENDING', 'AI_PROCESSING', 'AI_QUOTED', 'AI_ERROR')),
  lock_token bigint,
  locked_at timestamptz,
  job_id uuid,
  ai_processing_started_at timestamptz,
  ai_processed_at timestamptz,
  estimate jsonb,
  prompt_id uuid,
  error_type text,
  error_code text,
  error_message text,
  customer_delivery_id uuid,
  admin_delivery_id uuid,
  admin_skipped text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  search_text text not null generated always as
    (lower(customer_name || ' ' || customer_email || ' ' || request)) stored,
  check ((lock_token is null) = (locked_at is null)),
  check ((status = 'AI_PROCESSING') = (lock_token is not null)),
  check ((status = 'AI_ERROR') = (error_type is not null))
);

comment on table quotes is 'Requests of customers for a quote, with the estimate of the language model.';
comment on column quotes.contact_id is 'Contact of the customer.';
comment on column quotes.customer_name is 'Name of the customer as the request gave it.';
comment on column quotes.lock_token is
  'Fence of the job that processes the quote: only its holder may record a result; null: it is not processed.';
comment on column quotes.locked_at is 'Start of the current processing; stale after 30 minutes.';
comment on column quotes.job_id is 'Latest job that processes the quote; null: none was started.';
comment on column quotes.ai_processing_started_at is 'Start of the latest processing; null: none.';
comment on column quotes.ai_processed_at is 'Time of the latest result; null: none.';
comment on column quotes.estimate is
  'Currency, line items, notes and total of the latest estimate; null: there is none.';
comment on column quotes.prompt_id is 'Version of the prompt that made the estimate.';
comment on column quotes.error_type is 'AI_ERROR: type of the failure; null otherwise.';
comment on column quotes.customer_delivery_id is 'Latest mail to the customer; null: none was made.';
comment on column quotes.admin_delivery_id is 'Latest mail to the admin; null: none was made.';
comment on column quotes.admin_skipped is 'Reason for which no mail to the admin was made; null otherwise.';
comment on column quotes.search_text is 'Text in lower case that a search reads.';

-- quotes.list: quotes of an organization by age.
create index quotes_list on quotes (organization_id, id);
-- quotes.list with a filter of states, and the oldest PENDING ones of a run.
create index quotes_status on quotes (organization_id, status, id);
-- quotes.insert: one quote per key.
create unique index quotes_idempotency on quotes (organization_id, idempotency_key)
  where idempotency_key is not null;
-- quotes.erasePerson, and the timeline of a contact.
create index quotes_contact on quotes (organization_id, contact_id);
-- quoteProcessing.selectPending of the system: the oldest ones of all organizations.
create index quotes_pending on quotes (id) where status = 'PENDING';
-- quotes.list with the filter of stale locks, and quoteProcessing.releaseStale: at most as many as there are slots.
create index quotes_locked on quotes (locked_at) where lock_token is not null;

-- Uploaded images are stored here and not in files, because each process must be able to read them, and because a
-- backup and an erasure then include them.
create table quote_images (
  id uuid primary key,
  quote_id uuid not null,
  organization_id uuid not null,
  url text,
  content bytea,
  created_at timestamptz not null default now(),
  check ((url is null) <> (content is null))
);

comment on table quote_images is 'Images of requests for a quote: addresses, and uploaded ones.';
comment on column quote_images.url is 'Address of the image; null: it was uploaded.';
comment on column quote_images.content is
  'Uploaded image as JPEG, of at most 2,048 pixels; null: it has an address.';

-- A JPEG image cannot be compressed further.
alter table quote_images alter column content set storage external;

-- quoteImages.find: images of quotes in their order. At most 8 for each quote.
create index quote_images_quote on quote_images (quote_id, id);
