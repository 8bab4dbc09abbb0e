import { LONG, statement } from "../../db/database.ts";
import { idBound } from "../id.ts";
import type { Services } from "../services.ts";

/** SQL: start of the quarter of an hour of a time. */
export function quarterOf(time: string): string {
  return `date_bin('15 minutes', ${time}, timestamptz '2000-01-01Z')`;
}

const STEP = 5_000;
// 13 months, so that a month can be compared with the same month of the previous year.
const KEEP_STATS = "interval '400 days'";
const KEEP_CALLS_DAYS = 90;
const DAY_MINUTES = 24 * 60;

const COMPACT = statement<[limit: number], { count: number }>(
  "aiStats.compact",
  `with taken as (
     update ai_calls set counted = true where id = any(array(
       select id from ai_calls where not counted and outcome is not null limit $1
       for update skip locked))
     returning *
   ),
   added as (
     insert into ai_stats as s (organization_id, at, kind, model, outcome, call_count, input_tokens,
       cached_input_tokens, output_tokens, reasoning_tokens, cost_micros, unknown_cost_count)
     select organization_id, ${quarterOf("started_at")}, kind, model, outcome, count(*),
       coalesce(sum(input_tokens), 0), coalesce(sum(cached_input_tokens), 0),
       coalesce(sum(output_tokens), 0), coalesce(sum(reasoning_tokens), 0),
       coalesce(sum(cost_micros), 0), count(*) filter (where cost_micros is null)
     from taken group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
     on conflict (organization_id, at, kind, model, outcome) do update set
       call_count = s.call_count + excluded.call_count,
       input_tokens = s.input_tokens + excluded.input_tokens,
       cached_input_tokens = s.cached_input_tokens + excluded.cached_input_tokens,
       output_tokens = s.output_tokens + excluded.output_tokens,
       reasoning_tokens = s.reasoning_tokens + excluded.reasoning_tokens,
       cost_micros = s.cost_micros + excluded.cost_micros,
       unknown_cost_count = s.unknown_cost_count + excluded.unknown_cost_count
   )
   select count(*) from taken`,
  LONG,
);

const PRUNE_STATS = statement<[limit: number], { count: number }>(
  "aiStats.prune",
  `with gone as (
     delete from ai_stats where ctid = any(array(
       select ctid from ai_stats where at < now() - ${KEEP_STATS} order by at limit $1))
     returning at
   )
   select count(*) from gone`,
  LONG,
);

// UUIDv7: the order of ids is the order of age.
const PRUNE_CALLS = statement<[before: string, limit: number], { count: number }>(
  "aiCalls.prune",
  `with gone as (
     delete from ai_calls where id = any(array(
       select id from ai_calls where id < $1 and counted order by id limit $2))
     returning id
   )
   select count(*) from gone`,
  LONG,
);

/** Adds the calls that have ended to the statistics. Every replica calls this every 2 s. */
export function compactAiStats({ db }: Services): Promise<void> {
  return inSteps(() => db.run(COMPACT, STEP));
}

/** Deletes calls after 90 days, and statistics after 400 days. */
export async function pruneAiUsage({ db }: Services): Promise<void> {
  const before = idBound(new Date(), -KEEP_CALLS_DAYS * DAY_MINUTES);
  await inSteps(() => db.run(PRUNE_CALLS, before, STEP));
  await inSteps(() => db.run(PRUNE_STATS, STEP));
}

async function inSteps(step: () => Promise<{ count: number }[]>): Promise<void> {
  for (let count = STEP; count === STEP;) {
    count = (await step())[0]?.count ?? 0;
  }
}
