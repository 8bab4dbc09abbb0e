import { LONG, statement } from "../../db/database.ts";
import type { Services } from "../services.ts";

const KEEP_DAYS = 90;
const STEP = 1_000;

// The rows of a problem first, in steps, because it may affect a million jobs.
const PRUNE_ROWS = statement<[days: number, limit: number], { rows: number }>(
  "problems.pruneRows",
  `with old as materialized (
     select id from problems where last_seen_at < now() - make_interval(days => $1)
     order by id limit $2
   ),
   affected as (
     delete from problem_affected where ctid = any(array(
       select ctid from problem_affected where problem_id = any(array(select id from old)) limit $2))
     returning 1
   ),
   hours as (
     delete from problem_hours where ctid = any(array(
       select ctid from problem_hours where hour < now() - make_interval(days => $1) limit $2))
     returning 1
   )
   select (select count(*) from affected) + (select count(*) from hours) as rows`,
  LONG,
);

const PRUNE = statement<[days: number, limit: number], { id: string; organizationId: string }>(
  "problems.prune",
  `with gone as (
     delete from problems p where id = any(array(
         select id from problems where last_seen_at < now() - make_interval(days => $1)
         order by id limit $2))
       and last_seen_at < now() - make_interval(days => $1)
     returning id, organization_id
   ),
   affected as (delete from problem_affected where problem_id = any(array(select id from gone))),
   hours as (delete from problem_hours where problem_id = any(array(select id from gone))),
   examples as (delete from problem_examples where problem_id = any(array(select id from gone)))
   select id, organization_id as "organizationId" from gone`,
  LONG,
);

/** Deletes problems without a failure for 90 days, and the counts of older hours, in steps of 1,000 rows. */
export async function pruneProblems({ db, bus }: Services): Promise<void> {
  for (let rows = 1; rows > 0;) {
    rows = (await db.run(PRUNE_ROWS, KEEP_DAYS, STEP))[0]?.rows ?? 0;
  }
  for (let count = STEP; count === STEP;) {
    const gone = await db.run(PRUNE, KEEP_DAYS, STEP);
    count = gone.length;
    for (const [organizationId, problems] of Map.groupBy(gone, (p) => p.organizationId)) {
      bus.publish("problems", organizationId, problems.map(({ id }) => id));
    }
  }
}
