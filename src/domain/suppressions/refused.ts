import { statement } from "../../db/database.ts";
import type { MessageChannel } from "../channel.ts";
import { CHANNEL_RULES } from "../channel_rules/channel_rules.ts";
import type { Services } from "../services.ts";
import { suppressAddresses } from "./suppress.ts";

const ADD_REFUSED = statement<
  [organizationId: string, channel: string, deliveryIds: string[], addresses: string[]]
>(
  "suppressions.addRefused",
  suppressAddresses(`
    select $1::uuid as organization_id, $2 as channel, address, 'REFUSED' as reason, id as delivery_id
    from unnest($3::uuid[], $4::text[]) as r(id, address)`),
);

/**
 * Adds recipients that a provider refused for good to the suppression list of an organization.
 *
 * @param message organization and channel of their message
 * @param refused ids and addresses of their deliveries
 */
export async function suppressRefused(
  { db }: Services,
  { organizationId, channel }: {
    readonly organizationId: string;
    readonly channel: MessageChannel;
  },
  refused: readonly { readonly id: string; readonly address: string }[],
): Promise<void> {
  if (refused.length === 0) return;
  const ids = refused.map(({ id }) => id);
  const addresses = refused.map(({ address }) => CHANNEL_RULES[channel].normalizeAddress(address));
  await db.run(ADD_REFUSED, organizationId, channel, ids, addresses);
}
