-- Organizations are the tenants: every other row belongs to one.
create table organizations (
  id uuid primary key,
  name text not null,
  created_at timestamptz not null default now()
);

-- Owns the built-in schedules and their jobs.
insert into organizations (id, name) values ('00000000-0000-7000-8000-000000000000', 'System');

create table api_keys (
  id uuid primary key,
  organization_id uuid not null references organizations,
  name text not null,
  role text not null check (role in ('OPERATOR', 'ADMIN', 'MEMBER')),
  user_id text,
  -- SHA-256 of the secret: 256 random bits need no slow hash.
  hash bytea not null unique,
  prefix text not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz
);

-- access.listApiKeys: one organization's keys by age.
create index api_keys_list on api_keys (organization_id, id);
