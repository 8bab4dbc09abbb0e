import { LONG, statement } from "../../db/database.ts";
import type { Services } from "../services.ts";

const KEEP_DAYS = 90;
const STEP = 1_000;

const PRUNE_HOURS = statement<[days: number, limit: number], { rows: number }>(
  "problems.pruneHours",
  `with gone as (
     delete from problem_hours where ctid = any(array(
       select ctid from problem_hours where hour < now() - make_interval(days => $1) limit $2))
     returning 1
   )
   select count(*) as rows from gone`,
  LONG,
);

const OLD = `select id from problems where last_seen_at < now() - make_interval(days => $1)
  order by id limit $2`;

const PRUNE_AFFECTED = statement<[days: number, limit: number], { rows: number }>(
  "problems.pruneAffected",
  `with gone as (
     delete from problem_affected where ctid = any(array(
       select ctid from problem_affected where problem_id = any(array(${OLD})) limit $2))
     returning 1
   )
   select count(*) as rows from gone`,
  LONG,
);

const PRUNE = statement<[days: number, limit: number], { id: string; organizationId: string }>(
  "problems.prune",
  `with gone as (
     delete from problems where id = any(array(${OLD}))
       and last_seen_at < now() - make_interval(days => $1)
     returning id, organization_id
   ),
   affected as (delete from problem_affected where problem_id = any(array(select id from gone))),
   hours as (delete from problem_hours where problem_id = any(array(select id from gone))),
   decisions as (delete from problem_decisions where problem_id = any(array(select id from gone))),
   examples as (delete from problem_examples where problem_id = any(array(select id from gone)))
   select id, organization_id as "organizationId" from gone`,
  LONG,
);

/** Deletes problems without a failure for 90 days, and the counts of older hours, in steps of 1,000 rows. */
export async function pruneProblems({ db, bus }: Services): Promise<void> {
  const inSteps = async (step: typeof PRUNE_HOURS) => {
    for (let rows = STEP; rows === STEP;) {
      rows = (await db.run(step, KEEP_DAYS, STEP))[0]?.rows ?? 0;
    }
  };
  await inSteps(PRUNE_HOURS);
  for (let count = STEP; count === STEP;) {
    // Before the problems, because one may affect a million jobs.
    await inSteps(PRUNE_AFFECTED);
    const gone = await db.run(PRUNE, KEEP_DAYS, STEP);
    count = gone.length;
    for (const [organizationId, problems] of Map.groupBy(gone, (p) => p.organizationId)) {
      bus.publish("problems", organizationId, problems.map(({ id }) => id));
    }
  }
}
