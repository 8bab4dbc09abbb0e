import { type Connection, LONG, statement } from "../../db/database.ts";
import type { MessageChannel } from "../channel.ts";
import { type ContactSelection, selectRecipients } from "../contacts/recipients.ts";
import { BATCH_SIZE } from "./batches.ts";

/** Contacts that were copied. */
interface CopiedContacts {
  readonly count: number;
  /** Id of the last one; null: none was left. */
  readonly last: string | null;
}

const FIRST_CONTACT = "00000000-0000-0000-0000-000000000000";
const PLACEHOLDERS = {
  organization: "$2::uuid",
  vipOnly: "$3::boolean",
  after: "$4::uuid",
  limit: "$6",
};

const copyBy = (channel: MessageChannel) =>
  statement<
    [
      messageId: string,
      organizationId: string,
      vipOnly: boolean,
      afterContact: string,
      after: number,
      limit: number,
    ],
    CopiedContacts
  >(
    `deliveries.copyContacts.${channel}`,
    `with page as materialized (${selectRecipients(channel, PLACEHOLDERS)}),
     added as (
       insert into deliveries (organization_id, message_id, n, batch_number, address, name, variables)
       select $2::uuid, $1::uuid, n, (n + ${BATCH_SIZE} - 1) / ${BATCH_SIZE}, address, name, variables
       from (select *, ($5::int + row_number() over (order by id))::int as n from page) r
       order by n
     )
     select count(*)::int as count, (array_agg(id order by id desc))[1] as last from page`,
    LONG,
  );
const COPY = { EMAIL: copyBy("EMAIL"), MESSENGER: copyBy("MESSENGER") };

/** A message to contacts, and the state of its planning. */
export interface MessageToContacts {
  readonly id: string;
  readonly organizationId: string;
  readonly channel: MessageChannel;
  /** Last contact that has a delivery; null: none yet. */
  readonly contactsAfter: string | null;
  readonly plannedCount: number;
}

/**
 * Creates the deliveries of a message to the next contacts that are active and have an address on its channel.
 *
 * @param limit maximum number of contacts; fewer are copied only if no others are left
 */
export async function copyContacts(
  tx: Connection,
  { id, organizationId, channel, contactsAfter, plannedCount }: MessageToContacts,
  selection: ContactSelection,
  limit: number,
): Promise<CopiedContacts> {
  const [copied] = await tx.run(
    COPY[channel],
    id,
    organizationId,
    selection === "VIP",
    contactsAfter ?? FIRST_CONTACT,
    plannedCount,
    limit,
  );
  return copied ?? { count: 0, last: null };
}
