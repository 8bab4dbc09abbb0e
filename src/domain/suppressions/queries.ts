import { statement } from "../../db/database.ts";
import type { MessageChannel } from "../channel.ts";
import type { Suppression, SuppressionReason } from "./suppression.ts";

/** A suppression's columns under the names of `Suppression`. */
export const SUPPRESSION_COLUMNS = [
  "id",
  "organization_id as organizationId",
  "channel",
  "address",
  "reason",
  "delivery_id as deliveryId",
  "created_at as createdAt",
] as const;

const COLUMNS = SUPPRESSION_COLUMNS.map((c) => c.replace(/ as (.*)/, ' as "$1"')).join(", ");

export const FIND = statement<[organizationId: string, ids: string[]], Suppression>(
  "suppressions.find",
  `select ${COLUMNS} from suppressions where organization_id = $1 and id = any($2)`,
);

// What stands there already is written once more, so that it is returned; sorted, so that two callers
// who add the same addresses wait for each other in one order.
export const ADD = statement<
  [
    organizationId: string,
    channel: MessageChannel,
    addresses: string[],
    reason: SuppressionReason,
    deliveryId: string | null,
  ],
  Suppression
>(
  "suppressions.add",
  `insert into suppressions as s (organization_id, channel, address, reason, delivery_id)
   select $1, $2, address, $4, $5 from unnest($3::text[]) as address order by address
   on conflict (organization_id, address, channel, reason) do update set address = s.address
   returning ${COLUMNS}`,
);

export const REMOVE = statement<[organizationId: string, ids: string[]], { id: string }>(
  "suppressions.remove",
  `delete from suppressions where organization_id = $1 and id = any($2) returning id`,
);

export const AMONG = statement<
  [
    organizationId: string,
    channel: MessageChannel,
    addresses: string[],
    unsubscribable: boolean,
  ],
  { address: string }
>(
  "suppressions.among",
  `select distinct address from suppressions
   where organization_id = $1 and address = any($3) and channel = $2
     and (reason <> 'UNSUBSCRIBED' or $4)`,
);

export const LISTED = statement<
  [organizationId: string, addresses: string[]],
  { channel: MessageChannel; address: string }
>(
  "suppressions.listed",
  `select distinct channel, address from suppressions where organization_id = $1 and address = any($2)`,
);
