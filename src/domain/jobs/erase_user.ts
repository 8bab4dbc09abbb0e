import { type Connection, LONG, statement } from "../../db/database.ts";
import type { ErasedUser } from "../person.ts";
import { addToStats } from "./stats.ts";

type Chunk = [organizationId: string, userId: string, limit: number];

const RELEASE = statement<Chunk, { erased: number }>(
  "jobs.releaseOfUser",
  `with released as (
     update jobs set user_id = null where id = any(array(
       select id from jobs where organization_id = $1 and user_id = $2
         and status in ('QUEUED', 'SCHEDULED', 'PROCESSING')
       order by id limit $3 for no key update))
     returning id
   )
   select count(*)::int as erased from released`,
  LONG,
);

const ERASE = statement<Chunk, { erased: number }>(
  "jobs.eraseOfUser",
  `with gone as (
     delete from jobs where id = any(array(
       select id from jobs where organization_id = $1 and user_id = $2
         and status in ('COMPLETED', 'FAILED', 'CANCELLED') limit $3))
     returning id
   ),
   attempts as (delete from job_attempts where job_id = any(array(select id from gone))),
   events as (delete from job_events where job_id = any(array(select id from gone)))
   select count(*)::int as erased from gone`,
  LONG,
);

// The counters of the user are added to those of the system.
const ERASE_STATS = statement<Chunk, { erased: number }>(
  "jobStats.eraseUser",
  `with outcomes as (
     update job_outcomes set user_id = '' where organization_id = $1 and user_id = $2 returning n
   ),
   events as (
     update job_events e set detail = '' from jobs j
     where j.organization_id = $1 and e.job_id = j.id and e.kind = 'RETRIED' and e.detail = $2
     returning e.n
   ),
   gone as (
     delete from job_stats where ctid = any(array(
       select ctid from job_stats where organization_id = $1 and user_id = $2 limit $3))
     returning organization_id, at, lane, kind, outcome, duration, '' as user_id, n
   ),
   added as (${addToStats("gone", "at")})
   select ((select count(*) from outcomes) + (select count(*) from events)
     + (select count(*) from gone))::int as erased`,
  LONG,
);

/** Makes the unfinished jobs of a user belong to the system, because their messages still need them. */
export async function releaseJobsOfUser(
  db: Connection,
  { organizationId, userId }: ErasedUser,
  limit: number,
): Promise<number> {
  const [row] = await db.run(RELEASE, organizationId, userId, limit);
  return row?.erased ?? 0;
}

/** Deletes the finished jobs of a user. */
export async function eraseJobsOfUser(
  db: Connection,
  { organizationId, userId }: ErasedUser,
  limit: number,
): Promise<number> {
  const [row] = await db.run(ERASE, organizationId, userId, limit);
  return row?.erased ?? 0;
}

/** Removes a user from the counters of ended jobs, and from the history of jobs that it has retried. */
export async function eraseUserFromStats(
  db: Connection,
  { organizationId, userId }: ErasedUser,
  limit: number,
): Promise<number> {
  const [row] = await db.run(ERASE_STATS, organizationId, userId, limit);
  return row?.erased ?? 0;
}
