import { statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { ConflictError, NotFoundError } from "../errors.ts";
import { newId, toTypeId } from "../id.ts";
import { insertJobs, wakeWorkers } from "../jobs/enqueue.ts";
import { findUnfinishedJob, getJob } from "../jobs/find.ts";
import type { Job } from "../jobs/job.ts";
import { isJobKind } from "../jobs/kinds.ts";
import type { Services } from "../services.ts";
import { getSchedule } from "./find.ts";
import { audienceOf, jobOf, mayChange, type Schedule } from "./schedule.ts";

// The row lock keeps the schedule from being deleted until its fire is recorded.
const TOUCH = statement<[id: string], { id: string }>(
  "schedules.touch",
  "update schedules set updated_at = clock_timestamp() where id = $1 returning id",
);

const RECORD_RUN = statement<
  [id: string, organizationId: string, jobId: string, startedBy: string | null]
>(
  "schedules.recordRun",
  `insert into schedule_fires (schedule_id, nominal_at, organization_id, job_id, manual, started_by)
   values ($1, clock_timestamp(), $2, $3, true, $4)`,
);

/** Starter of a run. */
export interface RunOrigin {
  /** Organization that the job covers; the system's covers all. */
  readonly organizationId: string;
  readonly userId: string | null;
}

/** A run of a schedule. */
export interface ScheduleRun {
  readonly jobId: string;
  /** False: it is the unfinished job of an earlier fire. */
  readonly created: boolean;
}

/**
 * Runs a schedule now, also a paused one; its ticks do not change. An ADMIN runs a built-in schedule for its own
 * organization, the OPERATOR for all.
 *
 * @returns the schedule, and its job: the unfinished one of an earlier fire if there is one
 * @throws {ForbiddenError} for a MEMBER
 * @throws {NotFoundError}
 * @throws {ConflictError} NOT_STARTABLE if this version of the program does not have the kind of its jobs
 */
export async function runSchedule(
  services: Services,
  caller: Caller,
  id: string,
): Promise<{ schedule: Schedule; job: Job; created: boolean }> {
  requireAdmin(caller, "run schedules");
  const schedule = await getSchedule(services, caller, id);
  const covered = mayChange(caller, schedule) ? schedule : caller;
  const { jobId, created } = await startRun(services, schedule, {
    organizationId: covered.organizationId,
    userId: caller.userId,
  });
  return {
    schedule: await getSchedule(services, caller, id),
    job: await getJob(services, caller, jobId),
    created,
  };
}

/**
 * Starts a job of a schedule outside its ticks, and records the fire. The caller must be allowed to do so.
 *
 * @throws {NotFoundError} if the schedule was deleted meanwhile
 * @throws {ConflictError} NOT_STARTABLE as `runSchedule`
 */
export async function startRun(
  services: Services,
  schedule: Schedule,
  { organizationId, userId }: RunOrigin,
): Promise<ScheduleRun> {
  if (!isJobKind(schedule.kind)) {
    throw new ConflictError(
      "NOT_STARTABLE",
      `Cannot run schedule ${schedule.name}: this version has no job kind ${schedule.kind}`,
    );
  }
  const job = jobOf(schedule, { jobId: newId(), organizationId, userId });
  const { db, bus } = services;
  while (true) {
    const created = await db.transaction(async (tx) => {
      const [touched] = await tx.run(TOUCH, schedule.id);
      if (!touched) throw new NotFoundError([toTypeId("schedule", schedule.id)]);
      const [jobId] = await insertJobs(tx, [job]);
      if (jobId !== undefined) await tx.run(RECORD_RUN, schedule.id, organizationId, jobId, userId);
      return jobId !== undefined;
    });
    if (created) {
      bus.publish("schedules", audienceOf(schedule), [schedule.id]);
      bus.publish("jobs", organizationId, [job.id]);
      wakeWorkers(services, [job.lane]);
      return { jobId: job.id, created };
    }
    const unfinished = await findUnfinishedJob(db, organizationId, job.uniqueKey);
    if (unfinished) return { jobId: unfinished.id, created };
    // The job finished between the two statements, so the key is free again.
  }
}
