import { statement } from "../../db/database.ts";
import type { Services } from "../services.ts";
import { unavailableOf } from "../unavailable.ts";
import type { ApiKey, Session } from "./access.ts";
import { API_KEY_COLUMNS, hashSecret, IS_USABLE } from "./api_keys.ts";

// Condition in SQL: the organization of the key is not being deleted.
const ORGANIZATION_EXISTS = `not exists (
  select from organizations where organizations.id = organization_id and deleting_since is not null)`;

const USABLE = statement<[hash: Uint8Array], ApiKey>(
  "access.usableKey",
  `select ${API_KEY_COLUMNS} from api_keys where hash = $1 and ${IS_USABLE} and ${ORGANIZATION_EXISTS}`,
);

// At most once a minute, because concurrent requests with one key would contend for its row.
const TOUCH = statement<[id: string]>(
  "access.touchKey",
  `update api_keys set last_used_at = now() where id = $1
   and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
);

/**
 * Authenticates the holder of an API key, and records the use of the key once a minute.
 *
 * @param secret as the caller sent it
 * @returns null if the key is unknown, revoked or expired, or its organization was deleted
 */
export async function authenticateKey({ db }: Services, secret: string): Promise<Session | null> {
  const [key] = await db.run(USABLE, hashSecret(secret));
  if (!key) return null;
  await touch(db, key.id);
  const { organizationId, userId, role, id: keyId, expiresAt } = key;
  return { caller: { organizationId, userId, role, keyId }, expiresAt };
}

// A database that refuses writes still answers queries; a later request records the use.
async function touch(db: Services["db"], id: string): Promise<void> {
  try {
    await db.run(TOUCH, id);
  } catch (error) {
    if (!unavailableOf(error)) throw error;
  }
}

const ENDED = statement<[hash: Uint8Array], { revoked: boolean }>(
  "access.endedKey",
  `select revoked_at is not null as revoked from api_keys where hash = $1 and not (${IS_USABLE})`,
);

/**
 * Finds out why an API key is refused. Only its holder can ask, because the whole secret is required.
 *
 * @returns null if the key is unknown or usable
 */
export async function findEndOfKey(
  { db }: Services,
  secret: string,
): Promise<"REVOKED" | "EXPIRED" | null> {
  const [key] = await db.run(ENDED, hashSecret(secret));
  if (!key) return null;
  return key.revoked ? "REVOKED" : "EXPIRED";
}

const USABLE_IDS = statement<[ids: string[]], { id: string }>(
  "access.usableKeyIds",
  `select id from api_keys where id = any($1) and ${IS_USABLE} and ${ORGANIZATION_EXISTS}`,
);

/** Returns those of the given database ids whose keys are neither revoked nor expired. */
export async function findUsableKeys(
  { db }: Services,
  ids: readonly string[],
): Promise<Set<string>> {
  const rows = await db.run(USABLE_IDS, [...ids]);
  return new Set(rows.map(({ id }) => id));
}
