import { join } from "node:path";
import { statement } from "../../src/db/database.ts";
import { openEmbeddedDatabase } from "../../src/db/embedded.ts";
import type { Services } from "../../src/domain/services.ts";
import { createBus } from "../../src/events/bus.ts";

const ORGANIZATION = statement<[], { id: string }>(
  "test.ownOrganization",
  "select id from organizations where id in (select organization_id from api_keys) limit 1",
);

/**
 * Works in the database of a program that does not run, in the organization of its API key.
 *
 * @param dataDir DATA_DIR of the program
 */
export async function inDatabase(
  dataDir: string,
  work: (services: Pick<Services, "db" | "bus">, organizationId: string) => Promise<void>,
): Promise<void> {
  const db = await openEmbeddedDatabase(join(dataDir, "database"), (error) => {
    throw error;
  });
  const bus = createBus();
  try {
    const [organization] = await db.run(ORGANIZATION);
    if (!organization) throw new Error("The database has no organization with an API key");
    await work({ db, bus }, organization.id);
  } finally {
    await bus.close();
    await db.close();
  }
}
