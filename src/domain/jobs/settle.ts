import { getLogger } from "@logtape/logtape";
import { type Connection, statement } from "../../db/database.ts";
import { isDataFault } from "../../db/sqlstate.ts";
import { errorPattern } from "../problems/pattern.ts";
import { inLockOrder } from "./claim.ts";
import type { JobError, JobStatus, Progress } from "./job.ts";
import { insertEvents } from "./events.ts";
import { notifyOfJobs } from "./notify.ts";
import { appendFailedJobs } from "./outbox_events.ts";
import type { JobWait } from "./outcome.ts";
import { insertOutcomes } from "./stats.ts";
import { jobFingerprint, reportJobs } from "./report.ts";

/**
 * Outcome of a claim. `release` requeues the job without counting the attempt, because its worker stops.
 * `retry` becomes `fail` at the last attempt.
 */
export type SettledOutcome = "done" | "retry" | "fail" | "cancel" | "snooze" | "release";

/** The end of a claim, to be recorded. */
export interface Settlement {
  readonly id: string;
  readonly organizationId: string;
  readonly fence: number;
  readonly outcome: SettledOutcome;
  /** Wait before the job may be claimed again, in milliseconds; 0: none. */
  readonly delayMs: number;
  /** Cause of the delay; null: none to show to users. */
  readonly wait: JobWait | null;
  readonly error: JobError | null;
  readonly progress: Progress | null;
}

const log = getLogger(["waybill", "worker"]);

/** A job that was settled. */
export interface SettledJob {
  readonly id: string;
  readonly status: JobStatus;
}

// Guarded by the fence alone, because with `status` in the condition the planner uses jobs_running.
const SETTLE = statement<
  [
    ids: string[],
    fences: number[],
    outcomes: string[],
    delays: number[],
    errors: (string | null)[],
    progresses: (string | null)[],
    waitReasons: (string | null)[],
    waitProviderIds: (string | null)[],
    patterns: (string | null)[],
  ],
  SettledJob
>(
  "jobs.settle",
  `with settled as (
     update jobs j set
       status = case
         when r.outcome = 'done' then 'COMPLETED'
         when r.outcome = 'cancel' or j.cancel_requested then 'CANCELLED'
         when r.outcome = 'fail' or (r.outcome = 'retry' and j.attempt >= j.max_attempts) then 'FAILED'
         when r.delay_ms > 0 then 'SCHEDULED'
         else 'QUEUED' end,
       finished_at = case
         when r.outcome in ('done', 'cancel', 'fail') or j.cancel_requested
           or (r.outcome = 'retry' and j.attempt >= j.max_attempts) then now() end,
       -- A snooze without a delay lets the jobs that are queued already run first.
       run_at = case when r.delay_ms > 0 or r.outcome = 'snooze'
         then now() + r.delay_ms * interval '1 millisecond' else j.run_at end,
       wait_reason = case when r.delay_ms > 0 and not j.cancel_requested then r.wait_reason end,
       wait_provider_id = case when r.delay_ms > 0 and not j.cancel_requested
         then r.wait_provider_id end,
       attempt = j.attempt - (r.outcome in ('snooze', 'release'))::int,
       crashes = 0, fence = null, updated_at = now(),
       error = r.error::jsonb,
       fingerprint = ${jobFingerprint("j.kind", "r.error::jsonb", "r.pattern")},
       progress = coalesce(r.progress::jsonb, j.progress)
     from unnest($1::uuid[], $2::bigint[], $3::text[], $4::float8[], $5::text[], $6::text[],
       $7::text[], $8::uuid[], $9::text[])
       as r(id, fence, outcome, delay_ms, error, progress, wait_reason, wait_provider_id,
         pattern)
     where j.id = r.id and j.fence = r.fence
     returning j.id, j.organization_id, j.user_id, j.lane, j.kind, j.status, j.subject, j.attempt,
       j.worker_id, j.started_at, j.run_at, j.wait_reason, j.error, r.fence, r.outcome,
       j.fingerprint, r.pattern, j.unique_key
   ),
   attempts as (
     insert into job_attempts (organization_id, job_id, fence, number, worker_id, started_at,
       finished_at, outcome, error)
     select organization_id, id, fence, attempt, worker_id, started_at, now(),
       case outcome when 'done' then 'SUCCEEDED' when 'cancel' then 'CANCELLED' else 'FAILED' end,
       error
     from settled where outcome not in ('snooze', 'release')
   ),
   problems as (${reportJobs("select * from settled")}),
   stats as (${insertOutcomes("settled")}),
   notified as (${notifyOfJobs("settled")}),
   failures as (${appendFailedJobs("select * from settled")}),
   events as (${
    insertEvents(`select id, case outcome when 'snooze' then 'PUT_OFF' else 'RELEASED' end,
       coalesce(wait_reason, ''), worker_id, case outcome when 'snooze' then run_at end
     from settled where outcome in ('snooze', 'release')`)
  })
   select id, status from settled`,
);

/**
 * Settles claims, with mixed outcomes in one statement. If the database refuses the data of a claim, all
 * are settled one by one, so that invalid data does not prevent settling the others.
 *
 * @returns the settled jobs, without those whose claim had already ended
 */
export async function settleJobs(
  connection: Connection,
  settlements: readonly Settlement[],
): Promise<SettledJob[]> {
  try {
    return await settle(connection, settlements);
  } catch (error) {
    if (!isDataFault(error)) throw error;
    log.error("Cannot settle {count} jobs in one statement; settling them one by one", {
      count: settlements.length,
      error,
    });
    const settled: SettledJob[] = [];
    for (const settlement of settlements) settled.push(...await settleOne(connection, settlement));
    return settled;
  }
}

// Drops error and progress if the database refuses them, so that the outcome is recorded all the same.
async function settleOne(connection: Connection, settlement: Settlement): Promise<SettledJob[]> {
  try {
    return await settle(connection, [settlement]);
  } catch (error) {
    if (!isDataFault(error)) throw error;
    const message = "Error and progress of this attempt could not be recorded";
    return settle(connection, [{
      ...settlement,
      progress: null,
      error: { type: "INTERNAL", code: null, message },
    }]);
  }
}

function settle(
  connection: Connection,
  settlements: readonly Settlement[],
): Promise<SettledJob[]> {
  const ordered = inLockOrder(settlements);
  return connection.run(
    SETTLE,
    ordered.map(({ id }) => id),
    ordered.map(({ fence }) => fence),
    ordered.map(({ outcome }) => outcome),
    ordered.map(({ delayMs }) => delayMs),
    ordered.map(({ error }) => error && JSON.stringify(error)),
    ordered.map(({ progress }) => progress && JSON.stringify(progress)),
    ordered.map(({ wait }) => wait?.reason ?? null),
    ordered.map(({ wait }) => wait?.providerId ?? null),
    ordered.map(patternOf),
  );
}

/** Text of the error of a failed attempt without its variable parts; null if no attempt failed. */
function patternOf({ outcome, error }: Settlement): string | null {
  return error && (outcome === "retry" || outcome === "fail") ? errorPattern(error.message) : null;
}
