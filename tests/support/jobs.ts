import { type Connection, statement } from "../../src/db/database.ts";
import { newId } from "../../src/domain/id.ts";
import { insertJobs, type JobRow as NewJobRow } from "../../src/domain/jobs/enqueue.ts";
import { type ClaimedJob, claimJobs } from "../../src/domain/jobs/claim.ts";
import type { JobError, JobStatus, Progress } from "../../src/domain/jobs/job.ts";
import { type Lane, SLOT_SIZE } from "../../src/domain/jobs/lane.ts";
import { registerWorker } from "../../src/domain/jobs/lease.ts";
import type { Settlement } from "../../src/domain/jobs/settle.ts";
import type { Services } from "../../src/domain/services.ts";

/** A stored job, with the columns that the API does not show. */
export interface JobRow {
  readonly id: string;
  readonly status: JobStatus;
  readonly attempt: number;
  readonly crashes: number;
  readonly fence: number | null;
  readonly workerId: string | null;
  readonly cancelRequested: boolean;
  readonly error: JobError | null;
  readonly progress: Progress | null;
  readonly finished: boolean;
  /** Time until it is due, in milliseconds. */
  readonly waitMs: number;
  readonly waitReason: string | null;
  readonly waitProviderId: string | null;
}

/** A row of `job_attempts`. */
export interface AttemptRow {
  readonly number: number;
  readonly outcome: string;
  readonly errorType: string | null;
}

const READ = statement<[ids: string[]], JobRow>(
  "test.readJobs",
  `select id, status, attempt, crashes, fence, worker_id as "workerId", error, progress,
     cancel_requested as "cancelRequested", finished_at is not null as finished,
     (extract(epoch from run_at) - extract(epoch from now()))::float8 * 1000 as "waitMs",
     wait_reason as "waitReason", wait_provider_id as "waitProviderId"
   from jobs where id = any($1) order by id`,
);
const ATTEMPTS = statement<[jobId: string], AttemptRow>(
  "test.readAttempts",
  `select number, outcome, error ->> 'type' as "errorType" from job_attempts
   where job_id = $1 order by fence`,
);
const EXPIRE = statement<[workerId: string | null]>(
  "test.expireLeases",
  `with renewed as (
     update renewals set since = since - interval '16 seconds', last_at = clock_timestamp())
   update workers set lease_until = clock_timestamp() - interval '1 second'
   where $1::uuid is null or id = $1`,
);
const MAKE_DUE = statement<[]>(
  "test.makeJobsDue",
  "update jobs set run_at = now() where status = 'SCHEDULED'",
);

/** Creates a job without storing it; by default of kind "work" in the lane BULK. */
export function newJob(organizationId: string, overrides: Partial<NewJobRow> = {}): NewJobRow {
  return {
    organizationId,
    userId: null,
    kind: "work",
    lane: "BULK",
    maxAttempts: 3,
    payload: {},
    ...overrides,
  };
}

/** Enqueues a job and returns its id. */
export async function addJob(
  db: Connection,
  organizationId: string,
  overrides: Partial<NewJobRow> = {},
): Promise<string> {
  const [id = ""] = await insertJobs(db, [newJob(organizationId, overrides)]);
  return id;
}

/** Enqueues many jobs and returns their ids. */
export function addJobs(
  db: Connection,
  organizationId: string,
  count: number,
  overrides: Partial<NewJobRow> = {},
): Promise<string[]> {
  return insertJobs(db, Array.from({ length: count }, () => newJob(organizationId, overrides)));
}

/** Registers a worker without a process, by default without slots. */
export async function addWorker(
  services: Services,
  lanes: Partial<Record<Lane, number>> = {},
): Promise<string> {
  const id = newId();
  await registerWorker(services, id, "test", new Map(Object.entries(lanes) as [Lane, number][]));
  return id;
}

/** Claims jobs of topic "work" in BULK. */
export function claimWork(
  services: Services,
  workerId: string,
  organizationId: string,
  count = 1_000,
): Promise<ClaimedJob[]> {
  const quota = { lane: "BULK", organizationId, topic: "work" } as const;
  return claimJobs(services, workerId, [{ ...quota, size: SLOT_SIZE * count, count }]);
}

/** Creates the settlement of a claim; by default with the outcome done. */
export function endOf(job: ClaimedJob, overrides: Partial<Settlement> = {}): Settlement {
  return {
    id: job.id,
    organizationId: job.organizationId,
    fence: job.fence,
    outcome: "done",
    delayMs: 0,
    wait: null,
    error: null,
    progress: null,
    ...overrides,
  };
}

/** Reads a job. */
export async function readJob(db: Connection, id: string): Promise<JobRow> {
  const [job] = await db.run(READ, [id]);
  if (!job) throw new Error(`No job ${id}`);
  return job;
}

/** Reads jobs in the order of their ids. */
export function readJobs(db: Connection, ids: readonly string[]): Promise<JobRow[]> {
  return db.run(READ, [...ids]);
}

/** Reads the attempts at a job, oldest first. */
export function readAttempts(db: Connection, jobId: string): Promise<AttemptRow[]> {
  return db.run(ATTEMPTS, jobId);
}

/** Expires the lease of a worker as if others had renewed theirs meanwhile; null: all leases. */
export async function expireLease(db: Connection, workerId: string | null = null): Promise<void> {
  await db.run(EXPIRE, workerId);
}

/** Makes all scheduled jobs due now, parked ones included. */
export async function makeDue(db: Connection): Promise<void> {
  await db.run(MAKE_DUE);
}
