import { type Connection, LONG, statement } from "../../db/database.ts";
import { ERASED_ADDRESS, type Person } from "../person.ts";

const ERASE = statement<
  [organizationId: string, addresses: string[], limit: number],
  { erased: number }
>(
  "audiences.erasePerson",
  `with erased as (
     update audience_recipients set address = ${ERASED_ADDRESS}, name = null, variables = '{}'
     where ctid = any(array(
       select ctid from audience_recipients
       where lower(address) = any($2) and organization_id = $1 limit $3))
     returning n
   )
   select count(*)::int as erased from erased`,
  LONG,
);

/** Removes a person from audiences. Its position stays, because the positions of an audience have no gaps. */
export async function eraseFromAudiences(
  db: Connection,
  { organizationId, addresses }: Person,
  limit: number,
): Promise<number> {
  const [row] = await db.run(ERASE, organizationId, [...addresses], limit);
  return row?.erased ?? 0;
}
