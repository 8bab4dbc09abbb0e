-- Knowledge of an organization: facts, topics and the style of writing, learned from its mails or added by people.
create table facts (
  id uuid primary key,
  organization_id uuid not null,
  state text not null check (state in ('PROPOSED', 'APPROVED', 'DISMISSED')),
  kind text not null check (kind in ('FACT', 'PREFERENCE')),
  scope text not null default 'all',
  question text not null,
  answer text not null,
  digest text not null,
  evidence_count int not null default 0,
  origin text not null check (origin in ('LEARNED', 'EDIT', 'ADDED')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  decided_at timestamptz,
  decided_by text,
  search tsvector not null generated always as (to_tsvector('simple', question || ' ' || answer)) stored,
  check ((state = 'PROPOSED') = (decided_at is null))
) with (fillfactor = 90);

comment on table facts is
  'Questions with their answers, and preferences of writing, that suggestions for replies use.';
comment on column facts.kind is
  'FACT: an answer to a question. PREFERENCE: how replies are written, whatever they are about.';
comment on column facts.scope is
  'Mails that it is for: all, topic:<name>, sender:<address> or domain:<domain>, in lower case.';
comment on column facts.digest is
  'SHA-256 of question and answer without differences of case, spaces and punctuation.';
comment on column facts.evidence_count is 'Number of rows of fact_evidence, kept by triggers.';
comment on column facts.origin is
  'LEARNED: from mails. EDIT: from the change of a suggestion. ADDED: by a person, without a mail.';
comment on column facts.decided_at is 'Time at which it was approved, dismissed or added; null: PROPOSED.';
comment on column facts.decided_by is 'User who decided; null: a caller without a user, or nobody yet.';
comment on column facts.search is 'Words of question and answer, in any language and so without stemming.';

-- facts.propose and facts.add: the same fact once.
create unique index facts_digest on facts (organization_id, digest);
-- facts.list: those with the most evidence first, dismissed ones left out.
create index facts_list on facts (organization_id, evidence_count, id) where state <> 'DISMISSED';
-- facts.list of one state.
create index facts_state on facts (organization_id, state, evidence_count, id);
-- facts.findByWords and facts.list with a search.
create index facts_search on facts using gin (search);
-- facts.findPreferences.
create index facts_preferences on facts (organization_id, scope, evidence_count)
  where kind = 'PREFERENCE' and state <> 'DISMISSED';
-- facts.erase: facts of an organization.
create index facts_organization on facts (organization_id, id);
-- facts.eraseOfSender.
create index facts_scope on facts (organization_id, scope) where scope like 'sender:%';
-- facts.eraseUnfounded: facts whose mails were all erased.
create index facts_unfounded on facts (organization_id, id) where evidence_count = 0 and origin <> 'ADDED';

create table fact_evidence (
  fact_id uuid not null references facts on delete cascade,
  email_id uuid not null references emails on delete cascade,
  -- facts.findSources.
  primary key (fact_id, email_id)
);

-- Deletion of mails.
create index fact_evidence_email on fact_evidence (email_id);

comment on table fact_evidence is 'Mails that a fact was learned from.';

create table topics (
  organization_id uuid not null,
  name text not null,
  email_count int not null default 0,
  primary key (organization_id, name)
) with (fillfactor = 80);

-- topics.list: the most frequent ones first.
create index topics_list on topics (organization_id, email_count, name);

comment on table topics is 'Topics of the mails that were learned from.';
comment on column topics.name is 'Name in lower case.';
comment on column topics.email_count is 'Number of rows of email_topics, kept by triggers.';

create table email_topics (
  email_id uuid not null references emails on delete cascade,
  organization_id uuid not null,
  topic text not null,
  -- topics.record: a mail that is learned again counts once.
  primary key (email_id, topic)
);

-- topics.erase: rows of an organization.
create index email_topics_organization on email_topics (organization_id, email_id);

comment on table email_topics is 'Topics of each mail that was learned from.';

-- Triggers, because the deletion of a mail also deletes its rows of these tables, by their foreign keys.
create function count_fact_evidence() returns trigger language plpgsql as $$
begin
  update facts f set evidence_count = f.evidence_count + case tg_op when 'INSERT' then c.number else -c.number end
  from (select fact_id, count(*) as number from changed group by 1) c where f.id = c.fact_id;
  return null;
end $$;

create trigger fact_evidence_added after insert on fact_evidence
  referencing new table as changed for each statement execute function count_fact_evidence();
create trigger fact_evidence_removed after delete on fact_evidence
  referencing old table as changed for each statement execute function count_fact_evidence();

create function count_email_topics() returns trigger language plpgsql as $$
begin
  update topics t set email_count = t.email_count + case tg_op when 'INSERT' then c.number else -c.number end
  from (select organization_id, topic, count(*) as number from changed group by 1, 2) c
  where t.organization_id = c.organization_id and t.name = c.topic;
  return null;
end $$;

create trigger email_topics_added after insert on email_topics
  referencing new table as changed for each statement execute function count_email_topics();
create trigger email_topics_removed after delete on email_topics
  referencing old table as changed for each statement execute function count_email_topics();

create table writing_styles (
  organization_id uuid primary key,
  tone text,
  greeting text,
  sign_off text,
  language text,
  updated_at timestamptz not null default now()
);

comment on table writing_styles is 'How the mails of an organization are written; a value that is null is not known.';
comment on column writing_styles.sign_off is 'Words at the end, before the name.';
comment on column writing_styles.language is 'Language tag (BCP 47) that most of its mails are in.';
