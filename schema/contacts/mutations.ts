import type { Contact } from "../../src/domain/contacts/contact.ts";
import { updateContact } from "../../src/domain/contacts/update.ts";
import { fromTypeId } from "../../src/domain/id.ts";
import { builder } from "../kit/builder.ts";
import { ContactNode } from "./contact.ts";

const UpdateContactInput = builder.inputType("UpdateContactInput", {
  description: "Changes of a contact; an absent field keeps its value.",
  fields: (t) => ({
    name: t.string({ description: "New name, at most 200 characters; null: none." }),
    vip: t.boolean({ description: "Whether it is marked as important; null is refused." }),
    variables: t.field({
      type: "JSONObject",
      description: "New values for the templates, which replace all others; null: none.",
    }),
    unsubscribed: t.boolean({
      description:
        "True: unsubscribes all of its addresses. False: subscribes them again; entries of the " +
        "suppression list with other reasons than UNSUBSCRIBED stay. Null is refused.",
    }),
  }),
});

const UpdateContactPayload = builder.objectRef<Contact>("UpdateContactPayload").implement({
  description: "Updated contact.",
  fields: (t) => ({
    contact: t.field({
      type: ContactNode,
      description: "Contact after the update.",
      resolve: (contact) => contact,
    }),
  }),
});

builder.mutationField("updateContact", (t) =>
  t.field({
    type: UpdateContactPayload,
    nullable: true,
    errors: {},
    description:
      "Changes a contact. ADMIN and OPERATOR only, else ForbiddenError. Refuses an unknown id with " +
      "NotFoundError, and invalid fields with InvalidInputError.",
    args: {
      id: t.arg.id({ required: true, description: "Id of the contact: con_…" }),
      input: t.arg({ type: UpdateContactInput, required: true, description: "Changed fields." }),
    },
    resolve: (_root, { id, input }, { services, caller }) =>
      updateContact(services, caller, fromTypeId("contact", id), input),
  }));
