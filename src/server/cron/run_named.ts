import { ConflictError, NotFoundError } from "../../domain/errors.ts";
import { isHeld } from "../../domain/hold.ts";
import { parseTypeId } from "../../domain/id.ts";
import { isFinished } from "../../domain/jobs/job.ts";
import { waitForJobs, type WaitLimit } from "../../domain/jobs/wait.ts";
import { findBuiltIn, findSchedules } from "../../domain/schedules/find.ts";
import { startRun } from "../../domain/schedules/run.ts";
import type { Services } from "../../domain/services.ts";
import { type CronReport, reportOf } from "./report.ts";

/** Answer to `/cron/<name>`. */
export interface NamedRun {
  readonly status: 200 | 202 | 500;
  readonly report: CronReport;
}

/**
 * Runs a schedule and waits for its job: the unfinished one of an earlier fire if there is one.
 *
 * @param name of a built-in schedule, or the id of any, because two organizations may use the same name
 * @throws {NotFoundError} if there is no such schedule
 * @throws {ConflictError} NOT_STARTABLE while the schedule is paused or the installation is on hold
 */
export async function runNamed(
  services: Services,
  name: string,
  limit: WaitLimit,
): Promise<NamedRun> {
  const { db } = services;
  const id = parseTypeId(name);
  const [schedule] = id?.noun === "schedule"
    ? await findSchedules(db, [id.id])
    : [await findBuiltIn(db, name)];
  if (!schedule) throw new NotFoundError([name]);
  const refused = `Cannot fire schedule ${name}: `;
  if (!schedule.enabled) throw new ConflictError("NOT_STARTABLE", `${refused}it is paused`);
  if (await isHeld(db)) {
    throw new ConflictError("NOT_STARTABLE", `${refused}the installation is on hold`);
  }
  const { jobId } = await startRun(services, schedule, {
    organizationId: schedule.organizationId,
    userId: null,
  });
  const [job] = await waitForJobs(services, [jobId], limit);
  const report = await reportOf(services, schedule.name, jobId, job);
  if (job && !isFinished(job.status)) return { status: 202, report };
  return { status: job?.status === "COMPLETED" ? 200 : 500, report };
}
