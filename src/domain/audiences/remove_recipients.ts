import { type Connection, LONG, statement } from "../../db/database.ts";
import { enqueueJobs, wakeWorkers } from "../jobs/enqueue.ts";
import { JOB_KINDS } from "../jobs/kinds.ts";
import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";

/** Recipients of one step of a removal, which takes some 50 ms. */
const STEP = 10_000;

/** Recipients of an audience by their positions. */
export interface RecipientRange {
  readonly audienceId: string;
  /** Position before the first recipient; 0 for all. */
  readonly after: number;
  /** Position of the last recipient. */
  readonly last: number;
}

const REMOVE = statement<
  [organizationId: string, audienceId: string, after: number, last: number]
>(
  "audiences.removeRecipients",
  `delete from audience_recipients
   where organization_id = $1 and audience_id = $2 and n > $3 and n <= $4`,
  LONG,
);

/**
 * Enqueues the job that removes recipients of a deleted audience, or of an import that failed. Call
 * `publishRemoval` after the commit.
 *
 * @returns the ids of the job; empty if there is nothing to remove
 */
export function enqueueRemoval(
  tx: Connection,
  owner: { readonly organizationId: string; readonly userId: string | null },
  range: RecipientRange,
): Promise<string[]> {
  if (range.last <= range.after) return Promise.resolve([]);
  return enqueueJobs(tx, [{
    organizationId: owner.organizationId,
    userId: owner.userId,
    kind: "REMOVE_RECIPIENTS",
    uniqueKey: `remove recipients ${range.audienceId}`,
    subject: toTypeId("audience", range.audienceId),
    payload: { ...range },
  }]);
}

/** Publishes the job of a removal, and the change of its audience. */
export function publishRemoval(
  services: Services,
  organizationId: string,
  audienceId: string,
  jobIds: readonly string[],
): void {
  if (jobIds.length > 0) wakeWorkers(services, [JOB_KINDS.REMOVE_RECIPIENTS.lane]);
  services.bus.publish("jobs", organizationId, jobIds);
  services.bus.publish("audiences", organizationId, [audienceId]);
}

/**
 * Removes the next 10,000 recipients of a range.
 *
 * @returns the rest of the range; null if it is removed completely
 */
export async function removeRecipients(
  { db }: Services,
  organizationId: string,
  { audienceId, after, last }: RecipientRange,
): Promise<RecipientRange | null> {
  const end = Math.min(after + STEP, last);
  await db.run(REMOVE, organizationId, audienceId, after, end);
  return end < last ? { audienceId, after: end, last } : null;
}
