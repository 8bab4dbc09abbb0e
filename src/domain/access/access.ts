import { ForbiddenError } from "../errors.ts";

/** MEMBER: its own; ADMIN: its organization; OPERATOR: the installation too. */
export type Role = "OPERATOR" | "ADMIN" | "MEMBER";

/** Who asks. Every operation and every query takes its organization from here. */
export interface Caller {
  readonly organizationId: string;
  /** The person, where the key or token names one. */
  readonly userId: string | null;
  readonly role: Role;
  /** The API key that was shown; null for a JWT. */
  readonly keyId: string | null;
}

/** What was made for the callers of one organization, without its secret. */
export interface ApiKey {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly role: Role;
  readonly userId: string | null;
  /** The secret's first characters, to tell keys apart. */
  readonly prefix: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

/** A tenant. */
export interface Organization {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
}

/** A caller who has shown who it is. */
export interface Session {
  readonly caller: Caller;
  /** When the key or token ends by itself. */
  readonly expiresAt: Date | null;
}

/** Owns the built-in schedules and their jobs; made by the first migration. */
export const SYSTEM_ORGANIZATION_ID = "00000000-0000-7000-8000-000000000000";

/** True when the caller may see and act on what `userId` of its own organization has made. */
export function ownsOrAdministers(caller: Caller, userId: string | null): boolean {
  return caller.role !== "MEMBER" || (userId !== null && userId === caller.userId);
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
 * Refuses all but the OPERATOR.
 *
 * @param action completes "Only the OPERATOR may …"
 * @throws {ForbiddenError}
 */
export function requireOperator(caller: Caller, action: string): void {
  if (caller.role !== "OPERATOR") throw new ForbiddenError(`Only the OPERATOR may ${action}`);
}

/**
 * Refuses a role above the caller's own.
 *
 * @throws {ForbiddenError}
 */
export function requireRole(caller: Caller, role: Role, action: string): void {
  if (role === "OPERATOR") requireOperator(caller, action);
  else requireAdmin(caller, action);
}
