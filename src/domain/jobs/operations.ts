import { z } from "zod";
import { isUniqueViolation } from "../../db/sqlstate.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { ConflictError, invalid, InvalidInputError, NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import { issuesOf } from "../validation.ts";
import { enqueueJobs, wakeWorkers } from "./enqueue.ts";
import { isFinished, type Job, mayAccess, type NewJob } from "./job.ts";
import { JOB_KINDS } from "./kinds.ts";
import { CANCEL, findJob, findUnfinishedByKey, RETRY } from "./queries.ts";

/** What `startJob` takes. */
export interface StartJobInput {
  readonly kind: string;
  readonly payload: Record<string, unknown>;
  /** -100 to 100; higher runs first. */
  readonly priority?: number | null;
  readonly runAt?: Date | null;
  /** 1 to 10. */
  readonly maxAttempts?: number | null;
  /** At most 200 characters. */
  readonly uniqueKey?: string | null;
}

const inputSchema = z.object({
  priority: z.number().int().min(-100).max(100).nullish(),
  runAt: z.date().nullish(),
  maxAttempts: z.number().int().min(1).max(10).nullish(),
  uniqueKey: z.string().min(1).max(200).refine((key) => !key.includes("\0"), "holds a NUL")
    .nullish(),
});

/**
 * Starts a job of a startable kind by hand.
 *
 * @returns the job; `created` is false when the unique key named an unfinished one, which is answered
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} for a kind that nobody starts, or a payload that does not fit the kind
 * @throws {ConflictError} ALREADY_RUNNING, when the key names a job that the caller may not see
 */
export async function startJob(
  services: Services,
  caller: Caller,
  input: StartJobInput,
): Promise<{ job: Job; created: boolean }> {
  requireAdmin(caller, "start jobs");
  const kind = JOB_KINDS.get(input.kind);
  if (!kind?.startable) {
    throw invalid(["kind"], "NOT_STARTABLE", `${input.kind} cannot be started by hand`);
  }
  const issues = [
    ...issuesOf(inputSchema.safeParse(input)),
    ...issuesOf(kind.payload.safeParse(input.payload), ["payload"]),
  ];
  if (issues.length > 0) throw new InvalidInputError(issues);

  const newJob: NewJob = {
    organizationId: caller.organizationId,
    userId: caller.userId,
    kind: kind.kind,
    lane: kind.lane,
    priority: input.priority ?? 0,
    runAt: input.runAt ?? null,
    maxAttempts: input.maxAttempts ?? kind.maxAttempts,
    uniqueKey: input.uniqueKey ?? null,
    payload: input.payload,
  };
  while (true) {
    const [id] = await enqueueJobs(services.db, [newJob]);
    if (id !== undefined) {
      wakeWorkers(services);
      services.bus.publish("jobs", caller.organizationId, [id]);
      return { job: await getJob(services, caller, id), created: true };
    }
    const job = await unfinishedJobOfKey(services, caller, input.uniqueKey ?? "");
    if (job) return { job, created: false };
    // It has finished between the two statements: the key is free again.
  }
}

async function unfinishedJobOfKey(
  services: Services,
  caller: Caller,
  uniqueKey: string,
): Promise<Job | undefined> {
  const job = await findUnfinishedByKey(services.db, caller.organizationId, uniqueKey);
  if (!job || mayAccess(caller, job)) return job;
  throw new ConflictError(
    "ALREADY_RUNNING",
    `A job with the unique key ${uniqueKey} is unfinished`,
  );
}

/**
 * Cancels a job: at once when it waits; a running one is asked to stop, wherever it runs, and ends
 * when it has recorded what it did. Asking again changes nothing.
 *
 * @throws {NotFoundError} @throws {ConflictError} ALREADY_FINISHED
 */
export async function cancelJob(services: Services, caller: Caller, id: string): Promise<Job> {
  await getJob(services, caller, id);
  const [cancelled] = await services.db.run(CANCEL, id, caller.organizationId);
  if (!cancelled) {
    const job = await getJob(services, caller, id);
    throw new ConflictError("ALREADY_FINISHED", `Cannot cancel the job: it is ${job.status}`);
  }
  if (!isFinished(cancelled.status)) services.bus.publish("cancel", caller.organizationId, [id]);
  services.bus.publish("jobs", caller.organizationId, [id]);
  return cancelled;
}

/**
 * Runs a job again that FAILED or was CANCELLED, or at once what waits for its time.
 *
 * @throws {NotFoundError}
 * @throws {ConflictError} NOT_RETRYABLE for what is queued, runs or is completed; ALREADY_RUNNING when
 *   its unique key names another unfinished job by now
 */
export async function retryJob(services: Services, caller: Caller, id: string): Promise<Job> {
  await getJob(services, caller, id);
  const [retried] = await services.db.run(RETRY, id, caller.organizationId).catch((error) => {
    if (!isUniqueViolation(error)) throw error;
    throw new ConflictError(
      "ALREADY_RUNNING",
      "Another job with the same unique key is unfinished",
    );
  });
  if (!retried) {
    const job = await getJob(services, caller, id);
    throw new ConflictError("NOT_RETRYABLE", `Cannot retry the job: it is ${statusForPeople(job)}`);
  }
  wakeWorkers(services);
  services.bus.publish("jobs", caller.organizationId, [id]);
  return retried;
}

/**
 * One job.
 *
 * @throws {NotFoundError} also for what the caller may not see
 */
export async function getJob({ db }: Services, caller: Caller, id: string): Promise<Job> {
  const job = await findJob(db, caller.organizationId, id);
  if (!job || !mayAccess(caller, job)) throw new NotFoundError([toTypeId("job", id)]);
  return job;
}

function statusForPeople({ status }: Job): string {
  return status === "SCHEDULED" ? "QUEUED" : status;
}
