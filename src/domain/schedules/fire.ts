import { LONG, statement } from "../../db/database.ts";
import { newId } from "../id.ts";
import { insertJobsFrom, wakeWorkers } from "../jobs/enqueue.ts";
import { type Lane, SLOT_SIZE } from "../jobs/lane.ts";
import type { Services } from "../services.ts";
import { IS_DUE, pollSchedules } from "./poll.ts";
import { audienceOf, jobOf, type Schedule } from "./schedule.ts";
import { nextTick, type Rhythm } from "./ticks.ts";

// Bounds the transaction.
const BATCH = 500;

type DueSchedule =
  & Rhythm
  & Pick<Schedule, "id" | "organizationId" | "name" | "kind" | "payload">
  & {
    readonly nextAt: Date | null;
    /** Time of the database. */
    readonly now: Date;
  };

// Row locks: exactly one process fires a tick.
const LOCK_DUE = statement<[excluded: string[], limit: number], DueSchedule>(
  "schedules.lockDue",
  `select id, organization_id as "organizationId", name, kind, payload, cron,
     interval_ms as "intervalMs", timezone, next_at as "nextAt", now()
   from schedules where ${IS_DUE} and id <> all($1)
   order by next_at limit $2 for update of schedules skip locked`,
);

interface Fired {
  readonly id: string;
  /** Null: the job of an earlier fire is unfinished. */
  readonly jobId: string | null;
}

const JOBS = `(select job_id as id, organization_id, null as user_id, kind, lane, kind as topic,
    0 as priority, null::timestamptz as run_at, max_attempts, unique_key, subject, payload,
    ${SLOT_SIZE} as size from ticks) as r`;

// A tick that was fired already is not repeated after the clock was set back.
const FIRE = statement<
  [
    ids: string[],
    nextAts: (Date | null)[],
    jobIds: string[],
    lanes: string[],
    maxAttempts: number[],
    uniqueKeys: string[],
    subjects: string[],
  ],
  Fired
>(
  "schedules.fire",
  `with due as (
     select * from unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::text[], $5::smallint[],
       $6::text[], $7::text[])
     as d(id, next_at, job_id, lane, max_attempts, unique_key, subject)
   ),
   ticks as materialized (
     select s.id as schedule_id, s.next_at as nominal_at, s.organization_id, s.kind, s.payload,
       d.job_id, d.lane, d.max_attempts, d.unique_key, d.subject
     from due d join schedules s on s.id = d.id
     where s.next_at <= now() and not exists (
       select from schedule_fires f where f.schedule_id = s.id and f.nominal_at = s.next_at)
   ),
   enqueued as (${insertJobsFrom(JOBS)}),
   advanced as (
     update schedules s set next_at = d.next_at, computed_at = now(), updated_at = clock_timestamp()
     from due d where s.id = d.id
   )
   insert into schedule_fires (schedule_id, nominal_at, organization_id, job_id, outcome)
   select t.schedule_id, t.nominal_at, t.organization_id, e.id,
     case when e.id is null then 'SKIPPED' end
   from ticks t left join enqueued e on e.id = t.job_id
   returning schedule_id as id, job_id as "jobId"`,
  LONG,
);

/** Result of `fireDue`. */
export interface FireReport {
  /** Schedules that this process fired, with the jobs that it enqueued. */
  readonly fired: readonly {
    readonly name: string;
    readonly organizationId: string;
    /** Null: the job of an earlier fire is unfinished; that job counts for this tick, too. */
    readonly jobId: string | null;
  }[];
  /** Schedules that could not be fired; they stay due. */
  readonly failed: readonly {
    readonly id: string;
    readonly name: string;
    readonly error: unknown;
  }[];
}

/**
 * Records the outcomes of jobs that have ended, and fires the due schedules: a transaction for up to 500 of them
 * records their ticks, enqueues their jobs and advances `next_at`. A tick is fired once among any number of
 * processes; all ticks that were missed while no process ran are fired as one. Nothing is fired while the
 * installation is on hold.
 */
export async function fireDue(services: Services): Promise<FireReport> {
  const fired: FireReport["fired"][number][] = [];
  const failed = new Map<string, FireReport["failed"][number]>();
  if (!await pollSchedules(services)) return { fired, failed: [] };
  while (true) {
    // A schedule that failed is skipped, because 500 of them would otherwise block the others.
    const batch = await fireBatch(services, [...failed.keys()]);
    for (const { schedule, error } of batch.failed) {
      failed.set(schedule.id, { id: schedule.id, name: schedule.name, error });
    }
    for (const { schedule, jobId } of batch.fired) {
      const { name, organizationId } = schedule;
      fired.push({ name, organizationId, jobId });
    }
    publish(services, batch);
    if (batch.size < BATCH) return { fired, failed: [...failed.values()] };
  }
}

interface Batch {
  readonly size: number;
  readonly fired: readonly { readonly schedule: DueSchedule; readonly jobId: string | null }[];
  readonly failed: readonly { readonly schedule: DueSchedule; readonly error: unknown }[];
  readonly lanes: readonly Lane[];
}

function fireBatch({ db }: Services, excluded: string[]): Promise<Batch> {
  return db.transaction(async (tx) => {
    const due = await tx.run(LOCK_DUE, excluded, BATCH);
    const { ready, failed } = prepare(due);
    const fired = ready.length === 0 ? [] : await tx.run(
      FIRE,
      ready.map(({ schedule }) => schedule.id),
      ready.map(({ nextAt }) => nextAt),
      ready.map(({ job }) => job.id),
      ready.map(({ job }) => job.lane),
      ready.map(({ job }) => job.maxAttempts),
      ready.map(({ job }) => job.uniqueKey),
      ready.map(({ job }) => job.subject),
    );
    const byId = new Map(ready.map((tick) => [tick.schedule.id, tick]));
    const ticks = fired.flatMap(({ id, jobId }) => {
      const tick = byId.get(id);
      return tick ? [{ ...tick, jobId }] : [];
    });
    const lanes = ticks.flatMap(({ jobId, job }) => jobId === null ? [] : [job.lane]);
    return { size: due.length, fired: ticks, failed, lanes };
  });
}

type PreparedTick = ReturnType<typeof prepareOne>;

function prepare(due: readonly DueSchedule[]) {
  const ready: PreparedTick[] = [];
  const failed: { schedule: DueSchedule; error: unknown }[] = [];
  for (const schedule of due) {
    try {
      ready.push(prepareOne(schedule));
    } catch (error) {
      // A schedule that cannot be fired must not prevent the others.
      failed.push({ schedule, error });
    }
  }
  return { ready, failed };
}

function prepareOne(schedule: DueSchedule) {
  const { organizationId, now, nextAt } = schedule;
  return {
    schedule,
    nextAt: nextTick(schedule, now, nextAt),
    job: jobOf(schedule, { jobId: newId(), organizationId, userId: null }),
  };
}

function publish(services: Services, { fired, lanes }: Batch): void {
  for (const { schedule, jobId } of fired) {
    services.bus.publish("schedules", audienceOf(schedule), [schedule.id]);
    if (jobId !== null) services.bus.publish("jobs", schedule.organizationId, [jobId]);
  }
  wakeWorkers(services, lanes);
}
