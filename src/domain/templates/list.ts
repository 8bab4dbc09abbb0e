import { sql } from "kysely";
import type { TableOf } from "../../db/columns.ts";
import { queryBuilder } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { listPage, type Page, type PageArgs, type Sort } from "../page.ts";
import type { Services } from "../services.ts";
import { TEMPLATE_FIELDS, VERSION_FIELDS } from "./find.ts";
import type { Template, TemplateVersion } from "./template.ts";

/** Filter of a list of templates: fields are combined with AND. */
export interface TemplateFilter {
  /** Part of the name, in any case. */
  readonly search?: string | null;
  /** True: archived templates only. Absent or false: those in use. */
  readonly archived?: boolean | null;
}

interface Tables {
  templates: TableOf<Template, typeof TEMPLATE_FIELDS>;
  template_versions: TableOf<TemplateVersion, typeof VERSION_FIELDS> & {
    organization_id: string;
  };
}

const BY_NAME: Sort = {
  name: "name asc",
  keys: [
    { expression: sql.ref("name"), type: "text" },
    { expression: sql.ref("id"), type: "uuid" },
  ],
  direction: "asc",
};

const BY_VERSION: Sort = {
  name: "version desc",
  keys: [{ expression: sql.ref("version"), type: "integer" }],
  direction: "desc",
};

/**
 * Reads a page of the templates of the caller's organization, by name.
 *
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export function listTemplates(
  { db }: Services,
  { organizationId }: Pick<Caller, "organizationId">,
  { search, archived }: TemplateFilter,
  page: PageArgs,
): Promise<Page<Template>> {
  let query = queryBuilder<Tables>().selectFrom("templates").select(TEMPLATE_FIELDS)
    .where("organization_id", "=", organizationId)
    .where("archived_at", archived ? "is not" : "is", null);
  if (search) {
    const part = search.replaceAll("\0", "");
    query = query.where(sql<boolean>`strpos(lower(name), lower(${part})) > 0`);
  }
  return listPage(db, query, BY_NAME, page);
}

/**
 * Reads a page of the versions of a template, latest first.
 *
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export function listVersions(
  { db }: Services,
  { id, organizationId }: Pick<Template, "id" | "organizationId">,
  page: PageArgs,
): Promise<Page<TemplateVersion>> {
  const query = queryBuilder<Tables>().selectFrom("template_versions").select(VERSION_FIELDS)
    .where("organization_id", "=", organizationId)
    .where("template_id", "=", id);
  return listPage(db, query, BY_VERSION, page);
}
