import { insertJobs } from "../../src/domain/jobs/enqueue.ts";
import { inDatabase } from "./stopped_program.ts";

/**
 * Inserts jobs that fail with INVALID_PAYLOAD, because `startJob` would refuse them.
 *
 * @param dataDir DATA_DIR of a program that does not run
 */
export function insertBrokenJobs(dataDir: string, count: number): Promise<void> {
  return inDatabase(dataDir, async ({ db }, organizationId) => {
    await insertJobs(
      db,
      Array.from({ length: count }, () => ({
        organizationId,
        userId: null,
        kind: "CLEANUP_DELIVERIES",
        lane: "SYSTEM" as const,
        maxAttempts: 3,
        payload: {},
      })),
    );
  });
}
