import { LONG, statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { invalid } from "../errors.ts";
import { enqueueJobs, wakeWorkers } from "../jobs/enqueue.ts";
import type { Job } from "../jobs/job.ts";
import { JOB_KINDS } from "../jobs/kinds.ts";
import { getJob } from "../jobs/find.ts";
import type { Services } from "../services.ts";

/** Maximum number of days that deliveries are kept: a century. */
const MAX_DAYS_TO_KEEP = 36_500;

/** Result of pruning one chunk. */
export interface PrunedDeliveryChunk {
  /** Number of deliveries deleted. */
  readonly pruned: number;
  /** Id of the last delivery that was read; null: no further delivery is old enough. */
  readonly last: string | null;
}

const PRUNE = statement<
  [organizationId: string | null, days: number, after: string, limit: number],
  PrunedDeliveryChunk
>(
  "deliveries.prune",
  `select pruned, last from prune_deliveries($1, now() - make_interval(days => $2), $3, $4)`,
  LONG,
);

/** Value of `after` for the first chunk. */
export const FIRST_DELIVERY = "00000000-0000-0000-0000-000000000000";

/**
 * Reads the next chunk of deliveries by age, and deletes those of finished messages that were sent,
 * suppressed or cancelled before the retention, together with their attempts. Failed deliveries and all
 * counters are kept.
 *
 * @param organizationId null for all organizations
 * @param daysToKeep days since the delivery was sent, suppressed or cancelled
 * @param after `last` of the previous chunk; `FIRST_DELIVERY` for the first one
 * @param limit number of deliveries to read
 */
export async function pruneDeliveries(
  { db, bus }: Services,
  organizationId: string | null,
  daysToKeep: number,
  after: string,
  limit: number,
): Promise<PrunedDeliveryChunk> {
  const [chunk] = await db.run(PRUNE, organizationId, daysToKeep, after, limit);
  if (chunk && chunk.pruned > 0) bus.publish("deliveries", organizationId ?? "*", null);
  return chunk ?? { pruned: 0, last: null };
}

/**
 * Starts a job that deletes old sent, suppressed and cancelled deliveries of the caller's organization.
 *
 * @param daysToKeep days since the delivery was sent, suppressed or cancelled, 0 to 36,500
 * @returns the job
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
  const { organizationId, userId } = caller;
  const [id = ""] = await enqueueJobs(services.db, [
    { organizationId, userId, kind: "CLEANUP_DELIVERIES", payload: { daysToKeep } },
  ]);
  wakeWorkers(services, [JOB_KINDS.CLEANUP_DELIVERIES.lane]);
  services.bus.publish("jobs", organizationId, [id]);
  return await getJob(services, caller, id);
}
