import { z } from "zod";
import { type Caller, requireAdmin } from "../access/access.ts";
import { ConflictError, invalid, InvalidInputError } from "../errors.ts";
import { checkNesting } from "../nesting.ts";
import type { Services } from "../services.ts";
import { issuesOf } from "../validation.ts";
import { insertJobs, type JobRow, wakeWorkers } from "./enqueue.ts";
import { findUnfinishedJob, getJob } from "./find.ts";
import { type Job, mayAccess } from "./job.ts";
import { toastStart } from "./notify.ts";
import { JOB_KINDS, type JobKindName } from "./kinds.ts";

/** Input of `startJob`. */
export interface StartJobInput {
  readonly kind: JobKindName;
  /** Payload that the schema of the kind accepts. */
  readonly payload: Record<string, unknown>;
  /** -100 to 100; higher runs first. */
  readonly priority?: number | null;
  /** Earliest start; null or absent: now. */
  readonly runAt?: Date | null;
  /** 1 to 10; null or absent: as the kind declares. */
  readonly maxAttempts?: number | null;
  /** 1 to 200 characters. At most one unfinished job of the organization has this key. */
  readonly uniqueKey?: string | null;
}

const inputSchema = z.object({
  priority: z.number().int("is not a whole number")
    .min(-100, "is below -100").max(100, "is above 100").nullish(),
  runAt: z.date("is not a valid time").nullish(),
  maxAttempts: z.number().int("is not a whole number")
    .min(1, "is below 1").max(10, "is above 10").nullish(),
  uniqueKey: z.string().min(1, "is empty").max(200, "is longer than 200 characters")
    .refine((key) => !key.includes("\0"), "must not contain NUL characters").nullish(),
});

/**
 * Starts a job of a startable kind.
 *
 * @returns the job; `created` is false if it is an earlier, unfinished job with the same unique key
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} for a kind that is not startable, or a payload that its schema refuses
 * @throws {ConflictError} ALREADY_RUNNING if the key belongs to a job that the caller may not see
 */
export async function startJob(
  services: Services,
  caller: Caller,
  input: StartJobInput,
): Promise<{ job: Job; created: boolean }> {
  requireAdmin(caller, "start jobs");
  const kind = JOB_KINDS[input.kind];
  if (!kind.startable) {
    throw invalid(["kind"], "NOT_STARTABLE", `cannot be ${input.kind}, which is not startable`);
  }
  checkStart(input);

  const newJob: JobRow = {
    organizationId: caller.organizationId,
    userId: caller.userId,
    kind: input.kind,
    lane: kind.lane,
    priority: input.priority ?? 0,
    runAt: input.runAt ?? null,
    maxAttempts: input.maxAttempts ?? kind.maxAttempts,
    uniqueKey: input.uniqueKey ?? null,
    payload: input.payload,
  };
  while (true) {
    const [id] = await insertJobs(services.db, [newJob]);
    if (id !== undefined) {
      wakeWorkers(services, [kind.lane]);
      services.bus.publish("jobs", caller.organizationId, [id]);
      if (!input.runAt) toastStart(services, caller, input.kind, id);
      return { job: await getJob(services, caller, id), created: true };
    }
    const job = await visibleByKey(services, caller, input.uniqueKey ?? "");
    if (job) return { job, created: false };
    // The job finished between the two statements, so the key is free again.
  }
}

/**
 * Checks the fields of a new job of a startable kind.
 *
 * @throws {InvalidInputError} naming each invalid field, and each one of the payload
 */
export function checkStart(input: StartJobInput): void {
  const tooDeep = checkNesting(input.payload);
  if (tooDeep) throw invalid(["payload"], ...tooDeep);
  const issues = [
    ...issuesOf(inputSchema.safeParse(input)),
    ...issuesOf(JOB_KINDS[input.kind].payload.safeParse(input.payload), ["payload"]),
  ];
  if (issues.length > 0) throw new InvalidInputError(issues);
}

/**
 * Checks priority and start time of a job that another operation starts.
 *
 * @throws {InvalidInputError} naming each invalid field
 */
export function checkStartTime(input: Pick<StartJobInput, "priority" | "runAt">): void {
  const issues = issuesOf(inputSchema.safeParse(input));
  if (issues.length > 0) throw new InvalidInputError(issues);
}

async function visibleByKey(
  { db }: Services,
  caller: Caller,
  uniqueKey: string,
): Promise<Job | undefined> {
  const job = await findUnfinishedJob(db, caller.organizationId, uniqueKey);
  if (!job || mayAccess(caller, job)) return job;
  throw new ConflictError(
    "ALREADY_RUNNING",
    `Cannot start the job: another user's unfinished job has the unique key ${uniqueKey}`,
  );
}
