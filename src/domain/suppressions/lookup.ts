import { statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { MESSAGE_CHANNELS, type MessageChannel } from "../channel.ts";
import { CHANNEL_RULES } from "../channel_rules/channel_rules.ts";
import type { Services } from "../services.ts";
import type { SuppressionReason } from "./suppression.ts";

const SUPPRESSED = statement<
  [
    organizationId: string,
    channel: MessageChannel,
    addresses: string[],
    unsubscribable: boolean,
  ],
  { address: string; reason: SuppressionReason }
>(
  "suppressions.findSuppressed",
  // A complaint or an unsubscription comes first, because only the recipient can withdraw it.
  `select distinct on (address) address, reason from suppressions
   where organization_id = $1 and address = any($3) and channel = $2
     and (reason <> 'UNSUBSCRIBED' or $4)
   order by address, array_position(
     array['COMPLAINED', 'UNSUBSCRIBED', 'BOUNCED', 'REFUSED', 'MANUAL'], reason)`,
);

const LISTED = statement<
  [organizationId: string, addresses: string[]],
  { channel: MessageChannel; address: string }
>(
  "suppressions.findListed",
  `select distinct channel, address from suppressions
   where organization_id = $1 and address = any($2)`,
);

/**
 * Finds the recipients of a message that must not receive it, each with one reason.
 *
 * @param message an address with the reason UNSUBSCRIBED is suppressed only if it is unsubscribable
 * @returns reasons by suppressed address, spelled as in `addresses`
 */
export async function findSuppressed(
  { db }: Services,
  message: {
    readonly organizationId: string;
    readonly channel: MessageChannel;
    readonly unsubscribable: boolean;
  },
  addresses: readonly string[],
): Promise<ReadonlyMap<string, SuppressionReason>> {
  const { organizationId, channel, unsubscribable } = message;
  const { normalizeAddress } = CHANNEL_RULES[channel];
  const normalized = addresses.map(normalizeAddress);
  const rows = await db.run(SUPPRESSED, organizationId, channel, normalized, unsubscribable);
  const reasons = new Map(rows.map(({ address, reason }) => [address, reason]));
  return new Map(addresses.flatMap((address) => {
    const reason = reasons.get(normalizeAddress(address));
    return reason ? [[address, reason]] : [];
  }));
}

/**
 * Finds addresses that are on the organization's suppression list, on any channel and for any reason.
 *
 * @returns the listed addresses, spelled as in `addresses`
 */
export async function findListed(
  { db }: Services,
  { organizationId }: Caller,
  addresses: readonly string[],
): Promise<ReadonlySet<string>> {
  const candidates = addresses.flatMap((address) =>
    MESSAGE_CHANNELS.map((channel) => {
      const normalized = CHANNEL_RULES[channel].normalizeAddress(address);
      return { address, normalized, key: `${channel} ${normalized}` };
    })
  );
  const normalized = new Set(candidates.map(({ normalized }) => normalized));
  const rows = await db.run(LISTED, organizationId, [...normalized]);
  const listed = new Set(rows.map(({ channel, address }) => `${channel} ${address}`));
  return new Set(candidates.filter(({ key }) => listed.has(key)).map(({ address }) => address));
}
