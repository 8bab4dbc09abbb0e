import { type Connection, statement } from "../../db/database.ts";
import type { ErasedUser } from "../person.ts";
import type { Role } from "./access.ts";

const ERASE = statement<[organizationId: string, userId: string], { id: string }>(
  "access.eraseKeysOfUser",
  "delete from api_keys where organization_id = $1 and user_id = $2 returning id",
);

const ROLES = statement<[organizationId: string, userId: string], { role: Role }>(
  "access.rolesOfUser",
  "select distinct role from api_keys where organization_id = $1 and user_id = $2",
);

/** Deletes the API keys of a user. Publish the topic `access` afterwards, which ends its connections. */
export async function eraseKeysOfUser(
  db: Connection,
  { organizationId, userId }: ErasedUser,
): Promise<number> {
  return (await db.run(ERASE, organizationId, userId)).length;
}

/** Reads the roles of all API keys of a user. */
export async function rolesOfUser(
  db: Connection,
  { organizationId, userId }: ErasedUser,
): Promise<Role[]> {
  return (await db.run(ROLES, organizationId, userId)).map(({ role }) => role);
}
