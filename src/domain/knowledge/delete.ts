import { statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import type { Services } from "../services.ts";
import { getFacts } from "./find.ts";

const DELETE = statement<[organizationId: string, ids: string[]]>(
  "facts.delete",
  "delete from facts where organization_id = $1 and id = any($2)",
);

/**
 * Deletes facts with their evidence. A deleted fact may be learned again; a dismissed one is not proposed again.
 *
 * @param ids at most 1,000 database ids
 * @returns ids of the deleted facts, each once
 * @throws {ForbiddenError} for a MEMBER
 * @throws {NotFoundError} naming every fact that does not exist; nothing is deleted then
 */
export async function deleteFacts(
  services: Services,
  caller: Caller,
  ids: readonly string[],
): Promise<string[]> {
  requireAdmin(caller, "delete facts");
  const unique = [...new Set(ids)];
  await services.db.transaction(async (tx) => {
    await getFacts({ db: tx }, caller, unique);
    await tx.run(DELETE, caller.organizationId, unique);
  });
  services.bus.publish("facts", caller.organizationId, unique);
  return unique;
}
