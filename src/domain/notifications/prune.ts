import { LONG, statement } from "../../db/database.ts";
import type { Services } from "../services.ts";

const KEEP = "interval '90 days'";
const STEP = 1_000;

const PRUNE = statement<[limit: number], { id: string; organizationId: string }>(
  "notifications.prune",
  `delete from notifications where id = any(array(
     select id from notifications where last_at < now() - ${KEEP} order by last_at limit $1))
   returning id, organization_id as "organizationId"`,
  LONG,
);

// A user who has changed a setting is kept, because the setting is.
const PRUNE_USERS = statement<[]>(
  "notifications.pruneUsers",
  `delete from notification_users where seen_at < now() - ${KEEP} and settings = '{}' and email is null`,
  LONG,
);

/** Deletes notifications whose last event was over 90 days ago, and users who were not seen since. */
export async function pruneNotifications({ db, bus }: Services): Promise<void> {
  for (let count = STEP; count === STEP;) {
    const gone = await db.run(PRUNE, STEP);
    count = gone.length;
    for (const [organizationId, group] of Map.groupBy(gone, (row) => row.organizationId)) {
      bus.publish("notifications", organizationId, group.map(({ id }) => id));
    }
  }
  await db.run(PRUNE_USERS);
}
