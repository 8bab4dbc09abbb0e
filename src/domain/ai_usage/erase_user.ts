import { type Connection, statement } from "../../db/database.ts";
import type { ErasedUser } from "../person.ts";

const ERASE = statement<[organizationId: string, userId: string], { erased: number }>(
  "aiBudgets.eraseUser",
  `with changed as (
     update ai_budgets set updated_by = null where organization_id = $1 and updated_by = $2
     returning organization_id
   )
   select count(*) as erased from changed`,
);

/** Removes a user from the budget that it has set. */
export async function eraseUserFromBudget(
  db: Connection,
  { organizationId, userId }: ErasedUser,
): Promise<number> {
  const [row] = await db.run(ERASE, organizationId, userId);
  return row?.erased ?? 0;
}
