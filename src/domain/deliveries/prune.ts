import { statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { invalid } from "../errors.ts";
import { enqueueJobs, wakeWorkers } from "../jobs/enqueue.ts";
import type { Job } from "../jobs/job.ts";
import { jobKind } from "../jobs/kinds.ts";
import { getJob } from "../jobs/operations.ts";
import type { Services } from "../services.ts";

/** Days that deliveries can be kept at most: a century. */
const MAX_DAYS_TO_KEEP = 36_500;

/** What one step of pruning did. */
export interface DeliveryPruneStep {
  readonly pruned: number;
  /** The last delivery that was looked at; null: there are no more that are old enough. */
  readonly last: string | null;
}

const PRUNE = statement<
  [organizationId: string | null, days: number, after: string, limit: number],
  DeliveryPruneStep
>(
  "deliveries.prune",
  `select pruned, last from prune_deliveries($1, now() - make_interval(days => $2), $3, $4)`,
);

/** Where pruning begins. */
export const FIRST_DELIVERY = "00000000-0000-0000-0000-000000000000";

/**
 * Looks at the next deliveries by age and, of messages that have ended, deletes those that were sent or
 * cancelled long enough ago, with their attempts. Those that failed stay, and so do the counters.
 *
 * @param organizationId null: of all organizations
 * @param daysToKeep since they were sent or cancelled
 * @param after the last delivery of the step before; `FIRST_DELIVERY` for the first one
 * @param limit deliveries to look at
 */
export async function pruneDeliveries(
  { db, bus }: Services,
  organizationId: string | null,
  daysToKeep: number,
  after: string,
  limit: number,
): Promise<DeliveryPruneStep> {
  const [step] = await db.run(PRUNE, organizationId, daysToKeep, after, limit);
  if (step && step.pruned > 0) bus.publish("deliveries", organizationId ?? "*", null);
  return step ?? { pruned: 0, last: null };
}

/**
 * Starts the deletion of the organization's successful and cancelled deliveries that are old enough.
 *
 * @param daysToKeep 0 to 36,500
 * @returns the job that does it
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} path `daysToKeep`
 */
export async function cleanupDeliveries(
  services: Services,
  caller: Caller,
  daysToKeep: number,
): Promise<Job> {
  requireAdmin(caller, "clean up deliveries");
  if (!Number.isInteger(daysToKeep) || daysToKeep < 0 || daysToKeep > MAX_DAYS_TO_KEEP) {
    const message = `must be from 0 to ${MAX_DAYS_TO_KEEP}, got ${daysToKeep}`;
    throw invalid(["daysToKeep"], "OUT_OF_RANGE", message);
  }
  const { kind, lane, maxAttempts } = jobKind("CLEANUP_DELIVERIES");
  const { organizationId, userId } = caller;
  const [id = ""] = await enqueueJobs(services.db, [
    { organizationId, userId, kind, lane, maxAttempts, payload: { daysToKeep } },
  ]);
  wakeWorkers(services);
  services.bus.publish("jobs", organizationId, [id]);
  return await getJob(services, caller, id);
}
