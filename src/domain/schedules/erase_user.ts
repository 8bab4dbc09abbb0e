import { type Connection, LONG, statement } from "../../db/database.ts";
import type { ErasedUser } from "../person.ts";

const ERASE = statement<[organizationId: string, userId: string], { erased: number }>(
  "schedules.eraseUser",
  `with created as (
     update schedules set created_by = null where organization_id = $1 and created_by = $2
     returning id
   ),
   started as (
     update schedule_fires set started_by = null where organization_id = $1 and started_by = $2
     returning schedule_id
   )
   select ((select count(*) from created) + (select count(*) from started))::int as erased`,
  LONG,
);

/** Removes a user from the schedules that it has created, and from the fires that it has started. */
export async function eraseUserFromSchedules(
  db: Connection,
  { organizationId, userId }: ErasedUser,
): Promise<number> {
  const [row] = await db.run(ERASE, organizationId, userId);
  return row?.erased ?? 0;
}
