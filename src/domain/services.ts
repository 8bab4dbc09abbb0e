import type { Database } from "../db/database.ts";
import type { Bus } from "../events/bus.ts";
import type { MessageChannel } from "./channel.ts";

/** What every operation works with; main.ts makes it once per process. */
export interface Services {
  readonly db: Database;
  readonly bus: Bus;
  /**
   * How messages can go out beside EMAIL, which always can: without a mail server it is captured.
   * Told to processes that only take requests, too: they refuse what no worker could send.
   */
  readonly channels?: ReadonlySet<MessageChannel>;
}
