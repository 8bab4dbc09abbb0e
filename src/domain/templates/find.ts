import { columnList } from "../../db/columns.ts";
import { statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import type { Template, TemplateReference, TemplateVersion } from "./template.ts";

/** Columns of a template under the names of `Template`, for the query builder. */
export const TEMPLATE_FIELDS = [
  "id",
  "organization_id as organizationId",
  "name",
  "version",
  "created_at as createdAt",
  "updated_at as updatedAt",
  "updated_by as updatedBy",
  "archived_at as archivedAt",
] as const;

/** The columns of a template as SQL text. */
export const TEMPLATE_COLUMNS = columnList(TEMPLATE_FIELDS);

/** Columns of a version under the names of `TemplateVersion`, for the query builder. */
export const VERSION_FIELDS = [
  "template_id as templateId",
  "version",
  "subject",
  "text_body as text",
  "html_body as html",
  "mjml",
  "text_made as textMade",
  "created_at as createdAt",
  "created_by as createdBy",
] as const;

const FIND = statement<[organizationId: string, ids: string[]], Template>(
  "templates.find",
  `select ${TEMPLATE_COLUMNS} from templates where organization_id = $1 and id = any($2)`,
);

const FIND_VERSIONS = statement<
  [organizationId: string, templateIds: string[], versions: number[]],
  TemplateVersion
>(
  "templates.findVersions",
  `select ${columnList(VERSION_FIELDS)} from template_versions
   where organization_id = $1
     and (template_id, version) in (select * from unnest($2::uuid[], $3::int[]))`,
);

const FIND_LATEST = statement<[organizationId: string, name: string], TemplateVersion>(
  "templates.findLatest",
  `select ${columnList(VERSION_FIELDS.map((field) => `v.${field}`))}
   from templates t join template_versions v on v.template_id = t.id and v.version = t.version
   where t.organization_id = $1 and t.name = $2 and t.archived_at is null`,
);

/** Finds the latest version of the template with a name; undefined if there is none, or it is archived. */
export async function findLatestVersion(
  { db }: Pick<Services, "db">,
  organizationId: string,
  name: string,
): Promise<TemplateVersion | undefined> {
  const [version] = await db.run(FIND_LATEST, organizationId, name);
  return version;
}

/** Finds templates of the caller's organization by id, in any order. */
export function templatesById(
  { db }: Pick<Services, "db">,
  { organizationId }: Pick<Caller, "organizationId">,
  ids: readonly string[],
): Promise<Template[]> {
  return db.run(FIND, organizationId, [...ids]);
}

/**
 * Finds one template.
 *
 * @throws {NotFoundError} also for a template of another organization
 */
export async function getTemplate(
  services: Pick<Services, "db">,
  caller: Pick<Caller, "organizationId">,
  id: string,
): Promise<Template> {
  const [template] = await templatesById(services, caller, [id]);
  if (!template) throw new NotFoundError([toTypeId("template", id)]);
  return template;
}

/** Finds versions of templates of the caller's organization, in any order. */
export function findVersions(
  { db }: Pick<Services, "db">,
  { organizationId }: Pick<Caller, "organizationId">,
  references: readonly TemplateReference[],
): Promise<TemplateVersion[]> {
  const ids = references.map(({ templateId }) => templateId);
  return db.run(FIND_VERSIONS, organizationId, ids, references.map(({ version }) => version));
}

/**
 * Finds one version of a template, also of an archived one.
 *
 * @throws {NotFoundError} for an unknown template or version
 */
export async function getVersion(
  services: Pick<Services, "db">,
  caller: Pick<Caller, "organizationId">,
  reference: TemplateReference,
): Promise<TemplateVersion> {
  const [version] = await findVersions(services, caller, [reference]);
  if (!version) throw new NotFoundError([toTypeId("template", reference.templateId)]);
  return version;
}
