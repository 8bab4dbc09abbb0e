import type { Mailbox } from "../../src/domain/mailbox.ts";
import { builder } from "../kit/builder.ts";

export const MailboxObject = builder.objectRef<Mailbox>("Mailbox").implement({
  description: "Email address with a display name.",
  fields: (t) => ({
    address: t.exposeString("address", { description: "Email address." }),
    name: t.exposeString("name", { nullable: true, description: "Display name; null if none." }),
  }),
});

export const MailboxInput = builder.inputType("MailboxInput", {
  description: "Email address with a display name.",
  fields: (t) => ({
    address: t.string({ required: true, description: "Email address." }),
    name: t.string({ description: "Display name, at most 200 characters." }),
  }),
});
