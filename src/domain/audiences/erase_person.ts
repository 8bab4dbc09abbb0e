import { type Connection, LONG, statement } from "../../db/database.ts";
import { ERASED_ADDRESS, ERASED_TEXT, type Person } from "../person.ts";

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

// A reason quotes the invalid value, which may contain the address.
const ERASE_REFUSED = statement<
  [organizationId: string, addresses: string[], limit: number],
  { erased: number }
>(
  "audiences.erasePersonFromRefusedRows",
  `with erased as (
     update audience_refused_rows set reason = '${ERASED_TEXT}'
     where ctid = any(array(
       select ctid from audience_refused_rows
       where organization_id = $1
         and exists (select from unnest($2::text[]) a where strpos(lower(reason), a) > 0) limit $3))
     returning line
   )
   select count(*)::int as erased from erased`,
  LONG,
);

/**
 * Removes a person from audiences, and from the reasons of refused rows. Its position stays, because the positions of
 * an audience have no gaps.
 */
export async function eraseFromAudiences(
  db: Connection,
  { organizationId, addresses }: Person,
  limit: number,
): Promise<number> {
  const [row] = await db.run(ERASE, organizationId, [...addresses], limit);
  if (row && row.erased > 0) return row.erased;
  const [refused] = await db.run(ERASE_REFUSED, organizationId, [...addresses], limit);
  return refused?.erased ?? 0;
}
