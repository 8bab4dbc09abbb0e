import { findVersions, templatesById } from "../../src/domain/templates/find.ts";
import { listVersions } from "../../src/domain/templates/list.ts";
import type { Template, TemplateVersion } from "../../src/domain/templates/template.ts";
import { builder, type Context } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { batchLoader } from "../kit/loader.ts";
import { ContentObject } from "../messages/content.ts";

/** A template: a named content with its versions. */
export const TemplateNode = builder.loadableNodeRef("Template", {
  id: { resolve: ({ id }: Template) => id },
  load: (ids: string[], { services, caller }) => templatesById(services, caller, ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

const latestById = batchLoader(async ({ services, caller }, keys) => {
  const references = keys.map((key) => {
    const [templateId = "", version] = key.split(" ");
    return { templateId, version: Number(version) };
  });
  const versions = await findVersions(services, caller, references);
  return new Map(versions.map((version) => [keyOf(version), version]));
});

function keyOf({ templateId, version }: Pick<TemplateVersion, "templateId" | "version">): string {
  return `${templateId} ${version}`;
}

async function latestOf(context: Context, { id, version }: Template): Promise<TemplateVersion> {
  const latest = await latestById(context, keyOf({ templateId: id, version }));
  if (!latest) throw new Error(`Cannot read version ${version} of template ${id}: it has no row`);
  return latest;
}

const TemplateVersionObject = builder.objectRef<TemplateVersion>("TemplateVersion").implement({
  description: "Version of a template. It never changes.",
  fields: (t) => ({
    version: t.exposeInt("version", { description: "Number of the version, from 1." }),
    content: t.field({
      type: ContentObject,
      description:
        "Content as Liquid templates; its HTML is compiled from `mjml`, if that is not null.",
      resolve: contentOf,
    }),
    mjml: t.exposeString("mjml", {
      nullable: true,
      description: "MJML source of the HTML; null if it was written as HTML.",
    }),
    textMade: t.exposeBoolean("textMade", {
      description: "True if the text was generated from the HTML, because none was given.",
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "Time it was saved." }),
    createdBy: t.exposeString("createdBy", {
      nullable: true,
      description: "User who saved it; null if the caller's key names no user.",
    }),
  }),
});

TemplateNode.implement({
  description:
    "Template: a named content of the organization, for messages and campaigns. Each change of the content is a new version.",
  fields: (t) => ({
    name: t.exposeString("name", {
      description: "Name, unique among the templates that are not archived.",
    }),
    version: t.exposeInt("version", { description: "Number of the latest version, from 1." }),
    content: t.field({
      type: ContentObject,
      description: "Content of the latest version, as Liquid templates.",
      resolve: async (template, _args, context) => contentOf(await latestOf(context, template)),
    }),
    mjml: t.string({
      nullable: true,
      description: "MJML source of the latest version; null if it was written as HTML.",
      resolve: async (template, _args, context) => (await latestOf(context, template)).mjml,
    }),
    textMade: t.boolean({
      description: "True if the text of the latest version was generated from its HTML.",
      resolve: async (template, _args, context) => (await latestOf(context, template)).textMade,
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "Time of creation." }),
    updatedAt: t.expose("updatedAt", {
      type: "DateTime",
      description: "Time of the latest version, or of a later change of name or state.",
    }),
    updatedBy: t.exposeString("updatedBy", {
      nullable: true,
      description: "User who made this change; null if the caller's key names no user.",
    }),
    archivedAt: t.expose("archivedAt", {
      type: "DateTime",
      nullable: true,
      description: "Time it was archived; null otherwise.",
    }),
    versions: t.connection({
      type: TemplateVersionObject,
      description: "All versions, latest first.",
      resolve: (template, args, { services }) => listVersions(services, template, args),
    }, ...connectionNames("TemplateVersion")),
  }),
});

function contentOf({ subject, text, html }: TemplateVersion) {
  return { subject, text, html };
}
