import type { Caller } from "../access/access.ts";
import type { Services } from "../services.ts";
import { countSkipped, type SkippedCount } from "../skipped.ts";

import { countDeliveries } from "./delivery_items.ts";
import { countJobs } from "./job_items.ts";
import { type BulkTargetInput, checkTarget } from "./target.ts";

/** Maximum number of items that a preview counts, so that it answers within a second. */
export const PREVIEW_LIMIT = 100_000;

/** Items that an action would take, and those that it would skip. */
export interface BulkActionPreview {
  readonly count: number;
  readonly skipped: readonly SkippedCount[];
  /** False: more than 100,000 items match, and the counts are of these. */
  readonly complete: boolean;
}

/**
 * Counts the items that an action would take and skip if it started now, among the first 100,000 that match.
 *
 * @throws as `checkTarget`
 */
export async function previewBulkAction(
  services: Services,
  caller: Caller,
  input: BulkTargetInput,
): Promise<BulkActionPreview> {
  const target = await checkTarget(services, caller, input);
  const counts = target.target === "DELIVERIES"
    ? await countDeliveries(services.db, caller, target, PREVIEW_LIMIT)
    : await countJobs(services.db, caller, target, PREVIEW_LIMIT);
  const skipped = countSkipped(counts);
  const examined = counts.reduce((sum, [, count]) => sum + count, 0);
  const skippedCount = skipped.reduce((sum, { count }) => sum + count, 0);
  return {
    count: examined - skippedCount,
    skipped,
    complete: examined < PREVIEW_LIMIT,
  };
}
