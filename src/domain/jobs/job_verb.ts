import { type Connection, type Database, statement } from "../../db/database.ts";
import { isUniqueViolation } from "../../db/sqlstate.ts";
import { type Caller, organizationsOf } from "../access/access.ts";
import type { Services } from "../services.ts";
import { cancelMany, publishCancelled } from "./cancel.ts";
import { COLUMNS } from "./find.ts";
import { canRetry, isFinished, type Job, type JobStatus, mayAccess } from "./job.ts";
import { publishRetried, retryMany } from "./retry.ts";

/** Properties of a job that decide whether an action applies to it. */
export interface JobTraits {
  readonly status: JobStatus;
  /** Whether another unfinished job has its unique key. */
  readonly keyTaken: boolean;
}

/** An action on many jobs. */
export interface JobVerb {
  /** Stored statuses of the jobs that the action applies to when they are selected by a filter. */
  readonly statuses: readonly JobStatus[];
  /** Returns the reason to refuse a job; null if the action applies to it. */
  refusalOf(job: JobTraits): string | null;
  /** Acts on jobs that `refusalOf` has accepted; returns the changed ones. */
  act(tx: Connection, caller: Caller, ids: readonly string[]): Promise<Job[]>;
  /** Wakes or aborts the changed jobs, and publishes them, after the commit. */
  publish(services: Services, jobs: readonly Job[]): void;
}

/** SQL: another unfinished job has the unique key of the job `jobs`. */
export const KEY_TAKEN = `(jobs.unique_key is not null and exists (select from jobs other
  where other.organization_id = jobs.organization_id and other.unique_key = jobs.unique_key
    and other.status in ('QUEUED', 'SCHEDULED', 'PROCESSING') and other.id <> jobs.id))`;

const KEY_TAKEN_REASON = "Another unfinished job has its unique key";

/** Retries jobs, as `retryJob` does. By a filter: FAILED ones only. */
export const RETRY_VERB: JobVerb = {
  statuses: ["FAILED"],
  refusalOf({ status, keyTaken }) {
    if (!canRetry({ status })) return `Its status is ${status}`;
    return keyTaken && isFinished(status) ? KEY_TAKEN_REASON : null;
  },
  act: retryMany,
  publish: publishRetried,
};

/** Cancels jobs, as `cancelJob` does. */
export const CANCEL_VERB: JobVerb = {
  statuses: ["QUEUED", "SCHEDULED", "PROCESSING"],
  refusalOf: ({ status }) => isFinished(status) ? `Its status is ${status}` : null,
  act: cancelMany,
  publish: publishCancelled,
};

type LockedJob = Job & JobTraits & { readonly uniqueKey: string | null };

// In the order of ids, in which every statement locks many jobs.
const LOCK = statement<[ids: string[], organizationIds: string[]], LockedJob>(
  "jobs.lockMany",
  `select ${COLUMNS}, unique_key as "uniqueKey", ${KEY_TAKEN} as "keyTaken" from jobs
   where id = any($1) and organization_id = any($2) order by id for no key update`,
);

/** Result of a verb on jobs. */
export interface ActedOnJobs {
  /** The jobs that the verb has changed. */
  readonly changed: readonly Job[];
  readonly refused: readonly { readonly id: string; readonly reason: string }[];
}

/**
 * Applies a verb to jobs that the caller may see; others are ignored. Call `publish` of the verb with the
 * changed jobs after the commit.
 *
 * @throws a unique violation if a concurrent transaction has taken the unique key of one of the jobs
 */
export async function actOnJobs(
  tx: Connection,
  caller: Caller,
  ids: readonly string[],
  { refusalOf, act }: JobVerb,
): Promise<ActedOnJobs> {
  const locked = (await tx.run(LOCK, [...ids], organizationsOf(caller)))
    .filter((job) => mayAccess(caller, job));
  const accepted: string[] = [];
  const refused: { id: string; reason: string }[] = [];
  const keys = new Set<string>();
  for (const job of locked) {
    const keyTaken = job.keyTaken || (job.uniqueKey !== null && keys.has(job.uniqueKey));
    const reason = refusalOf({ status: job.status, keyTaken });
    if (reason !== null) {
      refused.push({ id: job.id, reason });
      continue;
    }
    accepted.push(job.id);
    if (job.uniqueKey !== null && isFinished(job.status)) keys.add(job.uniqueKey);
  }
  const changed = accepted.length > 0 ? await act(tx, caller, accepted) : [];
  return { changed, refused };
}

const MAX_TRIES = 10;

/**
 * Runs a transaction that may call `actOnJobs`. It is repeated if a concurrent transaction has taken the unique key
 * of one of the jobs: the next one sees the other job, and refuses its own.
 *
 * @throws the unique violation after ten tries
 */
export async function repeatOnTakenKey<T>(
  db: Database,
  work: (tx: Connection) => Promise<T>,
): Promise<T> {
  for (let tries = 1;; tries++) {
    try {
      return await db.transaction(work);
    } catch (error) {
      if (!isUniqueViolation(error) || tries === MAX_TRIES) throw error;
    }
  }
}
