import { statement } from "../../db/database.ts";
import type { Services } from "../services.ts";
import type { TakenBatch } from "./take.ts";

const SUPPRESS = statement<[organizationId: string, channel: string, deliveryIds: string[]]>(
  "suppressions.addRefused",
  `insert into suppressions (organization_id, channel, address, reason, delivery_id)
   select distinct on (lower(address)) organization_id, $2, lower(address), 'REFUSED', id
   from deliveries where organization_id = $1 and id = any($3) order by lower(address), id
   on conflict do nothing`,
);

/** Puts the recipients of a batch on the suppression list who were refused for good. */
export async function suppressRefused(
  { db }: Services,
  { organizationId, channel }: Pick<TakenBatch, "organizationId" | "channel">,
  deliveryIds: readonly string[],
): Promise<void> {
  if (deliveryIds.length > 0) await db.run(SUPPRESS, organizationId, channel, [...deliveryIds]);
}
