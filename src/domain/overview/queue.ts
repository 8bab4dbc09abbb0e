import { type Connection, statement } from "../../db/database.ts";
import type { JobStatus } from "../jobs/job.ts";
import { type Lane, LANES } from "../jobs/lane.ts";
import { type LaneSettings, readLaneSettings } from "../jobs/lane_settings.ts";
import { readRecentJobs } from "../jobs/recent.ts";
import { readWorkers } from "../jobs/workers.ts";

/** Maximum number of waiting, or failed, jobs of a lane that are counted. */
export const MAX_COUNT = 10_000;

/** Jobs of one lane, and its slots in the whole installation. */
export interface LaneState extends Omit<LaneSettings, "slots"> {
  /** Number of waiting jobs, with those that are due later; at most `MAX_COUNT`. */
  readonly queued: number;
  /** Number of jobs that are due later; at most `MAX_COUNT`. */
  readonly later: number;
  readonly processing: number;
  /** Number of FAILED jobs; at most `MAX_COUNT`. */
  readonly failed: number;
  /** Whether there are more waiting or failed jobs than were counted. */
  readonly capped: boolean;
  /** Time at which the oldest due job became due; null: none is due. */
  readonly oldestQueuedAt: Date | null;
  readonly now: Date;
  /** Number of jobs that ended in the last hour. */
  readonly completed: number;
  readonly cancelled: number;
  /** Number of jobs that became COMPLETED or FAILED per minute, over the current minute and the 4 before. */
  readonly perMinute: number;
  /** Duration of an attempt that 95 % did not exceed in the last hour; null: none ended. */
  readonly p95Ms: number | null;
  /** Slots of all workers. */
  readonly slots: number;
  /** Number of slots in use. */
  readonly running: number;
}

/** Jobs of one organization. */
export interface Queue {
  readonly lanes: readonly LaneState[];
  readonly byStatus: readonly {
    readonly status: Exclude<JobStatus, "SCHEDULED">;
    readonly count: number;
  }[];
}

type Row = Pick<LaneState, "lane" | "later" | "failed" | "oldestQueuedAt" | "now"> & {
  readonly ready: number;
};

const MAX_HEADS = 500;

// `heads` is a skip scan over jobs_ready: the oldest job of each topic and priority, by one index probe each,
// regardless of the number of jobs.
const LANES_OF = statement<
  [organizationId: string, lanes: readonly Lane[], limit: number, heads: number],
  Row
>(
  "overview.lanes",
  `with recursive heads as (
     select l.lane, h.topic, h.priority, h.run_at, 1 as n
     from unnest($2::text[]) as l(lane), lateral (
       select topic, priority, run_at from jobs
       where status = 'QUEUED' and lane = l.lane and organization_id = $1
       order by topic, priority desc, run_at limit 1
     ) h
     union all
     select heads.lane, h.topic, h.priority, h.run_at, heads.n + 1
     from heads, lateral (
       (select topic, priority, run_at from jobs
        where status = 'QUEUED' and lane = heads.lane and organization_id = $1 and topic = heads.topic
          and priority < heads.priority
        order by priority desc, run_at limit 1)
       union all
       (select topic, priority, run_at from jobs
        where status = 'QUEUED' and lane = heads.lane and organization_id = $1 and topic > heads.topic
        order by topic, priority desc, run_at limit 1)
       limit 1
     ) h
     where heads.n < $4
   )
   select l.lane, now() as now,
     (select count(*) from (select from jobs
        where status = 'QUEUED' and lane = l.lane and organization_id = $1 limit $3) j) as ready,
     (select count(*) from (select from jobs
        where status = 'SCHEDULED' and lane = l.lane and organization_id = $1 limit $3) j) as later,
     (select count(*) from (select from jobs
        where status = 'FAILED' and lane = l.lane and organization_id = $1 limit $3) j) as failed,
     (select min(run_at) from heads where heads.lane = l.lane) as "oldestQueuedAt"
   from unnest($2::text[]) as l(lane)`,
);

// All running jobs of the installation, which are as few as its slots, are read by an index of their own.
const PROCESSING = statement<[organizationId: string], { lane: Lane; count: number }>(
  "overview.processing",
  `select lane, count(*) from jobs
   where status = 'PROCESSING' and worker_id = any(array(select id from workers))
     and organization_id = $1
   group by 1`,
);

/** Reads the state of an organization's queue, without a check of access. */
export async function readQueue(db: Connection, organizationId: string): Promise<Queue> {
  const [rows, processing, settings, recent, workers] = await Promise.all([
    db.run(LANES_OF, organizationId, LANES, MAX_COUNT + 1, MAX_HEADS),
    db.run(PROCESSING, organizationId),
    readLaneSettings(db),
    readRecentJobs(db, organizationId),
    readWorkers(db),
  ]);
  const slots = workers.flatMap(({ lanes }) => lanes);
  const lanes = settings.flatMap(({ lane, pausedAt, pausedBy }): LaneState[] => {
    const row = rows.find((each) => each.lane === lane);
    if (!row) return [];
    const ended = recent.find((each) => each.lane === lane);
    const ofLane = slots.filter((each) => each.lane === lane);
    return [{
      ...row,
      pausedAt,
      pausedBy,
      queued: Math.min(row.ready + row.later, MAX_COUNT),
      later: Math.min(row.later, MAX_COUNT),
      failed: Math.min(row.failed, MAX_COUNT),
      capped: row.ready + row.later > MAX_COUNT || row.failed > MAX_COUNT,
      processing: processing.find((each) => each.lane === lane)?.count ?? 0,
      completed: ended?.completed ?? 0,
      cancelled: ended?.cancelled ?? 0,
      perMinute: ended?.perMinute ?? 0,
      p95Ms: ended?.p95Ms ?? null,
      slots: ofLane.reduce((sum, { concurrency }) => sum + concurrency, 0),
      running: ofLane.reduce((sum, { running }) => sum + running, 0),
    }];
  });
  return { lanes, byStatus: countByStatus(lanes) };
}

function countByStatus(lanes: readonly LaneState[]): Queue["byStatus"] {
  const sum = (countOf: (lane: LaneState) => number) =>
    lanes.reduce((total, lane) => total + countOf(lane), 0);
  return [
    { status: "QUEUED", count: sum(({ queued }) => queued) },
    { status: "PROCESSING", count: sum(({ processing }) => processing) },
    { status: "COMPLETED", count: sum(({ completed }) => completed) },
    { status: "FAILED", count: sum(({ failed }) => failed) },
    { status: "CANCELLED", count: sum(({ cancelled }) => cancelled) },
  ];
}
