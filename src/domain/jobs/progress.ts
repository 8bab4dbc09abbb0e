import { statement } from "../../db/database.ts";
import type { Services } from "../services.ts";
import { inLockOrder } from "./claim.ts";
import type { Progress } from "./job.ts";

const WRITE = statement<[ids: string[], fences: number[], progresses: string[]], { id: string }>(
  "jobs.progress",
  `update jobs j set progress = r.progress::jsonb, updated_at = now()
   from unnest($1::uuid[], $2::bigint[], $3::text[]) as r(id, fence, progress)
   where j.id = r.id and j.fence = r.fence
   returning j.id`,
);

/** Progress of one claimed job. */
export interface ProgressReport {
  readonly id: string;
  readonly fence: number;
  readonly organizationId: string;
  readonly progress: Progress;
}

/**
 * Writes and publishes the progress of many jobs.
 *
 * @returns ids of the jobs that were written; the claims of the others have ended
 */
export async function writeProgress(
  { db, bus }: Services,
  reports: readonly ProgressReport[],
): Promise<Set<string>> {
  const ordered = inLockOrder(reports);
  const rows = await db.run(
    WRITE,
    ordered.map(({ id }) => id),
    ordered.map(({ fence }) => fence),
    ordered.map(({ progress }) => JSON.stringify(progress)),
  );
  const written = new Set(rows.map(({ id }) => id));
  for (const { id, organizationId } of reports) {
    if (written.has(id)) bus.publish("jobs", organizationId, [id]);
  }
  return written;
}
