import { SYSTEM_ORGANIZATION_ID } from "../access/access.ts";
import { newId } from "../id.ts";
import { enqueueJobs, wakeWorkers } from "../jobs/enqueue.ts";
import { jobKind } from "../jobs/kinds.ts";
import type { Services } from "../services.ts";
import {
  DUE,
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

/** What one round of firing did. */
export interface FireReport {
  /** The schedules that this process fired. */
  readonly fired: readonly string[];
  /** Those that it could not; they stay due. */
  readonly failed: readonly { readonly name: string; readonly error: unknown }[];
}

/** One tick of a schedule. */
interface Fire {
  readonly organizationId: string;
  /** Null when the job of an earlier tick is unfinished: that one stands for this tick too. */
  readonly jobId: string | null;
}

/**
 * Writes the built-in schedules that the database has not got yet. Any number of replicas may do so at
 * once; a row that is there stays as its operator left it.
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
 * Fires what is due: records the tick, starts the job and moves the schedule on, in one transaction
 * each. Among any number of processes a tick is fired once; ticks that were missed while none ran are
 * made up for by one.
 */
export async function fireDue(services: Services): Promise<FireReport> {
  const fired: string[] = [];
  const failed: { name: string; error: unknown }[] = [];
  for (const { id, name } of await services.db.run(DUE)) {
    try {
      const fire = await fireOne(services, id);
      if (!fire) continue;
      fired.push(name);
      tell(services, id, fire);
    } catch (error) {
      // One that cannot be fired must not keep the others from it.
      failed.push({ name, error });
    }
  }
  return { fired, failed };
}

/**
 * Forgets the ticks of long ago.
 *
 * @param keepMs milliseconds since the tick
 * @returns how many went
 */
export async function pruneFires({ db }: Services, keepMs: number): Promise<number> {
  const [row] = await db.run(PRUNE_FIRES, keepMs);
  return row?.n ?? 0;
}

/**
 * Keeps what the job of a tick did, for as long as the tick is kept; jobs go sooner. Does nothing for a
 * job that no schedule has started.
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
    const [recorded] = await tx.run(RECORD_FIRE, id);
    let jobId: string | null = null;
    if (recorded) {
      const { kind, lane, maxAttempts } = jobKind(due.kind);
      [jobId = null] = await enqueueJobs(tx, [{
        organizationId: due.organizationId,
        userId: null,
        kind,
        lane,
        maxAttempts,
        uniqueKey: `schedule:${due.name}`,
        payload: due.payload,
      }]);
      if (jobId !== null) await tx.run(NAME_JOB, id, jobId);
    }
    await tx.run(MOVE_ON, id, nextAt);
    return recorded ? { organizationId: due.organizationId, jobId } : null;
  });
}

function tell(services: Services, id: string, { organizationId, jobId }: Fire): void {
  services.bus.publish("schedules", organizationId, [id]);
  if (jobId === null) return;
  services.bus.publish("jobs", organizationId, [jobId]);
  wakeWorkers(services);
}

async function databaseTime({ db }: Pick<Services, "db">): Promise<Date> {
  const [row] = await db.run(NOW);
  if (!row) throw new Error("Cannot read the database's time: it answered no row");
  return row.now;
}
