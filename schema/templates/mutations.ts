import { fromTypeId } from "../../src/domain/id.ts";
import { archiveTemplate, restoreTemplate } from "../../src/domain/templates/archive.ts";
import { renameTemplate } from "../../src/domain/templates/rename.ts";
import { saveTemplate } from "../../src/domain/templates/save.ts";
import type { Template } from "../../src/domain/templates/template.ts";
import { builder } from "../kit/builder.ts";
import { SaveTemplateInput } from "./inputs.ts";
import { TemplateNode } from "./template.ts";

const SaveTemplatePayload = builder
  .objectRef<{ template: Template; created: boolean }>("SaveTemplatePayload")
  .implement({
    description: "Template that was saved.",
    fields: (t) => ({
      template: t.field({
        type: TemplateNode,
        description: "Template with its latest version.",
        resolve: ({ template }) => template,
      }),
      created: t.exposeBoolean("created", {
        description:
          "True if the template is new; false if the content is a version of an existing one.",
      }),
    }),
  });

const RenameTemplatePayload = templatePayload("RenameTemplatePayload", "renamed");
const ArchiveTemplatePayload = templatePayload("ArchiveTemplatePayload", "archived");
const RestoreTemplatePayload = templatePayload("RestoreTemplatePayload", "restored");

builder.mutationFields((t) => ({
  saveTemplate: t.field({
    type: SaveTemplatePayload,
    nullable: true,
    errors: {},
    description:
      "Saves a content as the latest version of a template. Compiles MJML, and generates a " +
      "missing text from the HTML. A content equal to the latest version is not saved again. To " +
      "return to an earlier version, save its content. ADMIN and OPERATOR only, else " +
      "ForbiddenError. Refuses faults of name, MJML or Liquid with InvalidInputError, which names " +
      "line and column, and an outdated `replaces` with ConflictError CHANGED, or NAME_TAKEN if " +
      "it is 0; nothing is written then.",
    args: {
      input: t.arg({
        type: SaveTemplateInput,
        required: true,
        description: "Name and content of the template.",
      }),
    },
    resolve: (_root, { input }, { services, caller }) => saveTemplate(services, caller, input),
  }),
  renameTemplate: t.field({
    type: RenameTemplatePayload,
    nullable: true,
    errors: {},
    description:
      "Changes the name of a template. ADMIN and OPERATOR only, else ForbiddenError. Refuses an " +
      "unknown id with NotFoundError, a name that is empty, too long or not a single line with " +
      "InvalidInputError, and the name of another template with ConflictError NAME_TAKEN.",
    args: {
      id: t.arg.id({ required: true, description: "Id of the template: tpl_…" }),
      name: t.arg.string({ required: true, description: "New name, 1 to 200 characters." }),
    },
    resolve: (_root, { id, name }, { services, caller }) =>
      renameTemplate(services, caller, fromTypeId("template", id), name),
  }),
  archiveTemplate: t.field({
    type: ArchiveTemplatePayload,
    nullable: true,
    errors: {},
    description:
      "Archives a template: new messages cannot use it, and its name is free. Messages and " +
      "campaigns that use it already are not changed. ADMIN and OPERATOR only, else " +
      "ForbiddenError. Refuses an unknown id with NotFoundError.",
    args: { id: t.arg.id({ required: true, description: "Id of the template: tpl_…" }) },
    resolve: (_root, { id }, { services, caller }) =>
      archiveTemplate(services, caller, fromTypeId("template", id)),
  }),
  restoreTemplate: t.field({
    type: RestoreTemplatePayload,
    nullable: true,
    errors: {},
    description:
      "Restores an archived template. ADMIN and OPERATOR only, else ForbiddenError. Refuses an " +
      "unknown id with NotFoundError, and ConflictError NAME_TAKEN if its name is in use by now.",
    args: { id: t.arg.id({ required: true, description: "Id of the template: tpl_…" }) },
    resolve: (_root, { id }, { services, caller }) =>
      restoreTemplate(services, caller, fromTypeId("template", id)),
  }),
}));

function templatePayload(name: string, change: string) {
  return builder.objectRef<Template>(name).implement({
    description: `Template that was ${change}.`,
    fields: (t) => ({
      template: t.field({
        type: TemplateNode,
        description: `Template after it was ${change}.`,
        resolve: (template) => template,
      }),
    }),
  });
}
