import { type Connection, statement } from "../../db/database.ts";
import { eraserOfRows } from "../eraser.ts";
import type { ErasedUser } from "../person.ts";

/** Erases the secrets of inbound routes: one row per kind. */
export const inboundSecretsEraser = eraserOfRows("inboundRoutes.erase", "inbound_secrets");

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
