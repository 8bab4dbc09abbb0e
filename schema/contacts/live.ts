import type { Contact } from "../../src/domain/contacts/contact.ts";
import { findContacts } from "../../src/domain/contacts/find.ts";
import { listContacts } from "../../src/domain/contacts/list.ts";
import { watchLists } from "../../src/domain/live/watch_list.ts";
import { watchObjects } from "../../src/domain/live/watch_object.ts";
import { builder } from "../kit/builder.ts";
import { listChangeType } from "../kit/list_change.ts";
import { followNode } from "../kit/node_updated.ts";
import { ContactFilter, contactFilter, ContactNode } from "./contact.ts";

followNode(
  ContactNode,
  watchObjects<Contact>({
    noun: "contact",
    topic: "contacts",
    load: findContacts,
    idOf: ({ id }) => id,
    visible: ({ organizationId }, contact) => contact.organizationId === organizationId,
    finished: () => false,
  }),
);

const watchContacts = watchLists({
  topic: "contacts",
  idOf: ({ id }: Contact) => id,
  list: listContacts,
});

const ContactChanges = listChangeType("contact", ContactNode, "ContactChanges");

builder.subscriptionField("contactsUpdated", (t) =>
  t.field({
    type: ContactChanges,
    description:
      "Emits the first page of the matching contacts, newest first, then the changes of the list.",
    args: {
      filter: t.arg({ type: ContactFilter, description: "Filter of the contacts; absent: all." }),
    },
    subscribe: (_root, { filter }, { services, caller }) =>
      watchContacts(services, caller, contactFilter(filter)),
    resolve: (change) => change,
  }));
