import type { Content } from "../../src/domain/messages/message.ts";
import { builder } from "../kit/builder.ts";

export const ContentObject = builder.objectRef<Content>("Content").implement({
  description: "What a mail says.",
  fields: (t) => ({
    subject: t.exposeString("subject", { description: "Its subject line." }),
    text: t.exposeString("text", { nullable: true, description: "Its plain text; null: none." }),
    html: t.exposeString("html", { nullable: true, description: "Its HTML; null: none." }),
  }),
});

export const ContentInput = builder.inputType("ContentInput", {
  description: "What a mail says, as Liquid templates: `{{ name }}`, `{{ address }}` and the " +
    "recipient's own variables. Give `text`, `html` or both; without them a mail is its subject. A " +
    "MESSENGER message is its `text` alone, of which Meta takes 2,000 characters.",
  fields: (t) => ({
    subject: t.string({
      required: true,
      description: "The subject line: at most 2,000 characters.",
    }),
    text: t.string({ description: "Plain text: at most 1,000,000 characters." }),
    html: t.string({ description: "HTML; values are escaped. At most 1,000,000 characters." }),
  }),
});
