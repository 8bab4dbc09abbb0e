import { type Connection, LONG, statement } from "../../db/database.ts";
import { ERASED_ADDRESS, ERASED_TEXT, type Person } from "../person.ts";
import { eraseTexts } from "../problems/erase_texts.ts";

const ERASE = statement<
  [organizationId: string, addresses: string[], limit: number],
  { erased: number }
>(
  "deliveries.erasePerson",
  `with page as materialized (
     select id from deliveries where organization_id = $1 and lower(address) = any($2)
     union all
     select d.id from messages m join deliveries d on d.message_id = m.id
     where m.organization_id = $1 and m.type = 'quote_admin'
       and lower(d.variables ->> 'email') = any($2)
     limit $3
   ),
   attempts as (
     update delivery_attempts set error_message = '${ERASED_TEXT}'
     where delivery_id = any(array(select id from page)) and error_message is not null
   ),
   ${eraseTexts("array(select id from page)")},
   erased as (
     update deliveries set address = ${ERASED_ADDRESS}, name = null, variables = '{}',
       error_message = case when error_message is not null then '${ERASED_TEXT}' end
     where id = any(array(select id from page))
     returning id
   )
   select count(*)::int as erased from erased`,
  LONG,
);

/**
 * Removes a person from its deliveries and from the mails to administrators about its quotes. They stay for the counts
 * of their messages; those that are not sent yet end SUPPRESSED.
 */
export async function eraseFromDeliveries(
  db: Connection,
  { organizationId, addresses }: Person,
  limit: number,
): Promise<number> {
  const [row] = await db.run(ERASE, organizationId, [...addresses], limit);
  return row?.erased ?? 0;
}
