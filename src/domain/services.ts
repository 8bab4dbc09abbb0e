import type { Database } from "../db/database.ts";
import type { Bus } from "../events/bus.ts";

/** What every operation works with; main.ts makes it once per process. */
export interface Services {
  readonly db: Database;
  readonly bus: Bus;
}
