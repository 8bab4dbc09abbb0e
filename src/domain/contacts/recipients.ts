import { type Connection, LONG, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import type { MessageChannel } from "../channel.ts";
import { ADDRESS_FIELDS } from "./contact.ts";
import { IS_ACTIVE } from "./find.ts";

/** Contacts that receive a message: all active ones, or only the important (`vip`) ones among them. */
export type ContactSelection = "ACTIVE" | "VIP";

/** Numbers of selected contacts. */
export interface ContactReach {
  readonly recipientCount: number;
  /** Number of active contacts without an address on the channel. */
  readonly withoutAddressCount: number;
  /** Number of contacts with an address on the suppression list. */
  readonly inactiveCount: number;
}

// Joins, because a subquery for each contact takes several times as long.
const countBy = (channel: MessageChannel) =>
  statement<[organizationId: string, vipOnly: boolean], ContactReach>(
    `contacts.countReach.${channel}`,
    `with listed as materialized (
       select distinct address from suppressions where organization_id = $1
     ),
     selected as (
       select e.address is null and p.address is null as active,
         c.${ADDRESS_FIELDS[channel]} is not null as reachable
       from contacts c
         left join listed e on e.address = c.email_key left join listed p on p.address = c.psid
       where c.organization_id = $1 and c.erasing_since is null and (c.vip or not $2)
     )
     select count(*) filter (where active and reachable) as "recipientCount",
       count(*) filter (where active and not reachable) as "withoutAddressCount",
       count(*) filter (where not active) as "inactiveCount"
     from selected`,
    LONG,
  );
const COUNT = { EMAIL: countBy("EMAIL"), MESSENGER: countBy("MESSENGER") };

const HAS_VARIABLE = statement<
  [organizationId: string, vipOnly: boolean, name: string],
  { found: boolean }
>(
  "contacts.hasVariable",
  `select exists (select from contacts where organization_id = $1 and erasing_since is null
     and (vip or not $2) and variables ? $3) as found`,
  LONG,
);

/** Counts the contacts that a message on a channel would reach, and would not reach. */
export async function countReach(
  { db }: { readonly db: Connection },
  { organizationId }: Pick<Caller, "organizationId">,
  channel: MessageChannel,
  selection: ContactSelection,
): Promise<ContactReach> {
  const [reach] = await db.run(COUNT[channel], organizationId, selection === "VIP");
  if (!reach) throw new Error("Cannot count the contacts: the statement returned no row");
  return reach;
}

/** Returns the fault of a variable that no contact of a selection has; null if one has it. */
export async function missingContactVariable(
  { db }: { readonly db: Connection },
  { organizationId }: Pick<Caller, "organizationId">,
  selection: ContactSelection,
  name: string,
): Promise<string | null> {
  const [row] = await db.run(HAS_VARIABLE, organizationId, selection === "VIP", name);
  return row?.found ? null : `no contact has a variable ${name}`;
}

/**
 * Returns SQL that selects the id, address, name and variables of the next contacts that receive a message on a
 * channel, by id.
 *
 * @param parameters placeholders: organization, whether only important contacts are selected, the id after which the
 *   page begins, and the maximum number of contacts
 */
export function selectRecipients(
  channel: MessageChannel,
  { organization, vipOnly, after, limit }: {
    readonly organization: string;
    readonly vipOnly: string;
    readonly after: string;
    readonly limit: string;
  },
): string {
  const address = `c.${ADDRESS_FIELDS[channel]}`;
  return `select c.id, ${address} as address, c.name, c.variables from contacts c
    where c.organization_id = ${organization} and c.erasing_since is null and c.id > ${after}
      and (c.vip or not ${vipOnly}) and ${address} is not null and ${IS_ACTIVE}
    order by c.id limit ${limit}`;
}
