import { statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { MESSAGE_CHANNELS, type MessageChannel } from "../channel.ts";
import { CHANNEL_RULES } from "../channel_rules/channel_rules.ts";
import type { Services } from "../services.ts";

const SUPPRESSED = statement<
  [
    organizationId: string,
    channel: MessageChannel,
    addresses: string[],
    unsubscribable: boolean,
  ],
  { address: string }
>(
  "suppressions.findSuppressed",
  `select distinct address from suppressions
   where organization_id = $1 and address = any($3) and channel = $2
     and (reason <> 'UNSUBSCRIBED' or $4)`,
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
 * Finds the recipients of a message that must not receive it.
 *
 * @param message an address with the reason UNSUBSCRIBED is suppressed only if it is unsubscribable
 * @returns the suppressed addresses, spelled as in `addresses`
 */
export async function findSuppressed(
  { db }: Services,
  message: {
    readonly organizationId: string;
    readonly channel: MessageChannel;
    readonly unsubscribable: boolean;
  },
  addresses: readonly string[],
): Promise<ReadonlySet<string>> {
  const { organizationId, channel, unsubscribable } = message;
  const { normalizeAddress } = CHANNEL_RULES[channel];
  const normalized = addresses.map(normalizeAddress);
  const rows = await db.run(SUPPRESSED, organizationId, channel, normalized, unsubscribable);
  const suppressed = new Set(rows.map(({ address }) => address));
  return new Set(addresses.filter((address) => suppressed.has(normalizeAddress(address))));
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
