import { type Connection, statement } from "../../db/database.ts";
import { eraseBy, type Eraser } from "../eraser.ts";
import type { ErasedUser } from "../person.ts";

/** Erases the secrets of inbound routes: one row per kind. */
export const inboundSecretsEraser: Eraser = {
  tables: ["inbound_secrets"],
  erase: eraseBy(statement(
    "inboundRoutes.erase",
    `with gone as (
       delete from inbound_secrets where ctid = any(array(
         select ctid from inbound_secrets where organization_id = $1 limit $3))
       returning 1
     )
     select count(*) as erased, case when count(*) = $3 then $2::uuid end as last from gone`,
  )),
};

const ERASE_USER = statement<[organizationId: string, userId: string], { erased: number }>(
  "inboundRoutes.eraseUser",
  `with changed as (
     update inbound_secrets set created_by = null where organization_id = $1 and created_by = $2
     returning kind
   )
   select count(*) as erased from changed`,
);

/** Removes a user from the secrets that it has saved. */
export async function eraseUserFromInboundSecrets(
  db: Connection,
  { organizationId, userId }: ErasedUser,
): Promise<number> {
  const [row] = await db.run(ERASE_USER, organizationId, userId);
  return row?.erased ?? 0;
}
