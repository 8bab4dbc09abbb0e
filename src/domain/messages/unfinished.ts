import { type Connection, statement } from "../../db/database.ts";
import type { MessageStatus } from "../message_status.ts";

// Each part has a partial index.
const COUNT = statement<[], { status: MessageStatus; count: number }>(
  "messages.countUnfinished",
  `select status, count(*) as count from messages where status in ('PLANNING', 'SENDING') group by 1
   union all select 'SCHEDULED', count(*) from messages where status = 'SCHEDULED'
   union all select 'PAUSED', count(*) from messages where status = 'PAUSED'`,
);

/** Counts the unfinished messages of all organizations by state, for metrics. */
export function countUnfinished(
  db: Connection,
): Promise<{ status: MessageStatus; count: number }[]> {
  return db.run(COUNT);
}
