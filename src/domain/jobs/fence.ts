import { type Connection, statement } from "../../db/database.ts";

// More fences than an installation uses between a backup and its restore.
const SKIPPED = 1_000_000_000;

const SKIP = statement<[count: number], { fence: number }>(
  "jobs.skipFences",
  "select setval('job_fence', last_value + $1::bigint) as fence from job_fence",
);

/**
 * Skips the fences that were used after the backup from which the database was restored, because a process that
 * still runs a job of that time must not write under the fence of a new claim.
 */
export async function skipFences(db: Connection): Promise<void> {
  await db.run(SKIP, SKIPPED);
}
