import { type Connection, statement } from "../../db/database.ts";
import type { MessageChannel } from "../channel.ts";
import { CHANNEL_RULES } from "../channel_rules/channel_rules.ts";
import { appendUnsubscriptions } from "./outbox_events.ts";
import { SUPPRESSION_COLUMNS } from "./list.ts";
import type { Suppression, SuppressionReason } from "./suppression.ts";

// The update of existing rows changes nothing; without it they would not be returned. The order prevents
// a deadlock of two transactions that add the same addresses.
const ADD = statement<
  [
    organizationId: string,
    channel: MessageChannel,
    reason: SuppressionReason,
    addresses: string[],
    deliveryIds: (string | null)[],
  ],
  Suppression
>(
  "suppressions.add",
  `with listed as (
     insert into suppressions as s (organization_id, channel, address, reason, delivery_id)
     select $1, $2, address, $3, delivery_id
     from unnest($4::text[], $5::uuid[]) as r(address, delivery_id)
     order by address
     on conflict (organization_id, address, channel, reason) do update set address = s.address
     returning *
   ),
   events as (${appendUnsubscriptions("select * from listed")})
   select ${SUPPRESSION_COLUMNS} from listed`,
);

/**
 * Puts addresses on the suppression list of an organization. Addresses that already have this reason keep
 * their entry.
 *
 * @param entries valid addresses in any spelling, each with the delivery that caused the suppression;
 *   null if a person decided it
 * @returns one suppression per address, in the order of the entries, without duplicates
 */
export async function suppress(
  db: Connection,
  { organizationId, channel }: {
    readonly organizationId: string;
    readonly channel: MessageChannel;
  },
  reason: SuppressionReason,
  entries: readonly { readonly address: string; readonly deliveryId: string | null }[],
): Promise<Suppression[]> {
  if (entries.length === 0) return [];
  const causes = new Map<string, string | null>();
  for (const { address, deliveryId } of entries) {
    const normalized = CHANNEL_RULES[channel].normalizeAddress(address);
    if (!causes.has(normalized)) causes.set(normalized, deliveryId);
  }
  const addresses = [...causes.keys()];
  const added = await db.run(ADD, organizationId, channel, reason, addresses, [...causes.values()]);
  const byAddress = new Map(added.map((suppression) => [suppression.address, suppression]));
  return addresses.flatMap((address) => byAddress.get(address) ?? []);
}

/**
 * Returns SQL that puts addresses on suppression lists, as a part of a statement of another noun: the WITH queries
 * `listed` and `unsubscriptions`. Addresses that already have the reason keep their entry.
 *
 * @param rows a SELECT of `organization_id`, `channel`, `address` (normalized), `reason` and
 *   `delivery_id`
 */
export function suppressAddresses(rows: string): string {
  return `listed as (
     insert into suppressions (organization_id, channel, address, reason, delivery_id)
     select distinct on (organization_id, channel, address, reason)
       organization_id, channel, address, reason, delivery_id
     from (${rows}) r order by organization_id, channel, address, reason, delivery_id
     on conflict do nothing
     returning *
   ),
   unsubscriptions as (${appendUnsubscriptions("select * from listed")})`;
}
