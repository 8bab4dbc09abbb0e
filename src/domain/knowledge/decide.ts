import { statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import type { Services } from "../services.ts";
import type { Fact } from "./fact.ts";
import { getFacts } from "./find.ts";

/** Decision of a person about a fact. */
export type FactDecision = "APPROVED" | "DISMISSED";

// Repeating a decision keeps the record of the first one.
const DECIDE = statement<
  [organizationId: string, ids: string[], state: FactDecision, userId: string | null],
  { id: string }
>(
  "facts.decide",
  `update facts set state = $3, decided_at = now(), decided_by = $4, updated_at = now()
   where organization_id = $1 and id = any($2) and state <> $3
   returning id`,
);

/**
 * Approves or dismisses facts. A dismissed fact is used by no suggestion and is not proposed again; it can be approved
 * later, and the reverse.
 *
 * @param ids at most 1,000 database ids
 * @returns the facts in the order of the ids
 * @throws {ForbiddenError} for a MEMBER
 * @throws {NotFoundError} naming every fact that does not exist; nothing is changed then
 */
export async function decideFacts(
  services: Services,
  caller: Caller,
  ids: readonly string[],
  decision: FactDecision,
): Promise<Fact[]> {
  requireAdmin(caller, decision === "APPROVED" ? "approve facts" : "dismiss facts");
  const { organizationId, userId } = caller;
  const unique = [...new Set(ids)];
  const { facts, changed } = await services.db.transaction(async (tx) => {
    await getFacts({ db: tx }, caller, unique);
    const changed = await tx.run(DECIDE, organizationId, unique, decision, userId);
    return { facts: await getFacts({ db: tx }, caller, unique), changed };
  });
  services.bus.publish("facts", organizationId, changed.map(({ id }) => id));
  return facts;
}
