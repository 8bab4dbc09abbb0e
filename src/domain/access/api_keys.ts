import { createHash, randomBytes } from "node:crypto";
import { columnList, type TableOf } from "../../db/columns.ts";
import { type Connection, queryBuilder, statement } from "../../db/database.ts";
import { InvalidInputError, type Issue, NotFoundError } from "../errors.ts";
import { newId, toTypeId } from "../id.ts";
import { byId, listPage, type Page, type PageArgs } from "../page.ts";
import type { Services } from "../services.ts";
import {
  type ApiKey,
  type Caller,
  checkName,
  requireAdmin,
  requireRole,
  type Role,
} from "./access.ts";

/** Input of `createApiKey`. */
export interface CreateApiKeyInput {
  readonly name: string;
  readonly role: Role;
  readonly userId?: string | null;
  readonly expiresAt?: Date | null;
}

/** A new key with its secret, which is not stored and cannot be shown again. */
export interface NewApiKey {
  readonly apiKey: ApiKey;
  readonly secret: string;
}

interface Tables {
  api_keys: TableOf<ApiKey, typeof COLUMNS>;
}

const PREFIX_LENGTH = 8;
const SECRET_BYTES = 32;

const COLUMNS = [
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
] as const;

/** The columns of `api_keys` under the names of `ApiKey`, as a list in SQL. */
export const API_KEY_COLUMNS = columnList(COLUMNS);

/** Condition in SQL: the key is neither revoked nor expired. */
export const IS_USABLE = "revoked_at is null and (expires_at is null or expires_at > now())";

const INSERT = statement<
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
   values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${API_KEY_COLUMNS}`,
);

/**
 * Creates an API key of the caller's organization.
 *
 * @param input a MEMBER's key without `userId` gets its own TypeID as its user
 * @throws {ForbiddenError} for a MEMBER, and for a role above the caller's
 * @throws {InvalidInputError} for an empty or long name or userId, and an `expiresAt` in the past
 */
export async function createApiKey(
  { db }: Services,
  caller: Caller,
  input: CreateApiKeyInput,
): Promise<NewApiKey> {
  requireRole(caller, input.role, `create a key with the role ${input.role}`);
  const issues: Issue[] = [];
  checkName(issues, ["name"], input.name);
  if (input.userId != null) checkName(issues, ["userId"], input.userId);
  if (input.expiresAt && input.expiresAt.getTime() <= Date.now()) {
    issues.push({ path: ["expiresAt"], code: "PAST", message: "must be in the future" });
  }
  if (issues.length > 0) throw new InvalidInputError(issues);
  return await insertApiKey(db, caller.organizationId, input);
}

/** Inserts an API key with a new random secret, without any check of the input. */
export async function insertApiKey(
  db: Connection,
  organizationId: string,
  { name, role, userId, expiresAt }: CreateApiKeyInput,
): Promise<NewApiKey> {
  const id = newId();
  const secret = `wb_${randomBytes(SECRET_BYTES).toString("base64url")}`;
  const [apiKey] = await db.run(
    INSERT,
    id,
    organizationId,
    name.trim(),
    role,
    userId ?? (role === "MEMBER" ? toTypeId("apiKey", id) : null),
    hashSecret(secret),
    secret.slice(0, PREFIX_LENGTH),
    expiresAt ?? null,
  );
  if (!apiKey) throw new Error("Cannot create an API key: the insert returned no row");
  return { apiKey, secret };
}

/** Computes the SHA-256 of a key's secret, which is stored in its place. */
export function hashSecret(secret: string): Uint8Array {
  return createHash("sha256").update(secret).digest();
}

const REVOKE = statement<[organizationId: string, id: string], ApiKey>(
  "access.revokeKey",
  `update api_keys set revoked_at = coalesce(revoked_at, now())
   where organization_id = $1 and id = $2 returning ${API_KEY_COLUMNS}`,
);

/**
 * Revokes an API key and ends its open connections. Revoking it again changes nothing.
 *
 * @param id database id of the key
 * @throws {ForbiddenError} for a MEMBER, and for an OPERATOR's key unless the caller is the OPERATOR
 * @throws {NotFoundError} if the organization has no such key
 */
export async function revokeApiKey(
  services: Services,
  caller: Caller,
  id: string,
): Promise<ApiKey> {
  requireAdmin(caller, "revoke a key");
  const [key] = await findApiKeys(services, caller, [id]);
  if (!key) throw new NotFoundError([toTypeId("apiKey", id)]);
  requireRole(caller, key.role, `revoke a key with the role ${key.role}`);
  const [revoked] = await services.db.run(REVOKE, caller.organizationId, id);
  if (!revoked) throw new NotFoundError([toTypeId("apiKey", id)]);
  services.bus.publish("access", caller.organizationId, [id]);
  return revoked;
}

/**
 * Lists the API keys of the caller's organization, newest first.
 *
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
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
    .select(COLUMNS);
  return listPage(db, keys, byId("desc"), page);
}

const FIND = statement<[organizationId: string, ids: string[]], ApiKey>(
  "access.keysById",
  `select ${API_KEY_COLUMNS} from api_keys where organization_id = $1 and id = any($2)`,
);

/** Finds the API keys with these database ids that the caller may see, in any order. */
export function findApiKeys(
  { db }: Services,
  caller: Caller,
  ids: readonly string[],
): Promise<ApiKey[]> {
  if (caller.role === "MEMBER") return Promise.resolve([]);
  return db.run(FIND, caller.organizationId, [...ids]);
}
