import { type Connection, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { ConflictError } from "../errors.ts";
import { newId, toTypeId } from "../id.ts";
import { enqueueJobs, wakeWorkers } from "../jobs/enqueue.ts";
import { findUnfinishedJob, getJob } from "../jobs/find.ts";
import type { Job } from "../jobs/job.ts";
import { JOB_KINDS } from "../jobs/kinds.ts";
import { publishToast } from "../notifications/toast.ts";
import type { Services } from "../services.ts";
import { findRuns, getRun } from "./find.ts";
import { readSelectionInput, selectionKey, type StartLearningInput } from "./input.ts";
import type { LearningRun, LearningSelection } from "./learning_run.ts";
import { closeEndedRuns } from "./turn.ts";

/** Result of a start. */
export interface StartedLearning {
  readonly run: LearningRun;
  readonly job: Job;
  /** False: an earlier run of the user with the same selection has not ended. */
  readonly created: boolean;
}

/** A run to be started. */
interface NewRun {
  readonly selection: LearningSelection;
  readonly relearn: boolean;
  readonly runAt: Date | null;
  readonly priority: number;
}

const INSERT = statement<
  [
    id: string,
    organizationId: string,
    userId: string | null,
    jobId: string,
    selection: string,
    relearn: boolean,
    runAt: Date | null,
  ]
>(
  "learningRuns.insert",
  `insert into learning_runs (id, organization_id, started_by, job_id, selection, relearn, run_at)
   values ($1, $2, $3, $4, $5::jsonb, $6, $7)`,
);

/**
 * Starts a learning run on mails that the organization has sent. Only one run per user is RUNNING; others wait.
 *
 * @returns the run; an earlier one if that has the same selection and has not ended
 * @throws {InvalidInputError} for an invalid selection, time or priority
 * @throws {NotFoundError} naming every chosen mail that does not exist
 */
export async function startEmailLearning(
  services: Services,
  caller: Caller,
  input: StartLearningInput,
): Promise<StartedLearning> {
  const selection = await readSelectionInput(services.db, caller.organizationId, input);
  const { relearn, runAt = null, priority } = input;
  return await startRun(services, caller, { selection, relearn, runAt, priority });
}

/**
 * Starts a new run with the failed mails of one that has ended.
 *
 * @throws {NotFoundError} also for a run that the caller may not see
 * @throws {ConflictError} NOT_RETRYABLE for a run that has not ended, or without failed mails
 */
export async function retryLearningRun(
  services: Services,
  caller: Caller,
  id: string,
): Promise<StartedLearning> {
  await closeEndedRuns(services, caller.organizationId);
  const { status, failed, relearn } = await getRun(services, caller, id);
  const refuse = (reason: string) => {
    const typeId = toTypeId("learningRun", id);
    return new ConflictError("NOT_RETRYABLE", `Cannot retry mails of run ${typeId}: ${reason}`);
  };
  if (status === "QUEUED" || status === "RUNNING") throw refuse(`its status is ${status}`);
  if (failed === 0) throw refuse("no mail failed");
  const selection = { emailIds: null, since: null, retryOf: id };
  return await startRun(services, caller, { selection, relearn, runAt: null, priority: 0 });
}

async function startRun(
  services: Services,
  caller: Caller,
  run: NewRun,
): Promise<StartedLearning> {
  const { db, bus } = services;
  const { organizationId, userId } = caller;
  const uniqueKey = selectionKey(userId, run.selection, run.relearn);
  while (true) {
    const started = await db.transaction((tx) => insert(tx, caller, run, uniqueKey));
    if (started) {
      wakeWorkers(services, [JOB_KINDS.LEARN_EMAILS.lane]);
      bus.publish("jobs", organizationId, [started.jobId]);
      bus.publish("learningRuns", organizationId, [started.id]);
      toastStart(services, caller, started.id);
      return await readStarted(services, caller, started, true);
    }
    const job = await findUnfinishedJob(db, organizationId, uniqueKey);
    const runId = job?.payload.runId;
    if (job && typeof runId === "string") {
      return await readStarted(services, caller, { id: runId, jobId: job.id }, false);
    }
    // The job finished between the two statements, so the key is free again.
  }
}

/** Inserts a run with its job; returns null if an unfinished job has the key. */
async function insert(
  tx: Connection,
  { organizationId, userId }: Caller,
  { selection, relearn, runAt, priority }: NewRun,
  uniqueKey: string,
): Promise<{ id: string; jobId: string } | null> {
  const [id, jobId] = [newId(), newId()];
  const [enqueued] = await enqueueJobs(tx, [{
    id: jobId,
    organizationId,
    userId,
    kind: "LEARN_EMAILS",
    payload: { runId: id },
    subject: toTypeId("learningRun", id),
    uniqueKey,
    priority,
    runAt,
  }]);
  if (!enqueued) return null;
  const json = JSON.stringify(selection);
  await tx.run(INSERT, id, organizationId, userId, jobId, json, relearn, runAt);
  return { id, jobId };
}

async function readStarted(
  services: Services,
  caller: Caller,
  { id, jobId }: { readonly id: string; readonly jobId: string },
  created: boolean,
): Promise<StartedLearning> {
  const [[run], job] = await Promise.all([
    findRuns(services.db, [id]),
    getJob(services, caller, jobId),
  ]);
  if (!run) throw new Error(`Learning run ${toTypeId("learningRun", id)} was deleted`);
  return { run, job, created };
}

function toastStart(
  services: Services,
  { organizationId, userId }: Caller,
  id: string,
): void {
  publishToast(services, organizationId, {
    userId,
    topic: "LEARNING",
    level: "INFO",
    title: "Learning from emails was started",
    subject: toTypeId("learningRun", id),
  });
}
