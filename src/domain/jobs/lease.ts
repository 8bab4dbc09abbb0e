import { statement } from "../../db/database.ts";
import type { Services } from "../services.ts";
import type { Claim } from "./claim.ts";
import type { JobStatus } from "./job.ts";
import { insertEvents } from "./events.ts";
import type { LaneSlots } from "./lane.ts";
import { notifyOfJobs } from "./notify.ts";
import { appendFailedJobs } from "./outbox_events.ts";
import { insertOutcomes } from "./stats.ts";
import { jobFingerprint, reportJobs } from "./report.ts";

const LEASE = "interval '15 seconds'";
// Two renewals of one worker and a failed one between them are less than this apart.
const MAX_GAP = "interval '5 seconds'";

// At most twice a second, because all workers update the same row. The row of the worker is locked before
// it in every statement, so that they cannot deadlock.
const RECORD_RENEWAL = `
  update renewals set
    last_at = clock_timestamp(),
    since = case when last_at between clock_timestamp() - ${MAX_GAP} and clock_timestamp()
      then since else clock_timestamp() end
  where last_at not between clock_timestamp() - interval '0.5 seconds' and clock_timestamp()
    and exists (select from worker)`;

const REGISTER = statement<[workerId: string, host: string, lanes: string]>(
  "workers.register",
  `with worker as (
     insert into workers (id, host, lanes, lease_until)
     values ($1, $2, $3::json, clock_timestamp() + ${LEASE})
     returning id
   ),
   known as (
     insert into worker_hosts (id, host) select id, $2 from worker
   )
   ${RECORD_RENEWAL}`,
);

// So short that after a renewal on a connection that is dead without a sign there is time for others before
// the lease expires.
const RENEWAL_DEADLINE = { deadlineMs: 4_000 };

// An expired lease can be renewed until the worker is reaped, because during an outage of the database all
// leases expire.
const RENEW = statement<
  [workerId: string, started: string | null, lanes: string | null, eventLoopMs: number | null],
  { id: string }
>(
  "workers.renew",
  `with worker as (
     update workers set heartbeat_at = clock_timestamp(), lanes = coalesce($3::json, lanes),
       event_loop_ms = $4,
       last_cycle = coalesce($2::jsonb, last_cycle),
       last_cycle_at = case when $2 is null then last_cycle_at else clock_timestamp() end,
       lease_until = clock_timestamp() + ${LEASE}
     where id = $1
     returning id
   ),
   recorded as (${RECORD_RENEWAL})
   select id from worker`,
  RENEWAL_DEADLINE,
);

// Reaping deletes the row, so that a renewal and a reaping cannot both succeed. It decides by the time at
// which the statement began, because the database may be frozen while it runs.
const REAP = statement<[], { id: string }>(
  "workers.reap",
  `delete from workers where lease_until < now() and exists (
     select from renewals where since <= now() - ${LEASE} and last_at >= now() - ${MAX_GAP})
   returning id`,
);

const CRASH = `jsonb_build_object('type', 'CRASHED', 'code', null, 'message',
  'The worker died while it ran this job, ' || (j.crashes + 1) || ' times in a row')`;
const CRASH_PATTERN = "The worker died while it ran this job";

// Orphans are found first and locked second, by fence. PostgreSQL re-evaluates a row that changed since
// the snapshot (rescued by another replica, claimed again) but not the lookup of its worker, so a
// single query would take jobs from living workers.
// From the second crash on a job waits 5 to 15 s at random, doubled each time, so that a job that kills its
// worker does not run beside the same other jobs again. If a worker with several jobs with two crashes
// dies, none of them fails, because any of them may be the cause.
// The limit counts workers, because all jobs of a worker must be judged together.
const RESCUE = statement<
  [maxWorkers: number],
  { id: string; organizationId: string; status: JobStatus }
>(
  "jobs.rescue",
  `with dead as materialized (
     select id, fence from jobs where status = 'PROCESSING' and worker_id = any(array(
       select distinct worker_id from jobs j
       where status = 'PROCESSING' and not exists (select from workers w where w.id = j.worker_id)
       limit $1))
   ),
   orphans as materialized (
     select o.* from dead d, lateral (
       select j.id, j.fence, j.worker_id, j.crashes from jobs j
       where j.id = d.id and j.fence = d.fence for update skip locked
     ) o
   ),
   judged as (
     select id, fence, crashes >= 9 or crashes >= 2
       and count(*) filter (where crashes >= 2) over (partition by worker_id) = 1 as fails
     from orphans
   ),
   freed as (
     update jobs j set
       status = case
         when j.cancel_requested then 'CANCELLED'
         when o.fails then 'FAILED'
         when j.crashes >= 1 then 'SCHEDULED'
         else 'QUEUED' end,
       finished_at = case when j.cancel_requested or o.fails then now() end,
       run_at = case when j.crashes >= 1
         then now() + (5 + 10 * random()) * 2 ^ (j.crashes - 1) * interval '1 second'
         else j.run_at end,
       attempt = j.attempt - (not o.fails and not j.cancel_requested)::int,
       crashes = j.crashes + 1, fence = null, updated_at = now(),
       error = ${CRASH}, fingerprint = ${jobFingerprint("j.kind", CRASH, `'${CRASH_PATTERN}'`)}
     from judged o
     where j.id = o.id
     returning j.id, j.organization_id, j.user_id, j.lane, j.kind, j.status, j.subject, j.crashes,
       j.attempt, j.worker_id, j.started_at, j.error, o.fence, j.fingerprint, j.unique_key
   ),
   stats as (${insertOutcomes("freed")}),
   notified as (${notifyOfJobs("freed")}),
   failures as (${appendFailedJobs("select * from freed")}),
   attempts as (
     insert into job_attempts (organization_id, job_id, fence, number, worker_id, started_at,
       finished_at, outcome, error)
     select organization_id, id, fence, attempt + (status in ('QUEUED', 'SCHEDULED'))::int, worker_id,
       started_at, now(), 'CRASHED', error
     from freed
   ),
   problems as (${reportJobs(`select *, '${CRASH_PATTERN}' as pattern from freed`)})
   select id, organization_id as "organizationId", status from freed`,
);

// A job whose claim did not reach the worker would otherwise stay PROCESSING until the worker stops.
const RECONCILE = statement<[workerId: string, knownFences: number[]], { id: string }>(
  "jobs.reconcile",
  `update jobs set status = case when cancel_requested then 'CANCELLED' else 'QUEUED' end,
     finished_at = case when cancel_requested then now() end,
     attempt = attempt - 1, fence = null, updated_at = now()
   where worker_id = $1 and status = 'PROCESSING' and started_at < now() - interval '10 seconds'
     and fence <> all($2::bigint[])
   returning id`,
);

const CANCEL_REQUESTS = statement<[workerId: string], Claim>(
  "jobs.cancelRequests",
  `select id, fence from jobs where worker_id = $1 and status = 'PROCESSING' and cancel_requested`,
);

const DEREGISTER = statement<[workerId: string], { id: string }>(
  "workers.deregister",
  `with gone as (delete from workers where id = $1),
   released as (
     update jobs set status = case when cancel_requested then 'CANCELLED' else 'QUEUED' end,
       finished_at = case when cancel_requested then now() end,
       attempt = attempt - 1, fence = null, updated_at = now()
     where worker_id = $1 and status = 'PROCESSING'
     returning id, worker_id
   ),
   events as (${
    insertEvents("select id, 'RELEASED', '', worker_id, null::timestamptz from released")
  })
   select id from released`,
);

/**
 * Returns SQL that resets the number of crashes of jobs, as a part of the statement that records progress
 * of their work. Only crashes without progress between them make a job FAILED.
 *
 * @param jobIds a SELECT of the ids of claimed jobs
 */
export function resetCrashes(jobIds: string): string {
  return `update jobs set crashes = 0 where crashes > 0 and id = any(array(${jobIds}))`;
}

const MAX_RESCUED_WORKERS = 10;

/**
 * Registers a worker, so that it may claim jobs.
 *
 * @param lanes slots of the worker, shown to users
 */
export async function registerWorker(
  { db }: Services,
  workerId: string,
  host: string,
  lanes: LaneSlots,
): Promise<void> {
  await db.run(REGISTER, workerId, host, JSON.stringify(Object.fromEntries(lanes)));
}

/** State of a worker that users see. */
export interface WorkerReport {
  readonly lanes: LaneSlots;
  /** Longest delay of the event loop since the last renewal, in milliseconds; null: not measured. */
  readonly eventLoopMs: number | null;
}

/**
 * Renews the lease of a worker for 15 s, also if it has expired.
 *
 * @param started number of jobs started since the last renewal, by topic, shown to users
 * @param report absent: the slots are unchanged, and the event loop is not measured
 * @returns false if the worker was reaped: it has lost all of its jobs
 */
export async function renewLease(
  { db }: Services,
  workerId: string,
  started: ReadonlyMap<string, number>,
  report?: WorkerReport,
): Promise<boolean> {
  const cycle = started.size > 0 ? JSON.stringify(Object.fromEntries(started)) : null;
  const lanes = report ? JSON.stringify(Object.fromEntries(report.lanes)) : null;
  const renewed = await db.run(RENEW, workerId, cycle, lanes, report?.eventLoopMs ?? null);
  return renewed.length > 0;
}

/**
 * Requeues jobs that are claimed for a worker but unknown to it, without counting the attempt. Claims of
 * the last 10 s are excluded, because the worker may not have received the answer yet.
 *
 * @param knownFences fences of all jobs that the worker runs or settles
 * @returns number of jobs requeued
 */
export async function reconcile(
  { db }: Services,
  workerId: string,
  knownFences: readonly number[],
): Promise<number> {
  return (await db.run(RECONCILE, workerId, [...knownFences])).length;
}

/** Reads the claims of a worker whose jobs are to be cancelled. */
export function readCancelRequests({ db }: Services, workerId: string): Promise<Claim[]> {
  return db.run(CANCEL_REQUESTS, workerId);
}

/**
 * Reaps workers whose lease has expired and frees their jobs: requeues them, or sets a job FAILED with
 * type CRASHED if it crashed for the third time in a row and its worker ran no other such job. Any
 * replica does this for all workers.
 *
 * No worker is reaped before the database has taken renewals for 15 s without a gap over 5 s, because
 * after an outage of the database the leases of living workers have expired, too.
 *
 * @returns the freed jobs
 */
export async function rescueOrphans({ db, bus }: Services): Promise<{ id: string }[]> {
  await db.run(REAP);
  const freed = await db.run(RESCUE, MAX_RESCUED_WORKERS);
  for (const { organizationId, id } of freed) bus.publish("jobs", organizationId, [id]);
  return freed;
}

/**
 * Deregisters a worker that stops, and requeues its jobs without counting the attempt.
 *
 * @returns number of jobs requeued
 */
export async function deregisterWorker({ db }: Services, workerId: string): Promise<number> {
  return (await db.run(DEREGISTER, workerId)).length;
}
