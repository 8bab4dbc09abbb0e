import { type Connection, statement } from "../../db/database.ts";
import type { Services } from "../services.ts";
import { SYSTEM_ORGANIZATION_ID } from "./access.ts";
import { hashSecret, insertApiKey, IS_USABLE } from "./api_keys.ts";
import { insertOrganization } from "./organizations.ts";

// The key of ADMIN_API_KEY has the same id in every installation, so that a new value replaces it.
const ENVIRONMENT_KEY_ID = "00000000-0000-7000-8000-000000000001";

// Serializes processes that start together.
const LOCK = statement<[systemId: string]>(
  "access.lock",
  "select from organizations where id = $1 for update",
);

// The oldest organization except the system organization, whose id is the lowest.
const MAIN_ORGANIZATION = statement<[systemId: string], { id: string }>(
  "access.mainOrganization",
  "select id from organizations where id > $1 and deleting_since is null order by id limit 1",
);

/** Finds the oldest organization, which the settings of the environment are about; null: none exists. */
export async function findMainOrganization(db: Connection): Promise<string | null> {
  const [main] = await db.run(MAIN_ORGANIZATION, SYSTEM_ORGANIZATION_ID);
  return main?.id ?? null;
}

const HAS_USABLE_KEY = statement<[], { found: boolean }>(
  "access.hasUsableOperator",
  `select exists (select from api_keys where role = 'OPERATOR' and ${IS_USABLE}) as found`,
);

// A person's choice is kept.
const SET_ADMIN_EMAIL = statement<[id: string, adminEmail: string]>(
  "access.setAdminEmail",
  "update organizations set admin_email = $2 where id = $1 and admin_email is null",
);

/**
 * Ensures that the operator can sign in: creates the organization "Main" if there is none, and an
 * OPERATOR's key if none is usable. Every process calls it when it starts.
 *
 * @param adminApiKey value of ADMIN_API_KEY, stored as a usable OPERATOR's key in place of the value of
 *   an earlier start; null: a key with a random secret is created if none is usable
 * @param adminEmail address for mails to the administrators of the oldest organization if it has none; null: none
 * @returns the secret of the created key, which cannot be shown again; null if none was created
 */
export function ensureOperator(
  { db }: Services,
  adminApiKey: string | null,
  adminEmail: string | null = null,
): Promise<string | null> {
  return db.transaction(async (tx) => {
    await tx.run(LOCK, SYSTEM_ORGANIZATION_ID);
    const id = await findMainOrganization(tx) ?? (await insertOrganization(tx, "Main")).id;
    if (adminEmail !== null) await tx.run(SET_ADMIN_EMAIL, id, adminEmail);
    if (adminApiKey !== null) {
      await storeEnvironmentKey(tx, id, adminApiKey);
      return null;
    }
    const [usable] = await tx.run(HAS_USABLE_KEY);
    if (usable?.found) return null;
    return (await insertApiKey(tx, id, { name: "Operator", role: "OPERATOR" })).secret;
  });
}

const DELETE_OTHER_VALUE = statement<[id: string, hash: Uint8Array], { id: string }>(
  "access.deleteOtherValue",
  "delete from api_keys where id = $1 and hash <> $2 returning id",
);

// The conflict is with a key that was created before its secret became the value of ADMIN_API_KEY.
const UPSERT = statement<
  [id: string, organizationId: string, name: string, hash: Uint8Array, prefix: string]
>(
  "access.upsertOperatorKey",
  `insert into api_keys (id, organization_id, name, role, hash, prefix)
   values ($1, $2, $3, 'OPERATOR', $4, $5)
   on conflict (hash) do update set role = 'OPERATOR', expires_at = null, revoked_at = null`,
);

async function storeEnvironmentKey(
  tx: Connection,
  organizationId: string,
  secret: string,
): Promise<void> {
  const hash = hashSecret(secret);
  await tx.run(DELETE_OTHER_VALUE, ENVIRONMENT_KEY_ID, hash);
  await tx.run(
    UPSERT,
    ENVIRONMENT_KEY_ID,
    organizationId,
    "ADMIN_API_KEY",
    hash,
    // Only two characters are shown, because a chosen secret may be short.
    `${secret.slice(0, 2)}…`,
  );
}
