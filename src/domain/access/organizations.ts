import { columnList, type TableOf } from "../../db/columns.ts";
import { type Connection, queryBuilder, statement } from "../../db/database.ts";
import { InvalidInputError, type Issue, NotFoundError } from "../errors.ts";
import { newId, toTypeId } from "../id.ts";
import { byId, listPage, type Page, type PageArgs } from "../page.ts";
import type { Services } from "../services.ts";
import {
  type Caller,
  checkName,
  type Organization,
  requireOperator,
  SYSTEM_ORGANIZATION_ID,
} from "./access.ts";
import { insertApiKey, type NewApiKey } from "./api_keys.ts";

const COLUMNS = [
  "id",
  "name",
  "created_at as createdAt",
  "from_address as fromAddress",
  "from_name as fromName",
  "reply_to as replyTo",
  "admin_email as adminEmail",
  "timezone",
  "min_suggestion_confidence as minSuggestionConfidence",
] as const;

/** The columns of `organizations` under the names of `Organization`, as a list in SQL. */
export const ORGANIZATION_COLUMNS = columnList(COLUMNS);

interface Tables {
  organizations: TableOf<Organization, typeof COLUMNS> & { deleting_since: Date | null };
}

/**
 * Creates an organization and its first key, with the role ADMIN.
 *
 * @throws {ForbiddenError} unless the caller is the OPERATOR
 * @throws {InvalidInputError} for an empty or long name
 */
export async function createOrganization(
  { db }: Services,
  caller: Caller,
  input: { readonly name: string },
): Promise<NewApiKey & { organization: Organization }> {
  requireOperator(caller, "create an organization");
  const issues: Issue[] = [];
  checkName(issues, ["name"], input.name);
  if (issues.length > 0) throw new InvalidInputError(issues);
  return await db.transaction(async (tx) => {
    const organization = await insertOrganization(tx, input.name);
    return { organization, ...await insertAdminKey(tx, organization.id) };
  });
}

/**
 * Creates another key of an organization, with the role ADMIN.
 *
 * @throws {ForbiddenError} unless the caller is the OPERATOR
 * @throws {NotFoundError}
 */
export async function createAdminKey(
  services: Services,
  caller: Caller,
  organizationId: string,
): Promise<NewApiKey> {
  requireOperator(caller, "create the key of an organization");
  await getOrganization(services, caller, organizationId);
  return await insertAdminKey(services.db, organizationId);
}

function insertAdminKey(db: Connection, organizationId: string): Promise<NewApiKey> {
  return insertApiKey(db, organizationId, { name: "Admin", role: "ADMIN" });
}

const INSERT = statement<[id: string, name: string], Organization>(
  "access.insertOrganization",
  `insert into organizations (id, name) values ($1, $2) returning ${ORGANIZATION_COLUMNS}`,
);

/** Inserts an organization, without any check of the name. */
export async function insertOrganization(tx: Connection, name: string): Promise<Organization> {
  const [organization] = await tx.run(INSERT, newId(), name.trim());
  if (!organization) throw new Error("Cannot create an organization: the insert returned no row");
  return organization;
}

const FIND = statement<[ids: string[]], Organization>(
  "access.organizationsById",
  `select ${ORGANIZATION_COLUMNS} from organizations where id = any($1) and deleting_since is null`,
);

/** Finds the organizations with these database ids that the caller may see: its own, or all for the OPERATOR. */
export function findOrganizations(
  { db }: Services,
  caller: Caller,
  ids: readonly string[],
): Promise<Organization[]> {
  const visible = caller.role === "OPERATOR"
    ? [...ids]
    : ids.filter((id) => id === caller.organizationId);
  return db.run(FIND, visible);
}

/**
 * Finds an organization that the caller may see. The system organization is not found.
 *
 * @throws {NotFoundError} if it does not exist, or the caller may not see it
 */
export async function getOrganization(
  services: Services,
  caller: Caller,
  id: string,
): Promise<Organization> {
  const [organization] = await findOrganizations(services, caller, [id]);
  if (organization && id !== SYSTEM_ORGANIZATION_ID) return organization;
  throw new NotFoundError([toTypeId("organization", id)]);
}

/**
 * Reads an organization for a job of it.
 *
 * @throws {NotFoundError} if it is being deleted
 */
export async function readOrganization({ db }: Services, id: string): Promise<Organization> {
  const [organization] = await db.run(FIND, [id]);
  if (!organization) throw new NotFoundError([toTypeId("organization", id)]);
  return organization;
}

/** Returns those of the given database ids that belong to organizations. */
export async function findExisting(
  { db }: Services,
  ids: readonly string[],
): Promise<Set<string>> {
  return new Set((await db.run(FIND, [...ids])).map(({ id }) => id));
}

/**
 * Lists the organizations of the installation, newest first, without the system organization.
 *
 * @param search part of the name, in any case; null or absent: all
 * @throws {ForbiddenError} unless the caller is the OPERATOR
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export function listOrganizations(
  { db }: Services,
  caller: Caller,
  search: string | null | undefined,
  page: PageArgs,
): Promise<Page<Organization>> {
  requireOperator(caller, "see the organizations");
  let query = queryBuilder<Tables>().selectFrom("organizations").select(COLUMNS)
    .where("id", "!=", SYSTEM_ORGANIZATION_ID).where("deleting_since", "is", null);
  if (search) {
    const pattern = `%${search.replaceAll("\0", "").replaceAll(/[\\%_]/g, "\\$&")}%`;
    query = query.where("name", "ilike", pattern);
  }
  return listPage(db, query, byId("desc"), page);
}
