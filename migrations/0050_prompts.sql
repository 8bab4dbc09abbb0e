-- Prompts of the language model. The texts in the program are versions, too: each is stored at its first use, so
-- that every result can name the version that made it.
create table prompts (
  organization_id uuid not null references organizations,
  name text not null,
  version int not null default 1,
  active_id uuid,
  promoted_at timestamptz,
  promoted_by text,
  primary key (organization_id, name)
);

comment on table prompts is 'Prompts of an organization; their texts are in prompt_versions.';
comment on column prompts.version is 'Latest version number that was assigned, from 1.';
comment on column prompts.active_id is 'Version that calls use; null: the text of the running program.';

create table prompt_versions (
  id uuid primary key,
  organization_id uuid not null,
  name text not null,
  version int not null,
  text text not null,
  code_digest text,
  created_at timestamptz not null default now(),
  created_by text,
  -- prompts.listVersions, prompts.findActive, prompts.findLatest.
  unique (organization_id, name, version),
  foreign key (organization_id, name) references prompts
);

comment on table prompt_versions is 'Texts of prompts, one row for each version. A version never changes.';
comment on column prompt_versions.code_digest is
  'SHA-256 of name and text if the text is of a program; null: an ADMIN has saved it.';

-- prompts.appendCode: each text of a program is one version.
create unique index prompt_versions_code on prompt_versions (organization_id, name, code_digest)
  where code_digest is not null;
