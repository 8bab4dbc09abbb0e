import type { Generated } from "kysely";
import { queryBuilder, statement } from "../../db/database.ts";
import { byId, listPage, type Page, type PageArgs } from "../page.ts";
import type { Services } from "../services.ts";
import { type ApiKey, type Caller, type Organization, requireAdmin, type Role } from "./access.ts";

interface Tables {
  api_keys: {
    id: string;
    organization_id: string;
    name: string;
    role: Role;
    user_id: string | null;
    prefix: string;
    created_at: Generated<Date>;
    last_used_at: Date | null;
    expires_at: Date | null;
    revoked_at: Date | null;
  };
}

const ORGANIZATION = `id, name, created_at as "createdAt"`;
const API_KEY = `id, organization_id as "organizationId", name, role, user_id as "userId", prefix,
  created_at as "createdAt", last_used_at as "lastUsedAt", expires_at as "expiresAt",
  revoked_at as "revokedAt"`;
const USABLE = "revoked_at is null and (expires_at is null or expires_at > now())";

export const INSERT_ORGANIZATION = statement<[id: string, name: string], Organization>(
  "access.insertOrganization",
  `insert into organizations (id, name) values ($1, $2) returning ${ORGANIZATION}`,
);

const ORGANIZATIONS_BY_ID = statement<[ids: string[]], Organization>(
  "access.organizationsById",
  `select ${ORGANIZATION} from organizations where id = any($1)`,
);

// The first that a person works in: ids grow with time, and the system's own is the lowest.
export const MAIN_ORGANIZATION = statement<[systemId: string], { id: string }>(
  "access.mainOrganization",
  "select id from organizations where id > $1 order by id limit 1",
);

// Processes that start together make the first organization and key in turns.
export const LOCK_ACCESS = statement<[systemId: string]>(
  "access.lock",
  "select from organizations where id = $1 for update",
);

export const INSERT_KEY = statement<
  [
    id: string,
    organizationId: string,
    name: string,
    role: Role,
    userId: string | null,
    hash: Uint8Array,
    prefix: string,
    expiresAt: Date | null,
  ],
  ApiKey
>(
  "access.insertKey",
  `insert into api_keys (id, organization_id, name, role, user_id, hash, prefix, expires_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${API_KEY}`,
);

const KEYS_BY_ID = statement<[organizationId: string, ids: string[]], ApiKey>(
  "access.keysById",
  `select ${API_KEY} from api_keys where organization_id = $1 and id = any($2)`,
);

export const USABLE_KEY = statement<[hash: Uint8Array], ApiKey>(
  "access.usableKey",
  `select ${API_KEY} from api_keys where hash = $1 and ${USABLE}`,
);

const USABLE_KEY_IDS = statement<[ids: string[]], { id: string }>(
  "access.usableKeyIds",
  `select id from api_keys where id = any($1) and ${USABLE}`,
);

// At most once a minute: a row that every request writes would be fought over.
export const TOUCH_KEY = statement<[id: string]>(
  "access.touchKey",
  `update api_keys set last_used_at = now() where id = $1
   and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
);

export const REVOKE_KEY = statement<[organizationId: string, id: string], ApiKey>(
  "access.revokeKey",
  `update api_keys set revoked_at = coalesce(revoked_at, now())
   where organization_id = $1 and id = $2 returning ${API_KEY}`,
);

export const HAS_USABLE_OPERATOR = statement<[], { found: boolean }>(
  "access.hasUsableOperator",
  `select exists (select from api_keys where role = 'OPERATOR' and ${USABLE}) as found`,
);

export const DELETE_OTHER_VALUE = statement<[id: string, hash: Uint8Array], { id: string }>(
  "access.deleteOtherValue",
  "delete from api_keys where id = $1 and hash <> $2 returning id",
);

// A key of this value may have been made before it was put into the environment.
export const UPSERT_OPERATOR_KEY = statement<
  [id: string, organizationId: string, name: string, hash: Uint8Array, prefix: string]
>(
  "access.upsertOperatorKey",
  `insert into api_keys (id, organization_id, name, role, hash, prefix)
   values ($1, $2, $3, 'OPERATOR', $4, $5)
   on conflict (hash) do update set role = 'OPERATOR', expires_at = null, revoked_at = null`,
);

/**
 * The API keys of the caller's organization, newest first.
 *
 * @throws {ForbiddenError} to a MEMBER
 * @throws {InvalidInputError} for page arguments out of range and foreign cursors
 */
export function listApiKeys(
  { db }: Services,
  caller: Caller,
  page: PageArgs,
): Promise<Page<ApiKey>> {
  requireAdmin(caller, "see the API keys");
  const keys = queryBuilder<Tables>()
    .selectFrom("api_keys")
    .where("organization_id", "=", caller.organizationId)
    .select([
      "id",
      "organization_id as organizationId",
      "name",
      "role",
      "user_id as userId",
      "prefix",
      "created_at as createdAt",
      "last_used_at as lastUsedAt",
      "expires_at as expiresAt",
      "revoked_at as revokedAt",
    ]);
  return listPage(db, keys, byId("desc"), page);
}

/** The API keys with these ids that the caller may see, in any order. */
export function apiKeysById(
  { db }: Services,
  caller: Caller,
  ids: readonly string[],
): Promise<ApiKey[]> {
  if (caller.role === "MEMBER") return Promise.resolve([]);
  return db.run(KEYS_BY_ID, caller.organizationId, [...ids]);
}

/** The organizations with these ids that the caller may see: its own, and all to the OPERATOR. */
export function organizationsById(
  { db }: Services,
  caller: Caller,
  ids: readonly string[],
): Promise<Organization[]> {
  const visible = caller.role === "OPERATOR"
    ? [...ids]
    : ids.filter((id) => id === caller.organizationId);
  return db.run(ORGANIZATIONS_BY_ID, visible);
}

/** Which of these keys may still be used. */
export async function usableKeyIds(
  { db }: Services,
  ids: readonly string[],
): Promise<Set<string>> {
  const rows = await db.run(USABLE_KEY_IDS, [...ids]);
  return new Set(rows.map(({ id }) => id));
}
