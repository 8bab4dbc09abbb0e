import { statement } from "../../db/database.ts";
import { mayRun } from "../hold.ts";
import type { Services } from "../services.ts";
import type { Lane } from "./lane.ts";

/**
 * Maximum number of jobs of a lane per claim. A larger claim is hardly more efficient, and none of its
 * jobs starts before all are claimed.
 */
export const CLAIM_LIMIT = 100;

/** Interval at which an idle worker polls for jobs, in milliseconds. */
export const POLL_MS = 1_000;

/** Unit of fair scheduling within a lane: the jobs of one topic of an organization. */
export interface Partition {
  readonly lane: Lane;
  readonly organizationId: string;
  readonly topic: string;
}

/** Partition that has jobs to claim. */
export interface ReadyPartition extends Partition {
  /** Size of the job that is claimed next. */
  readonly size: number;
}

/** Jobs to claim from a partition. */
export interface Quota extends Partition {
  /** Maximum total size of the jobs. The first job is claimed even if it is larger. */
  readonly size: number;
  /** Maximum number of jobs. */
  readonly count: number;
}

/** A worker's right to one job, until the job is settled or rescued. */
export interface Claim {
  readonly id: string;
  readonly fence: number;
}

/**
 * Sorts claims into the order in which every statement locks many jobs, because writing progress and
 * settling would otherwise deadlock.
 */
export function inLockOrder<T extends Claim>(claims: readonly T[]): T[] {
  return claims.toSorted((a, b) => a.id < b.id ? -1 : 1);
}

/** A claimed job. Every later write about it names the fence. */
export interface ClaimedJob extends Claim {
  readonly organizationId: string;
  readonly userId: string | null;
  readonly kind: string;
  readonly lane: Lane;
  readonly topic: string;
  /** Part of a worker slot that it uses, in percent. */
  readonly size: number;
  /** Number of this attempt, from 1. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly subject: string | null;
  readonly payload: Record<string, unknown>;
}

// A skip scan (PostgreSQL wiki, "Loose indexscan") over jobs_ready: one index probe per partition, regardless of its
// number of jobs. In the order of the index, the first job of a partition is claimed next. The cursors are one JSON
// parameter, because with arrays, whose length the planner reads, it replans each execution.
const PARTITIONS = statement<[cursors: string, limit: number], ReadyPartition>(
  "jobs.partitions",
  `with recursive keys as (
     select l.lane, k.organization_id, k.topic, k.size, 1 as n
     from jsonb_to_recordset($1::jsonb) as l(lane text, organization_id uuid, topic text),
       lateral (
         select j.organization_id, j.topic, j.size from jobs j
         where j.status = 'QUEUED' and j.lane = l.lane
           and (j.organization_id, j.topic) >
             (coalesce(l.organization_id, '00000000-0000-0000-0000-000000000000'),
               coalesce(l.topic, ''))
         order by j.organization_id, j.topic, j.priority desc, j.run_at, j.id limit 1
       ) k
     union all
     select keys.lane, k.organization_id, k.topic, k.size, keys.n + 1
     from keys, lateral (
       select j.organization_id, j.topic, j.size from jobs j
       where j.status = 'QUEUED' and j.lane = keys.lane
         and (j.organization_id, j.topic) > (keys.organization_id, keys.topic)
       order by j.organization_id, j.topic, j.priority desc, j.run_at, j.id limit 1
     ) k
     where keys.n < $2
   )
   select lane, organization_id as "organizationId", topic, size from keys`,
);

// A worker that was reaped claims nothing, because its jobs would be rescued at once. Nothing is claimed in a
// database that is older than this process has seen it, because its jobs may have run already.
// The update takes its ids from an array, because joined to `pick` it becomes a sequential scan.
// The quotas are one JSON parameter, for the same reason as the cursors.
const CLAIM = statement<[workerId: string, quotas: string, witness: number], ClaimedJob>(
  "jobs.claim",
  `with pick as materialized (
     select p.id
     from jsonb_to_recordset($2::jsonb) as k(lane text, "organizationId" uuid, topic text, size int,
         count int), lateral (
       select id, row_number() over head as number, sum(size) over head as total
       from (
         select j.id, j.size, j.priority, j.run_at from jobs j
         where j.status = 'QUEUED' and j.lane = k.lane
           and j.organization_id = k."organizationId" and j.topic = k.topic
         order by j.priority desc, j.run_at, j.id limit k.count
         for update skip locked
       ) j
       window head as (order by priority desc, run_at, id)
     ) p
     where (p.number = 1 or p.total <= k.size) and exists (select from workers where id = $1)
       and ${mayRun("$3")}
   )
   update jobs set status = 'PROCESSING', fence = nextval('job_fence'), worker_id = $1,
     attempt = attempt + 1, started_at = now(), updated_at = now()
   where id = any(array(select id from pick))
   returning id, fence, organization_id as "organizationId", user_id as "userId", kind, lane, topic, size,
     attempt, max_attempts as "maxAttempts", subject, payload`,
);

const PROMOTE = statement<[limit: number], { id: string }>(
  "jobs.promote",
  `update jobs set status = 'QUEUED', wait_reason = null, wait_provider_id = null, updated_at = now()
   where id = any(array(
     select id from jobs where status = 'SCHEDULED' and run_at <= now()
     order by run_at limit $1 for update skip locked))
   returning id`,
);

/** Start of a page of a lane's partitions. */
export interface LaneCursor {
  readonly lane: Lane;
  /** Last partition of the page before; null: start with the first. */
  readonly after: Partition | null;
}

/**
 * Reads the partitions that have jobs to claim.
 *
 * @param cursors one per lane
 * @param limit maximum number of partitions per lane; a lane that returns fewer has no more
 */
export function readPartitions(
  { db }: Services,
  cursors: readonly LaneCursor[],
  limit: number,
): Promise<ReadyPartition[]> {
  const asked = cursors.map(({ lane, after }) => ({
    lane,
    organization_id: after?.organizationId,
    topic: after?.topic,
  }));
  return db.run(PARTITIONS, JSON.stringify(asked), limit);
}

/**
 * Claims jobs of each partition, by priority, then age, as its quota allows. Each claim counts an attempt and
 * takes a new fence. Claims nothing while the installation is on hold.
 *
 * @param workerId an id without a row in `workers` claims nothing
 */
export function claimJobs(
  { db, witness }: Services,
  workerId: string,
  quotas: readonly Quota[],
): Promise<ClaimedJob[]> {
  return db.run(CLAIM, workerId, JSON.stringify(quotas), witness?.number ?? 0);
}

/**
 * Moves due jobs from SCHEDULED to QUEUED.
 *
 * @param limit maximum number of jobs
 * @returns number of jobs moved
 */
export async function promoteDueJobs({ db }: Services, limit: number): Promise<number> {
  return (await db.run(PROMOTE, limit)).length;
}
