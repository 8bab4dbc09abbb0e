import { invalid } from "../../src/domain/errors.ts";
import { fromTypeIds } from "../../src/domain/id.ts";
import {
  type ContactsInput,
  type ContactTarget,
  resolveContacts,
} from "../../src/domain/messages/to_contacts.ts";
import { builder } from "../kit/builder.ts";
import { Channel } from "../messages/enums.ts";

export const ContactSelection = builder.inputType("ContactSelection", {
  description: "Contacts as recipients of a message: either `ids`, or `all` or `vip`.",
  fields: (t) => ({
    ids: t.idList({
      description:
        "Ids of contacts, 1 to 1,000: con_… Deliveries to those that are on the suppression list end " +
        "SUPPRESSED.",
    }),
    all: t.boolean({
      description:
        "True: all active contacts that have an address on the channel. They are read when the " +
        "message is planned, so a scheduled message includes contacts that are added until then.",
    }),
    vip: t.boolean({
      description: "True: all active contacts with such an address that are marked as important.",
    }),
  }),
});

const ContactReach = builder.objectRef<ContactTarget>("ContactReach").implement({
  description:
    "Number of contacts that a message to them would be sent to, and would not be sent to.",
  fields: (t) => ({
    recipientCount: t.exposeInt("recipientCount", { description: "Number of recipients." }),
    withoutAddressCount: t.exposeInt("withoutAddressCount", {
      description: "Number of selected contacts without an address on the channel.",
    }),
    inactiveCount: t.exposeInt("inactiveCount", {
      description:
        "Number of selected contacts on the suppression list. Contacts selected by `ids` are " +
        "recipients nevertheless; their deliveries end SUPPRESSED.",
    }),
  }),
});

builder.queryField("contactReach", (t) =>
  t.field({
    type: ContactReach,
    description: "Counts the recipients of a message to contacts, before it is sent.",
    args: {
      channel: t.arg({ type: Channel, required: true, description: "Channel of the message." }),
      contacts: t.arg({
        type: ContactSelection,
        required: true,
        description: "Selected contacts.",
      }),
    },
    resolve: (_root, { channel, contacts }, { services, caller }) =>
      resolveContacts(services, caller, channel, contactsInput(contacts, ["contacts"])),
  }));

/**
 * Converts selected contacts to their domain form.
 *
 * @param path of the selection in the caller's input
 * @throws {InvalidInputError} for no id, more than 1,000, and for the id of another noun
 * @throws {NotFoundError} naming the values that are not ids
 */
export function contactsInput(
  { ids, ...selection }: typeof ContactSelection.$inferInput,
  path: readonly string[],
): ContactsInput {
  if (ids?.length === 0) throw invalid([...path, "ids"], "EMPTY", "contains no contact");
  return { ...selection, ids: ids && fromTypeIds("contact", ids, [...path, "ids"]) };
}
