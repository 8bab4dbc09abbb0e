import type { Caller } from "../access/access.ts";
import type { MessageChannel } from "../channel.ts";
import { CHANNEL_RULES } from "../channel_rules/channel_rules.ts";
import { ADDRESS_FIELDS } from "../contacts/contact.ts";
import { contactsById } from "../contacts/find.ts";
import { type ContactReach, type ContactSelection, countReach } from "../contacts/recipients.ts";
import { invalid, type Issue, NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import type { Recipient } from "../recipients.ts";
import type { Services } from "../services.ts";

/** Contacts that a client has selected: by id, or all active ones. */
export interface ContactsInput {
  readonly ids?: readonly string[] | null;
  readonly all?: boolean | null;
  /** Only those that are marked as important. */
  readonly vip?: boolean | null;
}

/** Contacts as recipients of a message. */
export interface ContactTarget extends ContactReach {
  /** Null: the contacts were selected by id. */
  readonly selection: ContactSelection | null;
  /** Contacts that were selected by id, and have an address on the channel. */
  readonly recipients: readonly Recipient[];
}

/**
 * Finds out which contacts a message would be sent to. Contacts that were selected by id are recipients even if they
 * are on the suppression list: their deliveries end SUPPRESSED.
 *
 * @throws {InvalidInputError} path `to.contacts`, unless either ids are given, or `all` or `vip` is true
 * @throws {NotFoundError} naming each unknown contact
 */
export async function resolveContacts(
  services: Services,
  caller: Caller,
  channel: MessageChannel,
  { ids, all, vip }: ContactsInput,
): Promise<ContactTarget> {
  const isSelection = all === true || vip === true;
  if (ids && isSelection) {
    const message = "selects contacts by ids and by all or vip; use one of them";
    throw invalid(["to", "contacts"], "EXCLUSIVE", message);
  }
  if (ids) return await resolveIds(services, caller, channel, [...new Set(ids)]);
  if (!isSelection) {
    const message = "selects no contacts: set ids, or all or vip to true";
    throw invalid(["to", "contacts"], "REQUIRED", message);
  }
  const selection = vip === true ? "VIP" : "ACTIVE";
  const reach = await countReach(services, caller, channel, selection);
  return { ...reach, selection, recipients: [] };
}

async function resolveIds(
  services: Services,
  caller: Caller,
  channel: MessageChannel,
  ids: readonly string[],
): Promise<ContactTarget> {
  const contacts = await contactsById(services, caller, ids);
  const byId = new Map(contacts.map((contact) => [contact.id, contact]));
  const missing = ids.filter((id) => !byId.has(id));
  if (missing.length > 0) throw new NotFoundError(missing.map((id) => toTypeId("contact", id)));
  const recipients = ids.flatMap((id): Recipient[] => {
    const contact = byId.get(id);
    const address = contact?.[ADDRESS_FIELDS[channel]];
    return contact && address ? [{ ...contact, address }] : [];
  });
  return {
    selection: null,
    recipients: recipients.map(({ address, name, variables }) => ({ address, name, variables })),
    recipientCount: recipients.length,
    withoutAddressCount: contacts.length - recipients.length,
    inactiveCount: contacts.filter(({ suppressed }) => suppressed).length,
  };
}

/** Returns the issue of a message that no selected contact can receive. */
export function issuesOfContacts(
  { selection, recipientCount }: ContactTarget,
  channel: MessageChannel,
): Issue[] {
  if (recipientCount > 0) return [];
  const contacts = selection === null ? "none of the contacts has" : "no active contact has";
  const message = `selects no recipient: ${contacts} an address for ${CHANNEL_RULES[channel].name}`;
  return [{ path: ["to", "contacts"], code: "EMPTY", message }];
}
