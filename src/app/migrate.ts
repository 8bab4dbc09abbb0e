import type { Config } from "../config/config.ts";
import { closeServices, openServices } from "./services.ts";

/** Applies all pending migrations. */
export async function migrateDatabase(config: Config): Promise<void> {
  const { services } = await openServices(config);
  await closeServices(services);
}
