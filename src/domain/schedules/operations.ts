import { SYSTEM_ORGANIZATION_ID } from "../access/access.ts";
import { newId } from "../id.ts";
import { insertJobs, type JobRow, wakeWorkers } from "../jobs/enqueue.ts";
import { isJobKind, JOB_KINDS } from "../jobs/kinds.ts";
import type { Lane } from "../jobs/lane.ts";
import type { Services } from "../services.ts";
import {
  DUE,
  type DueSchedule,
  INSERT_BUILT_IN,
  LOCK_DUE,
  MOVE_ON,
  NAME_JOB,
  NOW,
  PRUNE_FIRES,
  RECORD_FIRE,
  RECORD_RESULT,
} from "./queries.ts";
import { BUILT_IN_SCHEDULES, type FireResult, nextTick } from "./schedule.ts";

/** Result of `fireDue`. */
export interface FireReport {
  /** Names of the schedules that this process fired. */
  readonly fired: readonly string[];
  /** Schedules that could not be fired; they stay due. */
  readonly failed: readonly { readonly name: string; readonly error: unknown }[];
}

/** One tick of a schedule. */
interface Fire {
  readonly organizationId: string;
  readonly lane: Lane;
  /** Null if the job of an earlier tick is unfinished: it counts for this tick too. */
  readonly jobId: string | null;
}

/**
 * Inserts the built-in schedules that are missing. Existing rows are kept. Any number of replicas may
 * call it at once.
 */
export async function ensureBuiltInSchedules({ db }: Services): Promise<void> {
  const now = await databaseTime({ db });
  for (const { name, description, kind, cron } of BUILT_IN_SCHEDULES) {
    const nextAt = nextTick(cron, "UTC", now);
    await db.run(
      INSERT_BUILT_IN,
      newId(),
      SYSTEM_ORGANIZATION_ID,
      name,
      description,
      kind,
      cron,
      nextAt,
    );
  }
}

/**
 * Fires the due schedules. One transaction for each records the tick, enqueues the job and moves
 * `next_at`. A tick is fired once among any number of processes; all ticks that were missed while no
 * process ran are fired as one.
 */
export async function fireDue(services: Services): Promise<FireReport> {
  const fired: string[] = [];
  const failed: { name: string; error: unknown }[] = [];
  for (const { id, name } of await services.db.run(DUE)) {
    try {
      const fire = await fireOne(services, id);
      if (!fire) continue;
      fired.push(name);
      publish(services, id, fire);
    } catch (error) {
      // A schedule that cannot be fired must not prevent the others.
      failed.push({ name, error });
    }
  }
  return { fired, failed };
}

/**
 * Deletes the records of old ticks.
 *
 * @param keepMs retention in milliseconds since the tick
 * @returns number of records deleted
 */
export async function pruneFires({ db }: Services, keepMs: number): Promise<number> {
  const [row] = await db.run(PRUNE_FIRES, keepMs);
  return row?.n ?? 0;
}

/**
 * Stores the result of a job with the tick that started it, because ticks are kept longer than jobs.
 * Does nothing for a job that no schedule has started.
 */
export async function recordFire(
  { db }: Services,
  jobId: string,
  { outcome, processedCount, recipientCount, error }: FireResult,
): Promise<void> {
  const text = error && JSON.stringify(error);
  await db.run(RECORD_RESULT, jobId, outcome, processedCount, recipientCount, text);
}

function fireOne({ db }: Services, id: string): Promise<Fire | null> {
  return db.transaction(async (tx) => {
    const [due] = await tx.run(LOCK_DUE, id);
    if (!due) return null;
    const nextAt = nextTick(due.cron, due.timezone, due.now);
    const job = jobOf(due);
    const [recorded] = await tx.run(RECORD_FIRE, id);
    const [jobId = null] = recorded ? await insertJobs(tx, [job]) : [];
    if (jobId !== null) await tx.run(NAME_JOB, id, jobId);
    await tx.run(MOVE_ON, id, nextAt);
    return recorded ? { organizationId: due.organizationId, lane: job.lane, jobId } : null;
  });
}

function jobOf({ name, kind, organizationId, payload }: DueSchedule): JobRow {
  if (!isJobKind(kind)) {
    throw new Error(`Cannot fire ${name}: this version has no job kind ${kind}`);
  }
  const { lane, maxAttempts } = JOB_KINDS[kind];
  const uniqueKey = `schedule:${name}`;
  return { organizationId, userId: null, kind, lane, maxAttempts, uniqueKey, payload };
}

function publish(services: Services, id: string, { organizationId, lane, jobId }: Fire): void {
  services.bus.publish("schedules", organizationId, [id]);
  if (jobId === null) return;
  services.bus.publish("jobs", organizationId, [jobId]);
  wakeWorkers(services, [lane]);
}

async function databaseTime({ db }: Pick<Services, "db">): Promise<Date> {
  const [row] = await db.run(NOW);
  if (!row) throw new Error("Cannot read the time of the database: it returned no row");
  return row.now;
}
