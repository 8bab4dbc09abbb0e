import { columnList } from "../../db/columns.ts";
import { type Connection, statement } from "../../db/database.ts";
import type { Services } from "../services.ts";
import type { Job, JobError, JobStatus } from "./job.ts";
import type { Lane } from "./lane.ts";

/** Columns of a job under the names of `Job`. */
export const JOB_COLUMNS = [
  "id",
  "organization_id as organizationId",
  "user_id as userId",
  "kind",
  "lane",
  "status",
  "priority",
  "run_at as runAt",
  "attempt",
  "max_attempts as maxAttempts",
  "cancel_requested as cancelRequested",
  "subject",
  "payload",
  "progress",
  "error",
  "result",
  "created_at as createdAt",
  "updated_at as updatedAt",
  "started_at as startedAt",
  "finished_at as finishedAt",
] as const;

const COLUMNS = columnList(JOB_COLUMNS);

const FIND = statement<[ids: string[]], Job>(
  "jobs.find",
  `select ${COLUMNS} from jobs where id = any($1)`,
);

const FIND_BY_KEY = statement<[organizationId: string, uniqueKey: string], Job>(
  "jobs.findByKey",
  `select ${COLUMNS} from jobs where organization_id = $1 and unique_key = $2
     and status in ('QUEUED', 'SCHEDULED', 'PROCESSING')`,
);

/**
 * Cancels a waiting job at once. A running one is marked and keeps its fence, so that its handler can
 * still record what it did.
 */
export const CANCEL = statement<[id: string, organizationId: string], Job>(
  "jobs.cancel",
  `update jobs set cancel_requested = true, updated_at = now(),
     status = case status when 'PROCESSING' then status else 'CANCELLED' end,
     finished_at = case status when 'PROCESSING' then null else now() end
   where id = $1 and organization_id = $2 and status in ('QUEUED', 'SCHEDULED', 'PROCESSING')
   returning ${COLUMNS}`,
);

/** Restarts a FAILED or CANCELLED job from attempt 1. A waiting one keeps its count and runs now. */
export const RETRY = statement<[id: string, organizationId: string], Job>(
  "jobs.retry",
  `update jobs set status = 'QUEUED', run_at = now(), finished_at = null, crashes = 0,
     cancel_requested = false, updated_at = now(), error = null, result = null,
     attempt = case status when 'SCHEDULED' then attempt else 0 end
   where id = $1 and organization_id = $2 and status in ('FAILED', 'CANCELLED', 'SCHEDULED')
   returning ${COLUMNS}`,
);

const ATTEMPTS = statement<[organizationId: string, jobId: string], JobAttempt>(
  "jobs.attempts",
  `select number, started_at as "startedAt", finished_at as "finishedAt", outcome, error
   from job_attempts where organization_id = $1 and job_id = $2 order by fence`,
);

const DEPTHS = statement<[], { lane: Lane; status: JobStatus; count: number }>(
  "jobs.depths",
  `select lane, status, count(*) as count from jobs
   where status in ('QUEUED', 'SCHEDULED', 'PROCESSING') group by 1, 2`,
);

/** An attempt at a job that has ended. */
export interface JobAttempt {
  readonly number: number;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly outcome: "SUCCEEDED" | "FAILED" | "CANCELLED" | "CRASHED";
  readonly error: JobError | null;
}

/** Finds jobs of all organizations by id. The caller checks access. */
export function findJobs(db: Connection, ids: readonly string[]): Promise<Job[]> {
  return db.run(FIND, [...ids]);
}

/** Finds a job of an organization. */
export async function findJob(
  db: Connection,
  organizationId: string,
  id: string,
): Promise<Job | undefined> {
  const [job] = await db.run(FIND, [id]);
  return job?.organizationId === organizationId ? job : undefined;
}

/** Finds the unfinished job with a unique key. */
export async function findUnfinishedByKey(
  db: Connection,
  organizationId: string,
  uniqueKey: string,
): Promise<Job | undefined> {
  const [job] = await db.run(FIND_BY_KEY, organizationId, uniqueKey);
  return job;
}

/** Reads the attempts at a job, oldest first. The caller has checked access to the job. */
export function readAttempts({ db }: Services, job: Job): Promise<JobAttempt[]> {
  return db.run(ATTEMPTS, job.organizationId, job.id);
}

/** Counts the unfinished jobs of all organizations, for metrics. */
export function readDepths(
  { db }: Services,
): Promise<{ lane: Lane; status: JobStatus; count: number }[]> {
  return db.run(DEPTHS);
}
