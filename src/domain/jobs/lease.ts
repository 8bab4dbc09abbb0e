import { statement } from "../../db/database.ts";
import type { Services } from "../services.ts";
import type { Claim } from "./claim.ts";
import type { JobStatus, Lane } from "./job.ts";

/** How long a worker lives without renewing. */
const LEASE_MS = 15_000;

const REGISTER = statement<[workerId: string, host: string, lanes: string, leaseMs: number]>(
  "workers.register",
  `insert into workers (id, host, lanes, lease_until)
   values ($1, $2, $3::json, clock_timestamp() + $4 * interval '1 millisecond')`,
);

const RENEW = statement<
  [workerId: string, begun: string | null, leaseMs: number],
  { id: string }
>(
  "workers.renew",
  `update workers set heartbeat_at = clock_timestamp(),
     last_cycle = coalesce($2::jsonb, last_cycle),
     last_cycle_at = case when $2 is null then last_cycle_at else clock_timestamp() end,
     lease_until = clock_timestamp() + $3 * interval '1 millisecond'
   where id = $1 and lease_until > clock_timestamp()
   returning id`,
);

// Death is absence: a row that is deleted cannot be renewed, so the two cannot both win.
const BURY = statement<[], { id: string }>(
  "workers.bury",
  `delete from workers where lease_until < clock_timestamp() returning id`,
);

// Found first and locked second, by fence: a row that has changed since the snapshot (rescued by
// another replica, claimed again) is looked at anew when it is locked, but its worker is not looked
// up anew, and a living worker would be robbed.
// A second crash waits 5 to 15 s, scattered, and each one after it longer: the neighbours of a job that
// kills its worker would otherwise die with it again. Where several that have crashed twice die
// together all the same, nobody knows which of them did it: they part and try again.
const RESCUE = statement<
  [limit: number],
  { id: string; organizationId: string; status: JobStatus }
>(
  "jobs.rescue",
  `with dead as materialized (
     select id, fence from jobs j
     where status = 'PROCESSING' and not exists (select from workers w where w.id = j.worker_id)
     limit $1
   ),
   orphans as materialized (
     select o.* from dead d, lateral (
       select j.id, j.fence, j.worker_id, j.crashes from jobs j
       where j.id = d.id and j.fence = d.fence for update skip locked
     ) o
   ),
   judged as (
     select id, fence, crashes >= 9 or crashes >= 2
       and count(*) filter (where crashes >= 2) over (partition by worker_id) = 1 as guilty
     from orphans
   ),
   freed as (
     update jobs j set
       status = case
         when j.cancel_requested then 'CANCELLED'
         when o.guilty then 'FAILED'
         when j.crashes >= 1 then 'SCHEDULED'
         else 'QUEUED' end,
       finished_at = case when j.cancel_requested or o.guilty then now() end,
       run_at = case when j.crashes >= 1
         then now() + (5 + 10 * random()) * 2 ^ (j.crashes - 1) * interval '1 second'
         else j.run_at end,
       attempt = j.attempt - (not o.guilty and not j.cancel_requested)::int,
       crashes = j.crashes + 1, fence = null, updated_at = now(),
       error = jsonb_build_object('type', 'CRASHED', 'code', null, 'message',
         'The worker died while it ran this job, ' || (j.crashes + 1) || ' times in a row')
     from judged o
     where j.id = o.id
     returning j.id, j.organization_id, j.status, j.crashes, j.attempt, j.worker_id, j.started_at,
       j.error, o.fence
   ),
   attempts as (
     insert into job_attempts (organization_id, job_id, fence, number, worker_id, started_at,
       finished_at, outcome, error)
     select organization_id, id, fence, attempt + (status in ('QUEUED', 'SCHEDULED'))::int, worker_id,
       started_at, now(), 'CRASHED', error
     from freed
   )
   select id, organization_id as "organizationId", status from freed`,
);

// A claim whose answer was lost would otherwise hang for as long as the worker lives.
const RECONCILE = statement<[workerId: string, heldFences: number[]], { id: string }>(
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

const LEAVE = statement<[workerId: string], { id: string }>(
  "workers.leave",
  `with gone as (delete from workers where id = $1)
   update jobs set status = case when cancel_requested then 'CANCELLED' else 'QUEUED' end,
     finished_at = case when cancel_requested then now() end,
     attempt = attempt - 1, fence = null, updated_at = now()
   where worker_id = $1 and status = 'PROCESSING'
   returning id`,
);

const RESCUE_LIMIT = 500;

/**
 * Gives a worker its row, and with it the right to claim.
 *
 * @param lanes its slots, for people to see
 */
export async function registerWorker(
  { db }: Services,
  workerId: string,
  host: string,
  lanes: ReadonlyMap<Lane, number>,
): Promise<void> {
  await db.run(REGISTER, workerId, host, JSON.stringify(Object.fromEntries(lanes)), LEASE_MS);
}

/**
 * Renews the lease.
 *
 * @param begun jobs that were begun since the last renewal, by topic, for people to see
 * @returns false: it has ended, and whatever the worker holds is another's
 */
export async function renewLease(
  { db }: Services,
  workerId: string,
  begun: ReadonlyMap<string, number>,
): Promise<boolean> {
  const cycle = begun.size > 0 ? JSON.stringify(Object.fromEntries(begun)) : null;
  return (await db.run(RENEW, workerId, cycle, LEASE_MS)).length > 0;
}

/** Gives back the claims that the worker does not know of. */
export async function reconcile(
  { db }: Services,
  workerId: string,
  heldFences: readonly number[],
): Promise<number> {
  return (await db.run(RECONCILE, workerId, [...heldFences])).length;
}

/** The jobs in a worker's hands that somebody has cancelled. */
export function readCancelRequests({ db }: Services, workerId: string): Promise<Claim[]> {
  return db.run(CANCEL_REQUESTS, workerId);
}

/**
 * Buries workers whose lease has ended and frees their jobs: back to the queue, or FAILED with type
 * CRASHED when this was the third worker that the job has lost, and no other such job was lost with
 * it. Any replica does this for all.
 *
 * @returns the freed jobs as they stand now
 */
export async function rescueOrphans({ db, bus }: Services): Promise<{ id: string }[]> {
  await db.run(BURY);
  const freed = await db.run(RESCUE, RESCUE_LIMIT);
  for (const { organizationId, id } of freed) bus.publish("jobs", organizationId, [id]);
  return freed;
}

/** Ends a worker in peace: what it still holds goes back to the queue and has lost no attempt. */
export async function leave({ db }: Services, workerId: string): Promise<number> {
  return (await db.run(LEAVE, workerId)).length;
}
