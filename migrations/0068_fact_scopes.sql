-- A fact is stored once for each scope, because the same text may hold for several customers and not for all.
-- facts.propose and facts.add: the same fact with the same scope once.
create unique index facts_digest_scope on facts (organization_id, digest, scope);
drop index facts_digest;
