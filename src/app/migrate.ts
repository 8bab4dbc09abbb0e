import type { Config } from "../config/config.ts";
import { closeServices, openServices } from "./services.ts";

/** Brings the database to the newest migration, and ends. */
export async function migrateDatabase(config: Config): Promise<void> {
  const { services } = await openServices(config);
  await closeServices(services);
}
