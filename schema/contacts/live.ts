import type { Contact } from "../../src/domain/contacts/contact.ts";
import { findContacts } from "../../src/domain/contacts/find.ts";
import { watchObjects } from "../../src/domain/live/watch_object.ts";
import { followNode } from "../kit/node_updated.ts";
import { ContactNode } from "./contact.ts";

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
