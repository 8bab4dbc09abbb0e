import { statement } from "../../db/database.ts";
import type { Services } from "../services.ts";

/** Progress of a message in one process, since the process recorded it last. */
export interface Movement {
  /** Time in which deliveries were attempted, in milliseconds. */
  readonly ms: number;
  /** Number of deliveries that ended in that time. */
  readonly ended: number;
}

// Other processes may have counted the same time, so no more is added than has passed since the last update.
// A negative time, after the database's clock was set back, is not added.
const ADD = statement<[id: string, ms: number, ended: number]>(
  "messages.addMovement",
  `update messages set moved_count = moved_count + $3, moved_at = now(),
     moving_ms = moving_ms + greatest(0, least($2, extract(epoch from now() - moved_at)::float8 * 1000))
   where id = $1`,
);

/**
 * Adds to the time in which a message was moving, of which processes that send at the same time count each
 * moment once.
 *
 * All processes update the row of the message: call it about once a second, never per delivery, and outside
 * any transaction, because jobs may be locked only after the message.
 */
export async function addMovement(
  { db }: Pick<Services, "db">,
  messageId: string,
  { ms, ended }: Movement,
): Promise<void> {
  await db.run(ADD, messageId, ms, ended);
}
