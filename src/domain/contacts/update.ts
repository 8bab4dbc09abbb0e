import { z } from "zod";
import { type Connection, statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { MESSAGE_CHANNELS } from "../channel.ts";
import { CHANNEL_RULES } from "../channel_rules/channel_rules.ts";
import { InvalidInputError, NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import type { Variables } from "../recipients.ts";
import type { Services } from "../services.ts";
import { suppress } from "../suppressions/suppress.ts";
import { withdrawUnsubscription } from "../suppressions/unsubscribe.ts";
import { issuesOf } from "../validation.ts";
import { ADDRESS_FIELDS, checkContact, type Contact, tidyContact } from "./contact.ts";
import { getContact } from "./find.ts";

/** Input of `updateContact`; absent fields keep their value. */
export interface UpdateContactInput {
  /** Null: none. */
  readonly name?: string | null;
  readonly vip?: boolean | null;
  /** Replaces all variables; null: none. */
  readonly variables?: Variables | null;
  readonly unsubscribed?: boolean | null;
}

const CLEARED = "cannot be removed; set it to true or false";
const inputSchema = z.object({
  vip: z.boolean(CLEARED).optional(),
  unsubscribed: z.boolean(CLEARED).optional(),
});

const UPDATE = statement<
  [organizationId: string, id: string, name: string | null, vip: boolean, variables: string],
  { id: string }
>(
  "contacts.update",
  `update contacts set name = $3, vip = $4, variables = $5::jsonb, updated_at = now()
   where organization_id = $1 and id = $2 and erasing_since is null
   returning id`,
);

/**
 * Changes a contact. `unsubscribed` puts its addresses on the suppression list with the reason UNSUBSCRIBED, or
 * removes these entries; entries with other reasons stay.
 *
 * @returns the changed contact
 * @throws {ForbiddenError} for a MEMBER
 * @throws {NotFoundError} for an unknown contact
 * @throws {InvalidInputError} with every fault; nothing is changed then
 */
export async function updateContact(
  services: Services,
  caller: Caller,
  id: string,
  input: UpdateContactInput,
): Promise<Contact> {
  requireAdmin(caller, "change contacts");
  const { organizationId } = caller;
  const updated = await services.db.transaction(async (tx) => {
    const contact = await getContact({ db: tx }, caller, id);
    const { name, vip, variables } = checkUpdate(contact, input);
    const json = JSON.stringify(variables);
    const [row] = await tx.run(UPDATE, organizationId, id, name, vip, json);
    if (!row) throw new NotFoundError([toTypeId("contact", id)]);
    if (input.unsubscribed != null) await setUnsubscribed(tx, contact, input.unsubscribed);
    return await getContact({ db: tx }, caller, id);
  });
  services.bus.publish("contacts", organizationId, [id]);
  return updated;
}

function checkUpdate(contact: Contact, input: UpdateContactInput) {
  const changed = tidyContact({
    ...contact,
    ...(input.name !== undefined && { name: input.name }),
    ...(input.vip !== undefined && { vip: input.vip }),
    ...(input.variables !== undefined && { variables: input.variables }),
  });
  const issues = [...issuesOf(inputSchema.safeParse(input)), ...checkContact(changed, [])];
  if (issues.length > 0) throw new InvalidInputError(issues);
  return changed;
}

async function setUnsubscribed(
  tx: Connection,
  contact: Contact,
  unsubscribed: boolean,
): Promise<void> {
  const { organizationId } = contact;
  for (const channel of MESSAGE_CHANNELS) {
    const address = contact[ADDRESS_FIELDS[channel]];
    if (address === null) continue;
    if (unsubscribed) {
      await suppress(tx, { organizationId, channel }, "UNSUBSCRIBED", [
        { address, deliveryId: null },
      ]);
    } else {
      const normalized = CHANNEL_RULES[channel].normalizeAddress(address);
      await withdrawUnsubscription(tx, organizationId, [normalized]);
    }
  }
}
