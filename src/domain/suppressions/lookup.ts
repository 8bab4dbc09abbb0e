import { statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { MESSAGE_CHANNELS, type MessageChannel } from "../channel.ts";
import { CHANNEL_RULES } from "../channel_rules/channel_rules.ts";
import { isErasedAddress } from "../person.ts";
import type { Services } from "../services.ts";
import type { SuppressionReason } from "./suppression.ts";

const SUPPRESSED = statement<
  [queries: string],
  { query: number; address: string; reason: SuppressionReason }
>(
  "suppressions.findSuppressed",
  // A complaint or an unsubscription comes first, because only the recipient can withdraw it.
  `select q.query, a.address, s.reason
   from jsonb_to_recordset($1::jsonb) as q(query int, organization uuid, channel text,
     unsubscribable boolean, addresses text[]), unnest(q.addresses) a(address), lateral (
     select reason from suppressions
     where organization_id = q.organization and address = a.address and channel = q.channel
       and (reason <> 'UNSUBSCRIBED' or q.unsubscribable)
     order by array_position(
       array['COMPLAINED', 'UNSUBSCRIBED', 'BOUNCED', 'REFUSED', 'MANUAL'], reason) limit 1) s`,
);

const LISTED = statement<
  [organizationId: string, addresses: string[]],
  { channel: MessageChannel; address: string }
>(
  "suppressions.findListed",
  `select distinct channel, address from suppressions
   where organization_id = $1 and address = any($2)`,
);

/** Recipients of a message, to be looked up in the suppression list. */
export interface SuppressionQuery {
  /** An address with the reason UNSUBSCRIBED is suppressed only if the message is unsubscribable. */
  readonly message: {
    readonly organizationId: string;
    readonly channel: MessageChannel;
    readonly unsubscribable: boolean;
  };
  readonly addresses: readonly string[];
}

/** Reasons by suppressed address, spelled as in the query. */
export type SuppressedAddresses = ReadonlyMap<string, SuppressionReason>;

/**
 * Finds the recipients of messages that must not receive them, each with one reason: MANUAL for erased ones.
 *
 * @returns the suppressed addresses of each query, in the order of the queries
 */
export async function findAllSuppressed(
  { db }: Services,
  queries: readonly SuppressionQuery[],
): Promise<SuppressedAddresses[]> {
  const asked = queries.map(({ message, addresses }, query) => ({
    query,
    organization: message.organizationId,
    channel: message.channel,
    unsubscribable: message.unsubscribable,
    addresses: addresses.map(CHANNEL_RULES[message.channel].normalizeAddress),
  }));
  const rows = await db.run(SUPPRESSED, JSON.stringify(asked));
  const found = Map.groupBy(rows, ({ query }) => query);
  return queries.map(({ message: { channel }, addresses }, query) => {
    const { normalizeAddress } = CHANNEL_RULES[channel];
    const reasons = new Map(found.get(query)?.map(({ address, reason }) => [address, reason]));
    return new Map(addresses.flatMap((address) => {
      const reason = isErasedAddress(address) ? "MANUAL" : reasons.get(normalizeAddress(address));
      return reason ? [[address, reason]] : [];
    }));
  });
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
