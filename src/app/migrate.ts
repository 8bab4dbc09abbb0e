import { getLogger } from "@logtape/logtape";
import type { Config } from "../config/config.ts";
import { closeServices, openServices } from "./services.ts";

const log = getLogger(["waybill"]);

/** Applies all pending migrations. */
export async function migrateDatabase(config: Config): Promise<void> {
  const { services, migrated } = await openServices(config);
  if (migrated.length === 0) log.info("No migrations are pending");
  await closeServices(services, performance.now());
}
