import { statement } from "../../db/database.ts";
import type { Services } from "../services.ts";
import type { Lane } from "./job.ts";

/** Jobs of a lane that are claimed at once, at most: a larger claim wins little, and its jobs wait for
 * each other's answer. */
export const CLAIM_LIMIT = 100;

/** How often a worker looks for jobs while nobody wakes it, in milliseconds. */
export const POLL_MS = 1_000;

/** What takes turns: the topics of an organization in a lane. */
export interface TurnKey {
  readonly lane: Lane;
  readonly organizationId: string;
  readonly topic: string;
}

/** How many jobs of a key to claim. */
export interface Deal extends TurnKey {
  readonly count: number;
}

/** One worker's right to one job, until it is settled or rescued. */
export interface Claim {
  readonly id: string;
  readonly fence: number;
}

/**
 * Claims in the order in which every statement that writes to many locks them: a worker's progress and
 * its settling would otherwise wait for each other.
 */
export function inLockOrder<T extends Claim>(claims: readonly T[]): T[] {
  return claims.toSorted((a, b) => a.id < b.id ? -1 : 1);
}

/** A job in a worker's hands. Every later write about it names the fence. */
export interface ClaimedJob extends Claim {
  readonly organizationId: string;
  readonly userId: string | null;
  readonly kind: string;
  readonly lane: Lane;
  readonly topic: string;
  /** This attempt, from 1. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly subject: string | null;
  readonly payload: Record<string, unknown>;
}

// A skip scan (PostgreSQL wiki, "Loose indexscan") over jobs_ready: one index probe per key, however
// many jobs stand behind it.
const TURNS = statement<
  [lanes: string[], afterOrganizationIds: (string | null)[], afterTopics: string[], limit: number],
  TurnKey
>(
  "jobs.turns",
  `with recursive keys as (
     select l.lane, k.organization_id, k.topic, 1 as n
     from unnest($1::text[], $2::uuid[], $3::text[]) as l(lane, organization_id, topic),
       lateral (
         select j.organization_id, j.topic from jobs j
         where j.status = 'QUEUED' and j.lane = l.lane
           and (j.organization_id, j.topic) >
             (coalesce(l.organization_id, '00000000-0000-0000-0000-000000000000'), l.topic)
         order by 1, 2 limit 1
       ) k
     union all
     select keys.lane, k.organization_id, k.topic, keys.n + 1
     from keys, lateral (
       select j.organization_id, j.topic from jobs j
       where j.status = 'QUEUED' and j.lane = keys.lane
         and (j.organization_id, j.topic) > (keys.organization_id, keys.topic)
       order by 1, 2 limit 1
     ) k
     where keys.n < $4
   )
   select lane, organization_id as "organizationId", topic from keys`,
);

// A worker that is buried, and does not know it yet, claims nothing: it would be rescued at once.
// The update takes its ids from an array: joined to `pick` it flips to a sequential scan.
const CLAIM = statement<
  [
    workerId: string,
    lanes: string[],
    organizationIds: string[],
    topics: string[],
    counts: number[],
  ],
  ClaimedJob
>(
  "jobs.claim",
  `with pick as materialized (
     select p.id
     from unnest($2::text[], $3::uuid[], $4::text[], $5::int[]) as k(lane, organization_id, topic, n),
       lateral (
         select j.id from jobs j
         where j.status = 'QUEUED' and j.lane = k.lane
           and j.organization_id = k.organization_id and j.topic = k.topic
         order by j.priority desc, j.run_at, j.id limit k.n
         for update skip locked
       ) p
     where exists (select from workers where id = $1)
   )
   update jobs set status = 'PROCESSING', fence = nextval('job_fence'), worker_id = $1,
     attempt = attempt + 1, started_at = now(), updated_at = now()
   where id = any(array(select id from pick))
   returning id, fence, organization_id as "organizationId", user_id as "userId", kind, lane, topic,
     attempt, max_attempts as "maxAttempts", subject, payload`,
);

const PROMOTE = statement<[limit: number], { id: string }>(
  "jobs.promote",
  `update jobs set status = 'QUEUED', updated_at = now()
   where id = any(array(
     select id from jobs where status = 'SCHEDULED' and run_at <= now()
     order by run_at limit $1 for update skip locked))
   returning id`,
);

/** Where a page of turn keys begins: after this organization and topic; null: at the first. */
export interface LaneCursor {
  readonly lane: Lane;
  readonly after: TurnKey | null;
}

/**
 * The keys that have jobs to claim.
 *
 * @param cursors one per lane
 * @param limit keys per lane at most; a lane that answers fewer has no more
 */
export function readTurns(
  { db }: Services,
  cursors: readonly LaneCursor[],
  limit: number,
): Promise<TurnKey[]> {
  return db.run(
    TURNS,
    cursors.map(({ lane }) => lane),
    cursors.map(({ after }) => after?.organizationId ?? null),
    cursors.map(({ after }) => after?.topic ?? ""),
    limit,
  );
}

/**
 * Claims up to each key's count, by priority, then age. Counts an attempt and takes a new fence.
 *
 * @param workerId as registered; one that is not, or no more, gets nothing
 */
export function claimJobs(
  { db }: Services,
  workerId: string,
  deals: readonly Deal[],
): Promise<ClaimedJob[]> {
  return db.run(
    CLAIM,
    workerId,
    deals.map(({ lane }) => lane),
    deals.map(({ organizationId }) => organizationId),
    deals.map(({ topic }) => topic),
    deals.map(({ count }) => count),
  );
}

/** Moves what has come due to QUEUED, `limit` at most. Returns how many it moved. */
export async function promoteDueJobs({ db }: Services, limit: number): Promise<number> {
  return (await db.run(PROMOTE, limit)).length;
}
