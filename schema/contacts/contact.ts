import type { Contact } from "../../src/domain/contacts/contact.ts";
import { contactsById } from "../../src/domain/contacts/find.ts";
import {
  type ContactFilter as ContactFilterShape,
  listContacts,
} from "../../src/domain/contacts/list.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { checkFilter, filterIds } from "../kit/filter.ts";
import { lookupId } from "../kit/global_id.ts";

/** A contact: a person whom the organization sends to. */
export const ContactNode = builder.loadableNodeRef("Contact", {
  id: { resolve: ({ id }: Contact) => id },
  load: (ids: string[], { services, caller }) => contactsById(services, caller, ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

ContactNode.implement({
  description:
    "Contact: a person whom the organization sends to, with an email address, a Messenger id or " +
    "both; see `POST /import/contacts`.",
  fields: (t) => ({
    email: t.exposeString("email", {
      nullable: true,
      description: "Email address as it was given; null if none.",
    }),
    psid: t.exposeString("psid", {
      nullable: true,
      description: "Page-scoped id on Messenger; null if none.",
    }),
    name: t.exposeString("name", { nullable: true, description: "Name; null if none." }),
    vip: t.exposeBoolean("vip", { description: "True if it was marked as important." }),
    variables: t.expose("variables", {
      type: "JSONObject",
      description: "Values for the templates.",
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "Time of creation." }),
    registeredAt: t.expose("registeredAt", {
      type: "DateTime",
      nullable: true,
      description: "Time of the first sign-up; null if the contact was only imported.",
    }),
    unsubscribedAt: t.expose("unsubscribedAt", {
      type: "DateTime",
      nullable: true,
      description:
        "Time at which it unsubscribed; null otherwise. The suppression list has the entry, with the " +
        "reason UNSUBSCRIBED.",
    }),
    suppressed: t.exposeBoolean("suppressed", {
      description:
        "True if one of its addresses is on the suppression list, for any reason; such a contact is " +
        "not active.",
    }),
  }),
});

export const ContactFilter = builder.inputType("ContactFilter", {
  description: "Filter of contacts: all fields must match. Absent or null: no limit.",
  fields: (t) => ({
    ids: t.idList({ description: "Ids of contacts: con_…" }),
    vip: t.boolean({ description: "True: contacts marked as important; false: all others." }),
    active: t.boolean({
      description: "True: contacts without an address on the suppression list; false: all others.",
    }),
    unsubscribed: t.boolean({ description: "True: unsubscribed contacts; false: all others." }),
    search: t.string({
      description: "Part of the email address, the name or the psid, case-insensitive.",
    }),
  }),
});

builder.queryFields((t) => ({
  contact: t.field({
    type: ContactNode,
    nullable: true,
    description: "Contact with this id; null if it does not exist.",
    args: { id: t.arg.id({ required: true, description: "Id of the contact: con_…" }) },
    resolve: (_root, { id }) => lookupId("contact", id),
  }),
  contacts: t.connection({
    type: ContactNode,
    description: "Contacts of the organization, newest first; visible to all roles.",
    args: {
      filter: t.arg({ type: ContactFilter, description: "Filter of the contacts; absent: all." }),
    },
    resolve: (_root, { filter, ...page }, { services, caller }) =>
      listContacts(services, caller, contactFilter(filter), page),
  }, ...connectionNames("Contact")),
}));

/**
 * Converts a filter of contacts to its domain form.
 *
 * @throws {InvalidInputError} for an empty or too long list, and for the id of another noun
 * @throws {NotFoundError} naming the values that are not ids
 */
export function contactFilter(
  filter: typeof ContactFilter.$inferInput | null | undefined,
): ContactFilterShape {
  const { ids, ...rest } = checkFilter(filter);
  return { ...rest, ids: filterIds("contact", "ids", ids) };
}
