import { statement } from "../../db/database.ts";
import type { Services } from "../services.ts";
import { wakeWorkers } from "./enqueue.ts";
import type { Lane } from "./lane.ts";

const LIMIT = 1_000;

const WAKE_WAITING = statement<[providerIds: string[], limit: number], { lane: Lane }>(
  "jobs.wakeWaiting",
  `update jobs set status = 'QUEUED', run_at = now(), wait_reason = null, wait_provider_id = null,
     updated_at = now()
   where id = any(array(
     select id from jobs where status = 'SCHEDULED' and wait_reason in ('PROVIDER_OPEN', 'RATE_LIMIT')
       and wait_provider_id = any($1) limit $2 for update skip locked))
   returning lane`,
);

/**
 * Requeues the jobs of all organizations that wait for one of these providers, and wakes the workers. A job
 * that begins to wait at the same time is missed; it continues automatically within 30 s.
 */
export async function wakeWaiting(
  services: Services,
  providerIds: readonly string[],
): Promise<void> {
  // In steps, because an outage can leave ten thousand of them.
  for (let count = LIMIT; count === LIMIT;) {
    const woken = await services.db.run(WAKE_WAITING, [...providerIds], LIMIT);
    wakeWorkers(services, woken.map(({ lane }) => lane));
    count = woken.length;
  }
}

const WAKE_BUDGET = statement<[organizationId: string, limit: number], { lane: Lane }>(
  "jobs.wakeBudgetWaits",
  `update jobs set status = 'QUEUED', run_at = now(), wait_reason = null, updated_at = now()
   where id = any(array(
     select id from jobs where status = 'SCHEDULED' and wait_reason = 'BUDGET'
       and organization_id = $1 limit $2 for update skip locked))
   returning lane`,
);

/** Requeues the jobs of an organization that wait for its budget, and wakes the workers. */
export async function wakeBudgetWaits(services: Services, organizationId: string): Promise<void> {
  for (let count = LIMIT; count === LIMIT;) {
    const woken = await services.db.run(WAKE_BUDGET, organizationId, LIMIT);
    wakeWorkers(services, woken.map(({ lane }) => lane));
    count = woken.length;
  }
}
