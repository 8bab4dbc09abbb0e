import type { Content } from "../../src/domain/messages/message.ts";
import { fromTypeId } from "../../src/domain/id.ts";
import { builder } from "../kit/builder.ts";

export const ContentObject = builder.objectRef<Content>("Content").implement({
  description: "Content of a message.",
  fields: (t) => ({
    subject: t.exposeString("subject", { description: "Subject line." }),
    text: t.exposeString("text", { nullable: true, description: "Plain text; null if none." }),
    html: t.exposeString("html", { nullable: true, description: "HTML; null if none." }),
  }),
});

export const ContentInput = builder.inputType("ContentInput", {
  description:
    "Content of a message, as Liquid templates with the variables `name`, `address` and those of " +
    "the recipient. An email has `text`, `html` or both; without either its body is empty. A " +
    "MESSENGER message requires `text` and sends only that, at most 2,000 characters. Each part " +
    "has at most 10,000 tags and outputs of 5,000 characters each, 100 levels of nested tags and " +
    "1,000 variables. A delivery whose rendering takes more than 1 s of CPU time is FAILED with the " +
    "code TEMPLATE, and so are the remaining ones of a message whose renderings take more than 5 s " +
    "plus 50 ms per recipient.",
  fields: (t) => ({
    subject: t.string({
      required: true,
      description: "Subject line, 1 to 2,000 characters; rendered at most 900.",
    }),
    text: t.string({ description: "Plain text, at most 1,000,000 characters." }),
    html: t.string({
      description: "HTML, at most 1,000,000 characters; values of variables are escaped.",
    }),
  }),
});

/** Reads the field `templateId` of an input; null if it is absent. */
export function chosenTemplate(templateId: string | null | undefined): string | null {
  return templateId == null ? null : fromTypeId("template", templateId, ["templateId"]);
}
