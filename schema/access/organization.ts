import type { Organization } from "../../src/domain/access/access.ts";
import { findOrganizations } from "../../src/domain/access/organizations.ts";
import { senderOf } from "../../src/domain/mailbox.ts";
import { builder } from "../kit/builder.ts";
import { MailboxObject } from "./mailbox.ts";

/** An organization, the tenant of the installation. */
export const OrganizationNode = builder.loadableNodeRef("Organization", {
  id: { resolve: ({ id }: Organization) => id },
  load: (ids: string[], { services, caller }) => findOrganizations(services, caller, ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

OrganizationNode.implement({
  description: "Tenant: its objects are invisible to every other organization.",
  fields: (t) => ({
    name: t.exposeString("name", { description: "Display name." }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "Time of creation." }),
    from: t.field({
      type: MailboxObject,
      nullable: true,
      description: "Sender of its emails; null: MAIL_FROM of the installation.",
      resolve: senderOf,
    }),
    replyTo: t.exposeString("replyTo", {
      nullable: true,
      description: "Address for replies to its emails; null: replies go to the sender.",
    }),
    adminEmail: t.exposeString("adminEmail", {
      nullable: true,
      description: "Address for emails to its administrators; null if none.",
    }),
    timezone: t.exposeString("timezone", { description: "IANA time zone." }),
    minSuggestionConfidence: t.exposeFloat("minSuggestionConfidence", {
      description:
        "Minimum confidence of the language model, 0 to 1; below it a suggested reply is FAILED, " +
        "without a text.",
    }),
  }),
});
