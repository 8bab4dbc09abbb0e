import { ForbiddenError, type Issue } from "../errors.ts";
import type { StoredSender } from "../mailbox.ts";

/**
 * A MEMBER acts on its own objects, an ADMIN on those of its organization, the OPERATOR on the
 * installation too.
 */
export type Role = "OPERATOR" | "ADMIN" | "MEMBER";

/** Caller of an operation or query, which reads and writes rows of the caller's organization only. */
export interface Caller {
  readonly organizationId: string;
  /** User that the key or token names; null if it names none. */
  readonly userId: string | null;
  readonly role: Role;
  /** API key of the caller; null for a JWT. */
  readonly keyId: string | null;
}

/** API key of an organization, without its secret. */
export interface ApiKey {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly role: Role;
  readonly userId: string | null;
  /** First characters of the secret, which identify the key for people. */
  readonly prefix: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

/** Organization: a tenant of the installation. */
export interface Organization extends StoredSender {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  /** Address for replies; null: the sender. */
  readonly replyTo: string | null;
  /** Address for mails to its administrators; null: none. */
  readonly adminEmail: string | null;
  /** IANA time zone. */
  readonly timezone: string;
  /** Confidence of the model, 0 to 1, below which a suggested reply is no draft. */
  readonly minSuggestionConfidence: number;
}

/** An authenticated caller. */
export interface Session {
  readonly caller: Caller;
  /** Time at which the key or token expires; null: never. */
  readonly expiresAt: Date | null;
}

/** Owner of the built-in schedules and their jobs; the first migration creates it. */
export const SYSTEM_ORGANIZATION_ID = "00000000-0000-7000-8000-000000000000";

const MAX_NAME_LENGTH = 200;

/** True if the caller may see and change the objects of `userId`, a user of its own organization. */
export function ownsOrAdministers(caller: Caller, userId: string | null): boolean {
  return caller.role !== "MEMBER" || (userId !== null && userId === caller.userId);
}

/** Organizations whose jobs the caller may see and act on: its own and, for the OPERATOR, the system's. */
export function organizationsOf({ organizationId, role }: Caller): string[] {
  const organizations = role === "OPERATOR"
    ? [organizationId, SYSTEM_ORGANIZATION_ID]
    : [organizationId];
  return [...new Set(organizations)];
}

/**
 * Refuses a MEMBER.
 *
 * @param action completes "Only an ADMIN may …"
 * @throws {ForbiddenError}
 */
export function requireAdmin(caller: Caller, action: string): void {
  if (caller.role === "MEMBER") throw new ForbiddenError(`Only an ADMIN may ${action}`);
}

/**
 * Refuses every caller but the OPERATOR.
 *
 * @param action completes "Only the OPERATOR may …"
 * @throws {ForbiddenError}
 */
export function requireOperator(caller: Caller, action: string): void {
  if (caller.role !== "OPERATOR") throw new ForbiddenError(`Only the OPERATOR may ${action}`);
}

/**
 * Refuses every MEMBER, and the role OPERATOR unless the caller is the OPERATOR.
 *
 * @param role role that the caller wants to grant or revoke
 * @param action completes "Only an ADMIN may …" or "Only the OPERATOR may …"
 * @throws {ForbiddenError}
 */
export function requireRole(caller: Caller, role: Role, action: string): void {
  if (role === "OPERATOR") requireOperator(caller, action);
  else requireAdmin(caller, action);
}

/** Adds an issue for each fault of a name: empty, over 200 characters, control characters, lone surrogates. */
export function checkName(issues: Issue[], path: readonly string[], text: string): void {
  if (text.trim() === "") issues.push({ path, code: "REQUIRED", message: "must not be empty" });
  if (text.length > MAX_NAME_LENGTH) {
    const message = `must have at most ${MAX_NAME_LENGTH} characters`;
    issues.push({ path, code: "TOO_LONG", message });
  }
  if (/\p{Cc}/u.test(text)) {
    issues.push({ path, code: "MALFORMED", message: "must not have control characters" });
  }
  // The database would store U+FFFD instead, so that two different user ids become the same one.
  if (!text.isWellFormed()) {
    issues.push({ path, code: "MALFORMED", message: "must not have lone surrogates" });
  }
}
