import { listTemplates } from "../../src/domain/templates/list.ts";
import { makeTemplate } from "../../src/domain/templates/source.ts";
import { builder } from "../kit/builder.ts";
import { checkSearch } from "../kit/filter.ts";
import { connectionNames } from "../kit/connection.ts";
import { lookupId } from "../kit/global_id.ts";
import { ContentObject } from "../messages/content.ts";
import { TemplateContentInput } from "./inputs.ts";
import { TemplateNode } from "./template.ts";

builder.queryFields((t) => ({
  template: t.field({
    type: TemplateNode,
    nullable: true,
    description: "Template with this id; null if it does not exist or the caller may not see it.",
    args: { id: t.arg.id({ required: true, description: "Id of the template: tpl_…" }) },
    resolve: (_root, { id }) => lookupId("template", id),
  }),
  templates: t.connection({
    type: TemplateNode,
    description: "Templates of the organization by name; visible to all roles.",
    args: {
      search: t.arg.string({ description: "Part of the name, case-insensitive." }),
      archived: t.arg.boolean({
        required: true,
        defaultValue: false,
        description: "True: archived templates only.",
      }),
    },
    resolve: (_root, { search, archived, ...page }, { services, caller }) =>
      listTemplates(services, caller, { search: checkSearch(search), archived }, page),
  }, ...connectionNames("Template")),
  templateContent: t.field({
    type: ContentObject,
    nullable: true,
    errors: { union: { description: "Content, or the error that prevented it." } },
    description:
      "Compiles MJML and makes a missing text, as `saveTemplate` does, and returns the Liquid " +
      "templates, for `contentPreview` and `sendTestMessage`; nothing is stored. Faults of MJML and " +
      "Liquid are an InvalidInputError with line and column.",
    args: {
      input: t.arg({
        type: TemplateContentInput,
        required: true,
        description: "Source of the content.",
      }),
    },
    complexity: 20,
    resolve: async (_root, { input }, { services, caller }) => {
      const { content: { subject, text = null, html = null } } = await makeTemplate(
        services,
        caller,
        input,
      );
      return { subject, text, html };
    },
  }),
}));
