-- Named contents of an organization, for messages and campaigns. A version never changes, and neither table loses
-- a row: a campaign or message may refer to any version. Templates that nobody uses are archived.
create table templates (
  id uuid primary key,
  organization_id uuid not null references organizations,
  name text not null,
  version int not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  updated_by text,
  archived_at timestamptz
);

comment on table templates is 'Named contents of an organization; their texts stand in template_versions.';
comment on column templates.version is
  'Latest version, from 1; 0 only within the transaction that creates the template.';
comment on column templates.archived_at is 'Time it was archived, which frees its name; null: in use.';

-- templates.lockByName; and templates.list, by name.
create unique index templates_name on templates (organization_id, name) where archived_at is null;
-- templates.list of archived ones, whose names may repeat.
create index templates_archived on templates (organization_id, name, id) where archived_at is not null;
-- templates.erase.
create index templates_organization on templates (organization_id, id);

create table template_versions (
  organization_id uuid not null,
  template_id uuid not null references templates,
  version int not null,
  subject text not null,
  text_body text,
  html_body text,
  mjml text,
  text_made boolean not null,
  created_at timestamptz not null default now(),
  created_by text,
  primary key (template_id, version)
);

comment on table template_versions is 'Contents of templates, one row for each version.';
comment on column template_versions.mjml is 'MJML that html_body was compiled from; null: written as HTML.';
comment on column template_versions.text_made is 'Whether text_body was made from html_body.';

-- No foreign key, because it would cost every message a lock on its template.
alter table messages add column template_id uuid, add column template_version int;

comment on column messages.template_id is 'Template that the content was copied from; null: written for the message.';
