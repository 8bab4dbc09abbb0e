import { type Connection, LONG, statement } from "../../db/database.ts";
import type { ErasedUser } from "../person.ts";

const ERASE = statement<
  [organizationId: string, userId: string, limit: number],
  { erased: number }
>(
  "problems.eraseUser",
  `with decisions as (
     update problem_decisions set user_id = null where id = any(array(
       select d.id from problem_decisions d join problems p on p.id = d.problem_id
       where p.organization_id = $1 and d.user_id = $2 limit $3))
     returning id
   ),
   changed as (
     update problems set changed_by = null where id = any(array(
       select id from problems where organization_id = $1 and changed_by = $2
       order by id limit $3 for no key update))
     returning id
   )
   select ((select count(*) from decisions) + (select count(*) from changed))::int as erased`,
  LONG,
);

/** Removes a user from the problems that it has resolved or ignored. */
export async function eraseUserFromProblems(
  db: Connection,
  { organizationId, userId }: ErasedUser,
  limit: number,
): Promise<number> {
  const [row] = await db.run(ERASE, organizationId, userId, limit);
  return row?.erased ?? 0;
}
