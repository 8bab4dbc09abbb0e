import { statement } from "../../db/database.ts";
import type { MessageChannel } from "../channel.ts";
import { CHANNEL_RULES } from "../channel_rules/channel_rules.ts";
import type { Services } from "../services.ts";

const ADDRESSES = statement<
  [organizationId: string, deliveryIds: string[]],
  { id: string; address: string }
>(
  "deliveries.addresses",
  "select id, address from deliveries where organization_id = $1 and id = any($2)",
);

const SUPPRESS = statement<
  [organizationId: string, channel: string, deliveryIds: string[], addresses: string[]]
>(
  "suppressions.addRefused",
  `insert into suppressions (organization_id, channel, address, reason, delivery_id)
   select distinct on (address) $1::uuid, $2, address, 'REFUSED', id
   from unnest($3::uuid[], $4::text[]) as r(id, address) order by address, id
   on conflict do nothing`,
);

/** Deliveries of one batch that were refused for good. */
export interface RefusedDeliveries {
  readonly organizationId: string;
  readonly channel: MessageChannel;
  readonly ids: readonly string[];
}

/** Puts refused recipients on the suppression list. */
export async function suppressRefused(
  { db }: Services,
  { organizationId, channel, ids }: RefusedDeliveries,
): Promise<void> {
  if (ids.length === 0) return;
  const found = await db.run(ADDRESSES, organizationId, [...ids]);
  const addresses = found.map(({ address }) => CHANNEL_RULES[channel].normalizeAddress(address));
  await db.run(SUPPRESS, organizationId, channel, found.map(({ id }) => id), addresses);
}
