import type { Caller } from "../../src/domain/access/access.ts";
import { type Connection, statement } from "../../src/db/database.ts";
import { newId } from "../../src/domain/id.ts";

/** A new organization with one caller of each role. */
export interface TestOrganization {
  readonly id: string;
  readonly operator: Caller;
  readonly admin: Caller;
  readonly member: Caller;
  /** A second MEMBER, who must not see the objects of the first. */
  readonly colleague: Caller;
}

const INSERT_ORGANIZATION = statement<[id: string, name: string]>(
  "test.insertOrganization",
  "insert into organizations (id, name) values ($1, $2)",
);

/** Creates an organization and its callers. */
export async function createOrganization(
  db: Connection,
  name = "Test organization",
): Promise<TestOrganization> {
  const id = newId();
  await db.run(INSERT_ORGANIZATION, id, name);
  const base = { organizationId: id, keyId: null };
  return {
    id,
    operator: { ...base, role: "OPERATOR", userId: null },
    admin: { ...base, role: "ADMIN", userId: "ada" },
    member: { ...base, role: "MEMBER", userId: "max" },
    colleague: { ...base, role: "MEMBER", userId: "cleo" },
  };
}
