import { randomBytes } from "node:crypto";
import { statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { invalid } from "../errors.ts";
import type { Services } from "../services.ts";
import { closedRoute, ROUTE_COLUMNS } from "./find.ts";
import type { InboundKind, InboundRoute } from "./route.ts";
import { sealSecret } from "./sealed.ts";

const SECRET_BYTES = 32;
const SECRET = /^[\x21-\x7e]{16,200}$/;

/** Input of `saveInboundSecret`. */
export interface SaveInboundSecretInput {
  readonly kind: InboundKind;
  /** 16 to 200 visible ASCII characters; absent or null: one is generated, for EMAIL only. */
  readonly secret?: string | null;
}

/** A route after its secret was saved. */
export interface SavedInboundSecret {
  readonly route: InboundRoute;
  /** The generated secret, which is not shown again; null: the caller chose it. */
  readonly generated: string | null;
}

const SAVE = statement<
  [organizationId: string, kind: InboundKind, secret: string, createdBy: string | null],
  InboundRoute
>(
  "inboundRoutes.save",
  `insert into inbound_secrets as s (organization_id, kind, secret, created_by)
   values ($1, $2, $3, $4)
   on conflict (organization_id, kind) do update set secret = excluded.secret,
     created_at = now(), created_by = excluded.created_by,
     previous_secret = s.secret, previous_secret_until = now() + interval '1 day'
   returning ${ROUTE_COLUMNS}`,
);

/**
 * Saves the secret of an inbound webhook of the caller's organization. A replaced secret is accepted for another
 * day, so that no request is refused before its sender uses the new one.
 *
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} path `secret`, if it is malformed, or missing for another kind than EMAIL
 */
export async function saveInboundSecret(
  services: Services,
  caller: Caller,
  { kind, secret }: SaveInboundSecretInput,
): Promise<SavedInboundSecret> {
  requireAdmin(caller, "save secrets of inbound routes");
  const chosen = secret == null ? null : checkSecret(secret);
  if (chosen === null && kind !== "EMAIL") {
    throw invalid(["secret"], "REQUIRED", `is missing: enter the one that ${NAMES[kind]} shows`);
  }
  const { organizationId, userId } = caller;
  const saved = chosen ?? randomBytes(SECRET_BYTES).toString("base64url");
  const sealed = await sealSecret(services, organizationId, kind, saved);
  const [route] = await services.db.run(SAVE, organizationId, kind, sealed, userId);
  if (!route) throw new Error("Cannot save the secret of an inbound route: no row was returned");
  services.bus.publish("inboundRoutes", organizationId, null);
  return { route, generated: chosen === null ? saved : null };
}

const NAMES = { MAILGUN: "Mailgun", SHOPIFY: "Shopify" } as const;

function checkSecret(text: string): string {
  const secret = text.trim();
  if (SECRET.test(secret)) return secret;
  const message = "must have 16 to 200 visible ASCII characters, without spaces";
  throw invalid(["secret"], "MALFORMED", message);
}

const DELETE = statement<[organizationId: string, kind: InboundKind]>(
  "inboundRoutes.delete",
  "delete from inbound_secrets where organization_id = $1 and kind = $2",
);

/**
 * Deletes the secret of an inbound webhook of the caller's organization, with the one that it replaced. From now on
 * the route answers 404.
 *
 * @returns the route, also if it had no secret
 * @throws {ForbiddenError} for a MEMBER
 */
export async function deleteInboundSecret(
  { db, bus }: Services,
  caller: Caller,
  kind: InboundKind,
): Promise<InboundRoute> {
  requireAdmin(caller, "delete secrets of inbound routes");
  const { organizationId } = caller;
  await db.run(DELETE, organizationId, kind);
  bus.publish("inboundRoutes", organizationId, null);
  return closedRoute(organizationId, kind);
}
