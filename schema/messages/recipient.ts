import type { Recipient } from "../../src/domain/recipients.ts";
import { findListed } from "../../src/domain/suppressions/lookup.ts";
import { builder } from "../kit/builder.ts";
import { ContactSelection } from "../contacts/selection.ts";
import { batchLoader } from "../kit/loader.ts";

// Looked up without the channel, because no address is valid in two channels.
const suppressedOf = batchLoader(async ({ services, caller }, addresses) => {
  const suppressed = await findListed(services, caller, addresses);
  return new Map(addresses.map((address) => [address, suppressed.has(address)]));
});

export const RecipientObject = builder.objectRef<Recipient>("Recipient").implement({
  description: "Recipient of a message.",
  fields: (t) => ({
    address: t.exposeString("address", {
      description: "Email address; on MESSENGER a page-scoped id (PSID).",
    }),
    name: t.exposeString("name", { nullable: true, description: "Name; null if none." }),
    variables: t.expose("variables", {
      type: "JSONObject",
      description: "Values for the templates.",
    }),
    suppressed: t.boolean({
      description:
        "True if the address is on the suppression list for any reason; see `suppressions`.",
      resolve: async ({ address }, _args, context) => await suppressedOf(context, address) ?? false,
    }),
  }),
});

export const RecipientInput = builder.inputType("RecipientInput", {
  description: "Recipient of a message.",
  fields: (t) => ({
    address: t.string({
      required: true,
      description: "Email address; on MESSENGER a page-scoped id (PSID) of up to 32 digits.",
    }),
    name: t.string({
      description:
        "Display name in the To header, and `{{ name }}` in templates; at most 200 characters.",
    }),
    variables: t.field({
      type: "JSONObject",
      description:
        "Values for the templates, at most 16 KiB as JSON, with at most 32 levels of objects and " +
        "lists. Names have at most 100 characters.",
    }),
  }),
});

export const RecipientsInput = builder.inputType("RecipientsInput", {
  description: "Recipients of a message: exactly one of these fields.",
  isOneOf: true,
  fields: (t) => ({
    list: t.field({
      type: [RecipientInput],
      description: "Inline recipients, 1 to 10,000; a repeated address gets the message once.",
    }),
    audienceId: t.id({
      description: "Id of an audience of the same channel whose import has finished: aud_…",
    }),
    contacts: t.field({
      type: ContactSelection,
      description: "Contacts of the organization: some, or all active ones.",
    }),
  }),
});
