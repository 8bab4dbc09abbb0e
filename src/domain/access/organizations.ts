import { type Connection, statement } from "../../db/database.ts";
import { InvalidInputError, type Issue } from "../errors.ts";
import { newId } from "../id.ts";
import type { Services } from "../services.ts";
import { type Caller, checkName, type Organization, requireOperator } from "./access.ts";
import { insertApiKey, type NewApiKey } from "./api_keys.ts";

const COLUMNS = `id, name, created_at as "createdAt"`;

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
    return {
      organization,
      ...await insertApiKey(tx, organization.id, { name: "Admin", role: "ADMIN" }),
    };
  });
}

const INSERT = statement<[id: string, name: string], Organization>(
  "access.insertOrganization",
  `insert into organizations (id, name) values ($1, $2) returning ${COLUMNS}`,
);

/** Inserts an organization, without any check of the name. */
export async function insertOrganization(tx: Connection, name: string): Promise<Organization> {
  const [organization] = await tx.run(INSERT, newId(), name.trim());
  if (!organization) throw new Error("Cannot create an organization: the insert returned no row");
  return organization;
}

const FIND = statement<[ids: string[]], Organization>(
  "access.organizationsById",
  `select ${COLUMNS} from organizations where id = any($1)`,
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

/** True if an organization has this database id. */
export async function organizationExists({ db }: Services, id: string): Promise<boolean> {
  return (await db.run(FIND, [id])).length > 0;
}
