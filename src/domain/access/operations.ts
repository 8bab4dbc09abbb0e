import { createHash, randomBytes } from "node:crypto";
import type { Connection } from "../../db/database.ts";
import { InvalidInputError, type Issue, NotFoundError } from "../errors.ts";
import { newId, toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import {
  type ApiKey,
  type Caller,
  type Organization,
  requireAdmin,
  requireOperator,
  requireRole,
  type Role,
  type Session,
  SYSTEM_ORGANIZATION_ID,
} from "./access.ts";
import {
  apiKeysById,
  DELETE_OTHER_VALUE,
  HAS_USABLE_OPERATOR,
  INSERT_KEY,
  INSERT_ORGANIZATION,
  LOCK_ACCESS,
  MAIN_ORGANIZATION,
  organizationsById,
  REVOKE_KEY,
  TOUCH_KEY,
  UPSERT_OPERATOR_KEY,
  USABLE_KEY,
} from "./queries.ts";

/** What `createApiKey` takes. */
export interface CreateApiKeyInput {
  readonly name: string;
  readonly role: Role;
  readonly userId?: string | null;
  readonly expiresAt?: Date | null;
}

/** A new key; the secret is in no other place and cannot be shown again. */
export interface NewApiKey {
  readonly apiKey: ApiKey;
  readonly secret: string;
}

const MAX_NAME_LENGTH = 200;
const PREFIX_LENGTH = 8;
const SECRET_BYTES = 32;
// The key of ADMIN_API_KEY has the same id in every installation, so that a new value replaces it.
const ENVIRONMENT_KEY_ID = "00000000-0000-7000-8000-000000000001";

/**
 * Makes an API key of the caller's organization.
 *
 * @param input a MEMBER's key without `userId` stands for itself: its own TypeID is its user
 * @throws {ForbiddenError} to a MEMBER, and for a role above the caller's
 * @throws {InvalidInputError} for an empty or long name or userId, and an `expiresAt` that is past
 */
export async function createApiKey(
  { db }: Services,
  caller: Caller,
  input: CreateApiKeyInput,
): Promise<NewApiKey> {
  requireRole(caller, input.role, `make a key with the role ${input.role}`);
  const issues: Issue[] = [];
  checkText(issues, ["name"], input.name);
  if (input.userId != null) checkText(issues, ["userId"], input.userId);
  if (input.expiresAt && input.expiresAt.getTime() <= Date.now()) {
    issues.push({ path: ["expiresAt"], code: "PAST", message: "must be in the future" });
  }
  if (issues.length > 0) throw new InvalidInputError(issues);
  return await insertKey(db, caller.organizationId, input);
}

/**
 * Ends an API key for good, and with it what it holds open. A key that was revoked before stays as it
 * is.
 *
 * @param id database id of the key
 * @throws {ForbiddenError} to a MEMBER, and for an OPERATOR's key to anybody else
 * @throws {NotFoundError} when the organization has no such key
 */
export async function revokeApiKey(
  services: Services,
  caller: Caller,
  id: string,
): Promise<ApiKey> {
  requireAdmin(caller, "revoke a key");
  const [key] = await apiKeysById(services, caller, [id]);
  if (!key) throw new NotFoundError([toTypeId("apiKey", id)]);
  requireRole(caller, key.role, `revoke a key with the role ${key.role}`);
  const [revoked] = await services.db.run(REVOKE_KEY, caller.organizationId, id);
  if (!revoked) throw new NotFoundError([toTypeId("apiKey", id)]);
  services.bus.publish("access", caller.organizationId, [id]);
  return revoked;
}

/**
 * Makes an organization and its first key, an ADMIN's.
 *
 * @throws {ForbiddenError} to all but the OPERATOR
 * @throws {InvalidInputError} for an empty or long name
 */
export async function createOrganization(
  { db }: Services,
  caller: Caller,
  input: { readonly name: string },
): Promise<NewApiKey & { organization: Organization }> {
  requireOperator(caller, "make an organization");
  const issues: Issue[] = [];
  checkText(issues, ["name"], input.name);
  if (issues.length > 0) throw new InvalidInputError(issues);
  return await db.transaction(async (tx) => {
    const organization = await insertOrganization(tx, input.name);
    return {
      organization,
      ...await insertKey(tx, organization.id, { name: "Admin", role: "ADMIN" }),
    };
  });
}

/**
 * Who shows this key, or null when there is none such, or none that may still be used.
 *
 * @param secret as the caller sent it
 */
export async function authenticateKey({ db }: Services, secret: string): Promise<Session | null> {
  const [key] = await db.run(USABLE_KEY, hashOf(secret));
  if (!key) return null;
  await db.run(TOUCH_KEY, key.id);
  const { organizationId, userId, role, id: keyId, expiresAt } = key;
  return { caller: { organizationId, userId, role, keyId }, expiresAt };
}

/** True when there is such an organization. */
export async function organizationExists(services: Services, id: string): Promise<boolean> {
  const operator: Caller = { organizationId: id, userId: null, role: "OPERATOR", keyId: null };
  return (await organizationsById(services, operator, [id])).length > 0;
}

/**
 * Sees to it that somebody can come in: makes the organization "Main" when there is none, and an
 * operator's key when none can be used. Call it at each start; many processes may at once.
 *
 * @param adminApiKey a key of the operator's own choice, which is kept valid and replaces the one that
 *   was given here before; null: one is made when there is none
 * @returns the secret of the key that was made, to be shown this once; else null
 */
export function ensureOperator(
  { db }: Services,
  adminApiKey: string | null,
): Promise<string | null> {
  return db.transaction(async (tx) => {
    await tx.run(LOCK_ACCESS, SYSTEM_ORGANIZATION_ID);
    const [main] = await tx.run(MAIN_ORGANIZATION, SYSTEM_ORGANIZATION_ID);
    const { id } = main ?? await insertOrganization(tx, "Main");
    if (adminApiKey !== null) {
      await keepEnvironmentKey(tx, id, adminApiKey);
      return null;
    }
    const [operator] = await tx.run(HAS_USABLE_OPERATOR);
    if (operator?.found) return null;
    return (await insertKey(tx, id, { name: "Operator", role: "OPERATOR" })).secret;
  });
}

async function keepEnvironmentKey(
  tx: Connection,
  organizationId: string,
  secret: string,
): Promise<void> {
  const hash = hashOf(secret);
  await tx.run(DELETE_OTHER_VALUE, ENVIRONMENT_KEY_ID, hash);
  await tx.run(
    UPSERT_OPERATOR_KEY,
    ENVIRONMENT_KEY_ID,
    organizationId,
    "ADMIN_API_KEY",
    hash,
    // A chosen secret may be short: hardly any of it is shown.
    `${secret.slice(0, 2)}…`,
  );
}

async function insertOrganization(tx: Connection, name: string): Promise<Organization> {
  const [organization] = await tx.run(INSERT_ORGANIZATION, newId(), name.trim());
  if (!organization) throw new Error("Cannot make an organization: the insert returned no row");
  return organization;
}

async function insertKey(
  db: Connection,
  organizationId: string,
  { name, role, userId, expiresAt }: CreateApiKeyInput,
): Promise<NewApiKey> {
  const id = newId();
  const secret = `wb_${randomBytes(SECRET_BYTES).toString("base64url")}`;
  const [apiKey] = await db.run(
    INSERT_KEY,
    id,
    organizationId,
    name.trim(),
    role,
    userId ?? (role === "MEMBER" ? toTypeId("apiKey", id) : null),
    hashOf(secret),
    secret.slice(0, PREFIX_LENGTH),
    expiresAt ?? null,
  );
  if (!apiKey) throw new Error("Cannot make an API key: the insert returned no row");
  return { apiKey, secret };
}

function hashOf(secret: string): Uint8Array {
  return createHash("sha256").update(secret).digest();
}

function checkText(issues: Issue[], path: readonly string[], text: string): void {
  if (text.trim() === "") issues.push({ path, code: "REQUIRED", message: "must not be empty" });
  if (text.length > MAX_NAME_LENGTH) {
    const message = `must have at most ${MAX_NAME_LENGTH} characters`;
    issues.push({ path, code: "TOO_LONG", message });
  }
  if (/\p{Cc}/u.test(text)) {
    issues.push({ path, code: "MALFORMED", message: "must not have control characters" });
  }
}
