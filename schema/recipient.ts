import type { Recipient } from "../src/domain/recipients.ts";
import { builder } from "./builder.ts";

export const RecipientObject = builder.objectRef<Recipient>("Recipient").implement({
  description: "Whom mail goes to.",
  fields: (t) => ({
    address: t.exposeString("address", { description: "ada@example.com" }),
    name: t.exposeString("name", { nullable: true, description: "The name; null: none given." }),
    variables: t.expose("variables", {
      type: "JSONObject",
      description: "What templates put in for this one.",
    }),
    suppressed: t.boolean({
      description: "Whether nothing is sent to this address any more. false in this version: it " +
        "suppresses none.",
      resolve: () => false,
    }),
  }),
});
