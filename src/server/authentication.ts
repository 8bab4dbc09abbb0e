import {
  createRemoteJWKSet,
  errors,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyOptions,
} from "jose";
import { z } from "zod";
import { findEndOfKey } from "../domain/access/authenticate.ts";
import type { Session } from "../domain/access/access.ts";
import { findExisting } from "../domain/access/organizations.ts";
import { parseTypeId } from "../domain/id.ts";
import type { Services } from "../domain/services.ts";
import { singleLine } from "../domain/validation.ts";
import { createKeyCache } from "./key_cache.ts";

/** Verification of JWTs: by a shared secret (HS256) or by the keys published at a URL. */
export type JwtOptions = ({ readonly secret: string } | { readonly jwksUrl: string }) & {
  /** Required `iss` claim; null: any, or none. */
  readonly issuer: string | null;
  /** Required member of the `aud` claim; null: any, or none. */
  readonly audience: string | null;
};

/**
 * Authenticates a caller.
 *
 * @param credentials the Authorization header, or `authorization` of the connectionParams:
 *   "Bearer <API key or JWT>"
 * @returns the caller's session; null if the credentials are missing, unknown, revoked or expired
 */
export type Authenticate = (credentials: unknown) => Promise<Session | null>;

const PUBLISHED_ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
];

// Latest time of a Date, in milliseconds.
const MAX_TIME_MS = 8.64e15;

const claims = z.object({
  // The limit of `eraseUser`, so that each user can be erased. PostgreSQL cannot store a NUL character.
  sub: singleLine(200),
  org: z.string(),
  role: z.enum(["OPERATOR", "ADMIN", "MEMBER"]),
});

/**
 * Creates the authentication that HTTP and WebSocket share.
 *
 * @param jwt null: JWTs are not accepted
 */
export function createAuthentication(services: Services, jwt: JwtOptions | null): Authenticate {
  const verify = jwt && createVerifier(jwt);
  const authenticateKey = createKeyCache(services);
  return async (credentials) => {
    const token = tokenOf(credentials);
    if (!token) return null;
    const session = await authenticateKey(token);
    if (session || !verify) return session;
    const payload = await verify(token);
    return payload && sessionOf(services, payload);
  };
}

function tokenOf(credentials: unknown): string | undefined {
  return typeof credentials === "string" ? /^Bearer +(\S+)$/i.exec(credentials)?.[1] : undefined;
}

const REFUSALS = {
  REVOKED: "this API key was revoked; use another one",
  EXPIRED: "this API key has expired; use another one",
} as const;

/** Describes for the caller why its credentials are refused, with the remedy. */
export async function describeRefusal(services: Services, credentials: unknown): Promise<string> {
  const token = tokenOf(credentials);
  const end = token ? await findEndOfKey(services, token) : null;
  const reason = end === null
    ? "send a valid API key or JWT as Authorization: Bearer …"
    : REFUSALS[end];
  return `Cannot authenticate the request: ${reason}`;
}

type Verify = (token: string) => Promise<JWTPayload | null>;

function createVerifier(options: JwtOptions): Verify {
  const required: JWTVerifyOptions = {
    issuer: options.issuer ?? undefined,
    audience: options.audience ?? undefined,
  };
  if ("secret" in options) {
    const secret = new TextEncoder().encode(options.secret);
    return (token) => orNull(jwtVerify(token, secret, { ...required, algorithms: ["HS256"] }));
  }
  const keys = createRemoteJWKSet(new URL(options.jwksUrl));
  const checks = { ...required, algorithms: PUBLISHED_ALGORITHMS };
  return (token) => orNull(jwtVerify(token, keys, checks));
}

async function orNull(verified: Promise<{ payload: JWTPayload }>): Promise<JWTPayload | null> {
  try {
    return (await verified).payload;
  } catch (error) {
    if (isTokenFault(error)) return null;
    throw error;
  }
}

// An unreachable key server is not a fault of the token, which may be valid.
function isTokenFault(error: unknown): boolean {
  return error instanceof errors.JWTExpired || error instanceof errors.JWTInvalid ||
    error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWSInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
}

async function sessionOf(services: Services, payload: JWTPayload): Promise<Session | null> {
  const { data } = claims.safeParse(payload);
  if (!data) return null;
  const organization = parseTypeId(data.org);
  if (organization?.noun !== "organization") return null;
  if (!(await findExisting(services, [organization.id])).has(organization.id)) return null;
  return {
    caller: {
      organizationId: organization.id,
      userId: data.sub,
      role: data.role,
      keyId: null,
    },
    expiresAt: payload.exp === undefined
      ? null
      : new Date(Math.min(payload.exp * 1000, MAX_TIME_MS)),
  };
}
