import { LONG, statement } from "../../db/database.ts";
import { pruneOutbox } from "../outbox/erase.ts";
import type { Services } from "../services.ts";

const STEP = 5_000;
/** Retention of delivered calls, in days. */
const KEEP_DELIVERED_DAYS = 1;
/** Retention of all other calls, and of events that wait for a disabled endpoint, in days. */
const KEEP_DAYS = 7;

const PRUNE = statement<[deliveredDays: number, days: number, limit: number], { count: number }>(
  "webhooks.prune",
  `with gone as (
     delete from webhook_calls where id = any(array(
       select id from webhook_calls c
       where status = 'DELIVERED' and created_at < now() - make_interval(days => $1)
         or created_at < now() - make_interval(days => $2)
         or not exists (select from webhook_endpoints where id = c.endpoint_id)
       limit $3))
     returning id
   ),
   attempts as (delete from webhook_attempts where call_id = any(array(select id from gone)))
   select count(*) as count from gone`,
  LONG,
);

/**
 * Deletes the calls that were delivered a day ago, those that were created 7 days ago, and events as old, of all
 * organizations; also those of deleted endpoints.
 */
export async function pruneWebhooks({ db }: Services): Promise<void> {
  await pruneOutbox(db, KEEP_DAYS);
  for (let count = STEP; count === STEP;) {
    count = (await db.run(PRUNE, KEEP_DELIVERED_DAYS, KEEP_DAYS, STEP))[0]?.count ?? 0;
  }
}
