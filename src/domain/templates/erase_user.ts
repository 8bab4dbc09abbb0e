import { type Connection, LONG, statement } from "../../db/database.ts";
import type { ErasedUser } from "../person.ts";

const ERASE = statement<[organizationId: string, userId: string], { erased: number }>(
  "templates.eraseUser",
  `with updated as (
     update templates set updated_by = null where organization_id = $1 and updated_by = $2
     returning id
   ),
   created as (
     update template_versions set created_by = null
     where organization_id = $1 and created_by = $2
     returning template_id
   )
   select ((select count(*) from updated) + (select count(*) from created))::int as erased`,
  LONG,
);

/** Removes a user from the templates that it has saved. */
export async function eraseUserFromTemplates(
  db: Connection,
  { organizationId, userId }: ErasedUser,
): Promise<number> {
  const [row] = await db.run(ERASE, organizationId, userId);
  return row?.erased ?? 0;
}
