import { columnList } from "../../db/columns.ts";
import { type Connection, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import { type Job, type JobError, type JobStatus, mayAccess } from "./job.ts";
import type { Lane } from "./lane.ts";

/** Columns of a job under the names of `Job`, for the query builder. */
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
  "worker_id as workerId",
  "started_from as startedFrom",
] as const;

/** The columns of a job as SQL text, for SELECT and RETURNING. */
export const COLUMNS = columnList(JOB_COLUMNS);

const FIND = statement<[ids: string[]], Job>(
  "jobs.find",
  `select ${COLUMNS} from jobs where id = any($1)`,
);

const FIND_UNFINISHED = statement<[organizationId: string, uniqueKey: string], Job>(
  "jobs.findByKey",
  `select ${COLUMNS} from jobs where organization_id = $1 and unique_key = $2
     and status in ('QUEUED', 'SCHEDULED', 'PROCESSING')`,
);

const ATTEMPTS = statement<[organizationId: string, jobId: string], JobAttempt>(
  "jobs.attempts",
  `select number, started_at as "startedAt", finished_at as "finishedAt", outcome, error,
     worker_id as "workerId"
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
  readonly workerId: string;
}

/** Finds jobs of all organizations by id. The caller must check access. */
export function findJobs(db: Connection, ids: readonly string[]): Promise<Job[]> {
  return db.run(FIND, [...ids]);
}

/** Finds a job of an organization. The caller must check access within the organization. */
export async function findJob(
  db: Connection,
  organizationId: string,
  id: string,
): Promise<Job | undefined> {
  const [job] = await db.run(FIND, [id]);
  return job?.organizationId === organizationId ? job : undefined;
}

/**
 * Finds a job that the caller may see.
 *
 * @throws {NotFoundError} also for a job that the caller may not see
 */
export async function getJob({ db }: Services, caller: Caller, id: string): Promise<Job> {
  const [job] = await findJobs(db, [id]);
  if (!job || !mayAccess(caller, job)) throw new NotFoundError([toTypeId("job", id)]);
  return job;
}

/** Finds the unfinished job with a unique key. The caller must check access within the organization. */
export async function findUnfinishedJob(
  db: Connection,
  organizationId: string,
  uniqueKey: string,
): Promise<Job | undefined> {
  const [job] = await db.run(FIND_UNFINISHED, organizationId, uniqueKey);
  return job;
}

/** Reads the attempts at a job, oldest first. The caller must be allowed to see the job. */
export function readAttempts({ db }: Services, job: Job): Promise<JobAttempt[]> {
  return db.run(ATTEMPTS, job.organizationId, job.id);
}

/** Counts the unfinished jobs of all organizations, for metrics. */
export function readDepths(
  { db }: Services,
): Promise<{ lane: Lane; status: JobStatus; count: number }[]> {
  return db.run(DEPTHS);
}
