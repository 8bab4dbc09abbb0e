import { statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import type { Services } from "../services.ts";
import type { Fact, FactState } from "./fact.ts";
import { getFacts } from "./find.ts";

// Repeating a decision keeps the record of the first one.
const DECIDE = statement<
  [organizationId: string, ids: string[], state: FactState, userId: string | null],
  { id: string }
>(
  "facts.decide",
  `update facts set state = $3, decided_at = case when $3 <> 'PROPOSED' then now() end,
     decided_by = case when $3 <> 'PROPOSED' then $4 end, updated_at = now()
   where organization_id = $1 and id = any($2) and state <> $3
   returning id`,
);

const ACTIONS: Readonly<Record<FactState, string>> = {
  PROPOSED: "reopen facts",
  APPROVED: "approve facts",
  DISMISSED: "dismiss facts",
};

/**
 * Approves or dismisses facts, or withdraws such a decision. A dismissed fact is used by no suggestion and is not
 * proposed again; it can be approved later, and the reverse.
 *
 * @param ids at most 1,000 database ids
 * @param state PROPOSED withdraws the decision
 * @returns the facts in the order of the ids
 * @throws {ForbiddenError} for a MEMBER
 * @throws {NotFoundError} naming every fact that does not exist; nothing is changed then
 */
export async function decideFacts(
  services: Services,
  caller: Caller,
  ids: readonly string[],
  state: FactState,
): Promise<Fact[]> {
  requireAdmin(caller, ACTIONS[state]);
  const { organizationId, userId } = caller;
  const unique = [...new Set(ids)];
  const { facts, changed } = await services.db.transaction(async (tx) => {
    await getFacts({ db: tx }, caller, unique);
    const changed = await tx.run(DECIDE, organizationId, unique, state, userId);
    return { facts: await getFacts({ db: tx }, caller, unique), changed };
  });
  services.bus.publish("facts", organizationId, changed.map(({ id }) => id));
  return facts;
}
