import { type Connection, statement } from "../../db/database.ts";

/** Kind of a change of a job that is not an attempt. */
export type JobEventKind = "PUT_OFF" | "PARKED" | "RELEASED" | "RETRIED";

/** A change of a job; PUT_OFF: all changes with the same detail within an hour. */
export interface JobEvent {
  readonly kind: JobEventKind;
  /** PUT_OFF: reason of the wait; RETRIED: user. "": none. */
  readonly detail: string;
  /** Time of the first one. */
  readonly at: Date;
  readonly lastAt: Date;
  /** Number of times. */
  readonly count: number;
  /** Last worker; null for RETRIED. */
  readonly workerId: string | null;
  /** PUT_OFF: time from which the job may run again, as it was the last time; else null. */
  readonly until: Date | null;
}

const EVENTS = statement<[jobId: string], JobEvent>(
  "jobs.events",
  `select kind, detail, at, last_at as "lastAt", n as count, worker_id as "workerId", until
   from job_events where job_id = $1`,
);

/**
 * Returns SQL that records events of jobs, for statements that change jobs.
 *
 * @param source a SELECT of job id, kind, detail, worker id and until; one row per job
 */
export function insertEvents(source: string): string {
  return `insert into job_events as e (job_id, kind, detail, period, at, last_at, worker_id, until)
     select id, kind, detail,
       case kind when 'PUT_OFF' then date_trunc('hour', now()) else now() end, now(), now(),
       worker_id, until
     from (${source}) as s(id, kind, detail, worker_id, until)
     on conflict (job_id, kind, detail, period) do update
       set last_at = excluded.last_at, n = e.n + 1, worker_id = excluded.worker_id,
         until = excluded.until`;
}

/** Reads the events of a job. The caller must be allowed to see the job. */
export function readEvents(db: Connection, jobId: string): Promise<JobEvent[]> {
  return db.run(EVENTS, jobId);
}
