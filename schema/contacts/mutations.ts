import type { Contact } from "../../src/domain/contacts/contact.ts";
import { updateContact } from "../../src/domain/contacts/update.ts";
import { eraseContact } from "../../src/domain/erasure/erase_contact.ts";
import { eraseUser } from "../../src/domain/erasure/erase_user.ts";
import { fromTypeId } from "../../src/domain/id.ts";
import type { Job } from "../../src/domain/jobs/job.ts";
import { builder } from "../kit/builder.ts";
import { JobNode } from "../jobs/job.ts";
import { ContactNode } from "./contact.ts";

const UpdateContactInput = builder.inputType("UpdateContactInput", {
  description: "Changes of a contact; an absent field keeps its value.",
  fields: (t) => ({
    name: t.string({ description: "New name, at most 200 characters; null: none." }),
    vip: t.boolean({ description: "Whether it is marked as important; null is refused." }),
    variables: t.field({
      type: "JSONObject",
      description: "New values for the templates, which replace all earlier ones; null: none.",
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

const EraseContactPayload = builder
  .objectRef<{ contactId: string; job: Job }>("EraseContactPayload")
  .implement({
    description: "Erasure that has begun.",
    fields: (t) => ({
      contactId: t.exposeID("contactId", { description: "Id of the erased contact." }),
      job: t.field({
        type: JobNode,
        description: "Job that erases the rows about the person.",
        resolve: ({ job }) => job,
      }),
    }),
  });

const EraseUserPayload = builder
  .objectRef<{ userId: string; job: Job }>("EraseUserPayload")
  .implement({
    description: "Erasure that has begun.",
    fields: (t) => ({
      userId: t.exposeString("userId", { description: "Erased user." }),
      job: t.field({
        type: JobNode,
        description: "Job that erases the rows about the user.",
        resolve: ({ job }) => job,
      }),
    }),
  });

builder.mutationFields((t) => ({
  eraseContact: t.field({
    type: EraseContactPayload,
    nullable: true,
    errors: {},
    description:
      "Permanently erases a contact and all data about the person. The contact is deleted at " +
      "once; an ERASE_CONTACT job removes address, name, variables and error texts from " +
      "deliveries, audiences and problems, whose counts are kept. Deliveries that were not sent " +
      "yet end SUPPRESSED. Entries of the suppression list are kept, so that a later import does " +
      "not mail a person who has unsubscribed; `removeSuppressions` removes them. ADMIN and " +
      "OPERATOR only, else ForbiddenError. Refuses an unknown id with NotFoundError.",
    args: { id: t.arg.id({ required: true, description: "Id of the contact: con_…" }) },
    resolve: async (_root, { id }, { services, caller }) => ({
      contactId: id,
      job: await eraseContact(services, caller, fromTypeId("contact", id)),
    }),
  }),
  eraseUser: t.field({
    type: EraseUserPayload,
    nullable: true,
    errors: {},
    description:
      "Permanently erases a user of the API: an ERASE_USER job deletes its keys, notifications " +
      "and finished jobs. Its messages, audiences, bulk actions and unfinished jobs are kept " +
      "without a user. A JWT that names the user is still accepted. ADMIN and OPERATOR only, and " +
      "a user with an OPERATOR key by an OPERATOR only, else ForbiddenError. Refuses the caller's " +
      "own user with ConflictError NOT_DELETABLE.",
    args: {
      userId: t.arg.string({ required: true, description: "User, as in `ApiKey.userId`." }),
    },
    resolve: async (_root, { userId }, { services, caller }) => ({
      userId,
      job: await eraseUser(services, caller, userId),
    }),
  }),
}));
