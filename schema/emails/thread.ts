import type { Contact } from "../../src/domain/contacts/contact.ts";
import { findContactsByAddress } from "../../src/domain/contacts/find.ts";
import type { Thread } from "../../src/domain/emails/email.ts";
import { findSenderNames, threadsById } from "../../src/domain/emails/find.ts";
import { listEmails } from "../../src/domain/emails/list.ts";
import type { Suggestion } from "../../src/domain/inbox/suggestion.ts";
import { ContactNode } from "../contacts/contact.ts";
import { builder, type Context } from "../kit/builder.ts";
import { batchLoader } from "../kit/loader.ts";
import { EmailConnection, EmailNode } from "./email.ts";

/** A thread, with the parts that were read together with it; otherwise they are read on demand. */
export interface ThreadState extends Thread {
  /** Absent: not read. */
  readonly contact?: Contact | null;
  /** Absent: not read. */
  readonly suggestion?: Suggestion | null;
}

/** A thread of the inbox. */
export const ThreadNode = builder.loadableNodeRef("Thread", {
  id: { resolve: ({ id }: ThreadState) => id },
  load: (ids: string[], { services, caller }): Promise<ThreadState[]> =>
    threadsById(services, caller, ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

const loadContact = batchLoader(async ({ services, caller: { organizationId } }, emails) => {
  const addresses = emails.map((address) => ({ organizationId, address }));
  const contacts = await findContactsByAddress(services, addresses);
  return new Map(emails.map((email, index) => [email, contacts[index] ?? null]));
});

const loadSenderName = batchLoader(({ services, caller }, threadIds) =>
  findSenderNames(services, caller, threadIds)
);

async function contactOf(
  { contact, contactEmail }: ThreadState,
  context: Context,
): Promise<Contact | null> {
  return contact !== undefined ? contact : await loadContact(context, contactEmail);
}

ThreadNode.implement({
  description: "Thread of the inbox: the mails between the organization and one other party.",
  fields: (t) => ({
    subject: t.exposeString("subject", { description: "Subject of the first mail." }),
    contactEmail: t.exposeString("contactEmail", {
      description: "Address of the other party, in lower case.",
    }),
    contact: t.field({
      type: ContactNode,
      nullable: true,
      description: "Contact with the address of the other party; null if there is none.",
      resolve: (thread, _args, context) => contactOf(thread, context),
    }),
    contactName: t.string({
      nullable: true,
      description:
        "Name of the other party: that of the contact, else the one in its newest mail that has a " +
        "name. Null if there is none.",
      resolve: async (thread, _args, context) =>
        (await contactOf(thread, context))?.name ?? await loadSenderName(context, thread.id),
    }),
    lastMessageAt: t.expose("lastMessageAt", {
      type: "DateTime",
      description: "Time of the newest mail.",
    }),
    answered: t.exposeBoolean("answered", {
      description:
        "False while a mail of a person waits for an answer. AUTO_REPLY, BOUNCE and LIST mails " +
        "need none.",
    }),
    emails: t.connection({
      type: EmailNode,
      description: "Mails of the thread, oldest first.",
      resolve: (thread, page, { services }) => listEmails(services, thread, page),
    }, EmailConnection),
  }),
});

builder.objectField(EmailNode, "thread", (t) =>
  t.field({
    type: ThreadNode,
    nullable: true,
    description: "Thread of the inbox that contains it; null for an imported mail.",
    resolve: ({ threadId }) => threadId,
  }));
