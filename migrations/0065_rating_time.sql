-- Ratings of suggested replies by the time they were given.

alter table suggestions add column rated_at timestamptz;

comment on column suggestions.rated_at is 'Time of the rating; null: nobody rated it.';

update suggestions set rated_at = coalesce(outcome_at, written_at, created_at)
  where rating_good is not null;

-- suggestions.countRatings and suggestions.rated: ratings of a period, newest first.
create index suggestions_rated on suggestions (organization_id, rated_at)
  where rated_at is not null;
