import { LONG, statement } from "../../db/database.ts";
import { NOT_HELD } from "../hold.ts";
import { insertJobs, type JobRow, wakeWorkers } from "../jobs/enqueue.ts";
import { isJobKind, JOB_KINDS } from "../jobs/kinds.ts";
import type { Lane } from "../jobs/lane.ts";
import type { Services } from "../services.ts";
import { type FireResult, nextTick, type Schedule } from "./schedule.ts";

const DUE = statement<[], { id: string; name: string }>(
  "schedules.due",
  `select id, name from schedules where enabled and next_at <= now() and ${NOT_HELD} order by next_at`,
);

/** A due schedule. */
interface DueSchedule
  extends Pick<Schedule, "organizationId" | "name" | "payload" | "cron" | "timezone"> {
  /** Any text, because a newer version of the program may have inserted a kind that this one lacks. */
  readonly kind: string;
  /** Time of the database. */
  readonly now: Date;
}

// Row lock: exactly one process fires this tick.
const LOCK_DUE = statement<[id: string], DueSchedule>(
  "schedules.lockDue",
  `select organization_id as "organizationId", name, kind, payload, cron, timezone, now()
   from schedules where id = $1 and enabled and next_at <= now() and ${NOT_HELD}
   for update of schedules skip locked`,
);

const RECORD_FIRE = statement<[id: string], { fired: true }>(
  "schedules.recordFire",
  `insert into schedule_fires (schedule_id, nominal_at)
   select id, next_at from schedules where id = $1
   on conflict do nothing returning true as fired`,
);

const SET_JOB = statement<[id: string, jobId: string]>(
  "schedules.setJob",
  `update schedule_fires f set job_id = $2
   from schedules s where s.id = $1 and f.schedule_id = s.id and f.nominal_at = s.next_at`,
);

const SET_NEXT = statement<[id: string, nextAt: Date | null]>(
  "schedules.setNext",
  "update schedules set next_at = $2 where id = $1",
);

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
  /** Null if the job of an earlier tick is unfinished; that job counts for this tick, too. */
  readonly jobId: string | null;
}

/**
 * Fires the due schedules. One transaction per schedule records the tick, enqueues the job and advances
 * `next_at`. A tick is fired once among any number of processes; all ticks that were missed while no
 * process ran are fired as one. Nothing is fired while the installation is on hold.
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

function fireOne({ db }: Services, id: string): Promise<Fire | null> {
  return db.transaction(async (tx) => {
    const [due] = await tx.run(LOCK_DUE, id);
    if (!due) return null;
    const nextAt = nextTick(due.cron, due.timezone, due.now);
    const job = jobOf(due);
    const [recorded] = await tx.run(RECORD_FIRE, id);
    const [jobId = null] = recorded ? await insertJobs(tx, [job]) : [];
    if (jobId !== null) await tx.run(SET_JOB, id, jobId);
    await tx.run(SET_NEXT, id, nextAt);
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

const RECORD_RESULT = statement<
  [
    jobId: string,
    outcome: string,
    processedCount: number,
    recipientCount: number,
    error: string | null,
  ]
>(
  "schedules.recordResult",
  `update schedule_fires set outcome = $2, processed_count = $3, recipient_count = $4,
     error = $5::jsonb
   where job_id = $1`,
);

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

const PRUNE_FIRES = statement<[keepMs: number], { n: number }>(
  "schedules.pruneFires",
  `with gone as (
     delete from schedule_fires using schedules
     where schedule_id = id and nominal_at < now() - $1::float8 * interval '1 millisecond' returning 1
   )
   select count(*) as n from gone`,
  LONG,
);

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
