import type { InputFieldBuilder } from "@pothos/core";
import { builder, type Types } from "../kit/builder.ts";
import { ContentInput } from "../messages/content.ts";

/** Fields of the inputs that contain the content of a template. */
function sourceFields(t: InputFieldBuilder<Types, "InputObject">) {
  return {
    content: t.field({
      type: ContentInput,
      description: "Content in HTML, in text or both. Either `content`, or `subject` and `mjml`.",
    }),
    subject: t.string({
      description: "Subject line of a content in MJML, 1 to 2,000 characters.",
    }),
    text: t.string({
      description: "Plain text of a content in MJML; absent: generated from the HTML.",
    }),
    mjml: t.string({
      description:
        "MJML, at most 200,000 characters. Liquid tags stay as they are; between components they " +
        "must be in `<mj-raw>`. `<mj-include>` is refused.",
    }),
  };
}

/** Input of `templateContent`. */
export const TemplateContentInput = builder.inputType("TemplateContentInput", {
  description: "Source of the content of a template.",
  fields: sourceFields,
});

/** Input of `saveTemplate`. */
export const SaveTemplateInput = builder.inputType("SaveTemplateInput", {
  description: "Name and content of a template.",
  fields: (t) => ({
    name: t.string({
      required: true,
      description: "Name, 1 to 200 characters; that of an existing template adds a version to it.",
    }),
    replaces: t.int({
      description:
        "Version that the change is based on, 0 for a new template. If it is not the latest one, " +
        "nothing is saved. Absent: not checked.",
    }),
    ...sourceFields(t),
  }),
});
