alter table audiences
  -- Whether it contains only a part of a file, because an import failed that keeps what it has added.
  add column partial boolean not null default false,
  -- Setting of the latest import, and the audience before it, to which an import that fails is set back.
  add column keep_partial boolean not null default false,
  add column kept_count int not null default 0,
  add column kept_variable_names text[] not null default '{}';

-- Until now the recipients of a failed import were always kept.
update audiences set partial = true where import_status = 'FAILED';

-- audiences.findStaleImports: the few imports in progress, read every 5 s.
create index audiences_importing on audiences (id) where import_status = 'RUNNING';

-- audiences.findUsers: unfinished messages to one audience.
create index messages_audience on messages (audience_id)
  where audience_id is not null and finished_at is null;
