-- Bulk actions: one action on a fixed selection of deliveries or jobs, in stages.
create table bulk_actions (
  id uuid primary key,
  organization_id uuid not null,
  user_id text,
  role text not null check (role in ('OPERATOR', 'ADMIN', 'MEMBER')),
  action text not null check (action in ('RETRY', 'CANCEL', 'RESOLVE_SENT', 'RESEND')),
  target text not null check (target in ('DELIVERIES', 'JOBS')),
  selection jsonb not null,
  by_ids boolean not null,
  force boolean not null,
  stages int[] not null,
  per_second float8,
  stop_at_failed_fraction float8 not null,
  state text not null default 'RUNNING' check (state in ('RUNNING', 'STOPPED', 'ABORTED', 'FINISHED')),
  error jsonb,
  stage int not null default 1,
  stage_acted int not null default 0,
  stage_done int not null default 0,
  stage_failed int not null default 0,
  selected_through text,
  selecting boolean not null default true,
  total int not null default 0,
  acted_through int not null default 0,
  in_progress int not null default 0,
  done int not null default 0,
  failed_again int not null default 0,
  skipped jsonb not null default '{}',
  paced_at timestamptz not null default now(),
  job_id uuid not null,
  fence bigint,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  finished_at timestamptz,
  check ((state = 'STOPPED') = (error is not null)),
  check (state <> 'RUNNING' or finished_at is null)
) with (fillfactor = 50);

-- bulkActions.list: actions of an organization by age.
create index bulk_actions_list on bulk_actions (organization_id, id);
-- bulkActions.findAbandoned: the few actions that have not ended.
create index bulk_actions_active on bulk_actions (job_id) where finished_at is null;

-- Without foreign keys, which would lock the row of the action once more for each item.
create table bulk_action_items (
  organization_id uuid not null,
  action_id uuid not null,
  n int not null,
  item_id uuid not null,
  state text not null check (state in ('SELECTED', 'ACTED', 'DONE', 'FAILED', 'SKIPPED')),
  attempt smallint,
  reason text,
  primary key (action_id, n),
  check ((state = 'SKIPPED') = (reason is not null))
) with (fillfactor = 70);

-- bulkActions.selectPage: an item is in one unfinished action only.
create unique index bulk_action_items_open on bulk_action_items (item_id)
  where state in ('SELECTED', 'ACTED');
-- bulkActions.readActed: items whose end is awaited, at most 2,000 of an action.
create index bulk_action_items_acted on bulk_action_items (action_id, n) where state = 'ACTED';

comment on table bulk_actions is
  'Actions on many deliveries or jobs, in stages, with the progress of the job that runs them.';
comment on column bulk_actions.role is 'Role of the user at the start; it limits the items.';
comment on column bulk_actions.selection is 'Filter of the items, which may be their ids.';
comment on column bulk_actions.by_ids is 'Whether the items were selected by id.';
comment on column bulk_actions.stages is
  'Number of items of each stage; one more stage takes the rest.';
comment on column bulk_actions.stage is 'Number of the current stage, from 1.';
comment on column bulk_actions.stage_acted is 'Items of the current stage that were acted on.';
comment on column bulk_actions.stage_done is 'Items of the current stage that have succeeded.';
comment on column bulk_actions.stage_failed is 'Items of the current stage that have failed again.';
comment on column bulk_actions.selected_through is
  'Sort key of the last selected item; null: none yet. Selecting continues after it.';
comment on column bulk_actions.selecting is 'True until the whole selection is stored.';
comment on column bulk_actions.total is 'Selected items.';
comment on column bulk_actions.acted_through is 'Position of the last item that was acted on or skipped.';
comment on column bulk_actions.in_progress is 'Items that were acted on and have not ended.';
comment on column bulk_actions.skipped is 'Number of skipped items by reason.';
comment on column bulk_actions.paced_at is 'Time up to which the rate of the action is used.';
comment on column bulk_actions.fence is 'Newest claim of its job; steps of earlier claims change nothing.';
comment on column bulk_actions.finished_at is
  'Time at which no item was in progress any more; later than the end of a STOPPED or ABORTED state.';

comment on table bulk_action_items is
  'Selected items. Items that an ended action has not acted on are deleted.';
comment on column bulk_action_items.n is 'Position in the selection, from 1.';
comment on column bulk_action_items.item_id is 'Delivery or job.';
comment on column bulk_action_items.state is
  'SELECTED → ACTED → DONE, FAILED or SKIPPED. ACTED: its end is awaited.';
comment on column bulk_action_items.attempt is 'Attempts of a delivery when it was acted on.';
comment on column bulk_action_items.reason is 'Reason why it was skipped, for people.';
