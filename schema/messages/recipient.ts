import { normalizeAddress, type Recipient } from "../../src/domain/recipients.ts";
import { listedAmong } from "../../src/domain/suppressions/operations.ts";
import { builder } from "../kit/builder.ts";
import { perContext } from "../kit/loader.ts";

// Whatever the channel: an address of one is never one of another.
const suppressedOf = perContext(async ({ services, caller }, addresses) => {
  const listed = await listedAmong(services, caller, addresses);
  return new Map(addresses.map((address) => [address, listed.has(normalizeAddress(address))]));
});

export const RecipientObject = builder.objectRef<Recipient>("Recipient").implement({
  description: "Whom a message goes to.",
  fields: (t) => ({
    address: t.exposeString("address", {
      description: "ada@example.com; on MESSENGER a page-scoped id (PSID).",
    }),
    name: t.exposeString("name", { nullable: true, description: "The name; null: none given." }),
    variables: t.expose("variables", {
      type: "JSONObject",
      description: "What templates put in for this one.",
    }),
    suppressed: t.boolean({
      description: "Whether the address is on the suppression list, for whatever reason: see " +
        "`suppressions`.",
      resolve: async ({ address }, _args, context) => await suppressedOf(context, address) ?? false,
    }),
  }),
});
