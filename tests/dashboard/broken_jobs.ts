import { join } from "node:path";
import { statement } from "../../src/db/database.ts";
import { openEmbeddedDatabase } from "../../src/db/embedded.ts";
import { insertJobs } from "../../src/domain/jobs/enqueue.ts";

const ORGANIZATION = statement<[], { id: string }>(
  "test.ownOrganization",
  "select id from organizations where id in (select organization_id from api_keys) limit 1",
);

/**
 * Inserts jobs that fail with INVALID_PAYLOAD, because `startJob` would refuse them.
 *
 * @param dataDir DATA_DIR of a program that does not run
 */
export async function insertBrokenJobs(dataDir: string, count: number): Promise<void> {
  const db = await openEmbeddedDatabase(join(dataDir, "database"), (error) => {
    throw error;
  });
  try {
    const [organization] = await db.run(ORGANIZATION);
    if (!organization) throw new Error("The database has no organization with an API key");
    await insertJobs(
      db,
      Array.from({ length: count }, () => ({
        organizationId: organization.id,
        userId: null,
        kind: "CLEANUP_DELIVERIES",
        lane: "SYSTEM" as const,
        maxAttempts: 3,
        payload: {},
      })),
    );
  } finally {
    await db.close();
  }
}
