import { statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import type { Services } from "../services.ts";
import { INBOUND_KINDS, type InboundKind, type InboundRoute } from "./route.ts";

/** SQL: columns of `inbound_secrets` under the names of `InboundRoute`. */
export const ROUTE_COLUMNS = `kind, organization_id as "organizationId",
  created_at as "secretCreatedAt", created_by as "secretCreatedBy",
  case when previous_secret_until > now() then previous_secret_until end as "previousSecretUntil"`;

const LIST = statement<[organizationId: string], InboundRoute>(
  "inboundRoutes.list",
  `select ${ROUTE_COLUMNS} from inbound_secrets where organization_id = $1`,
);

/** Returns a route that has no secret. */
export function closedRoute(organizationId: string, kind: InboundKind): InboundRoute {
  return {
    kind,
    organizationId,
    secretCreatedAt: null,
    secretCreatedBy: null,
    previousSecretUntil: null,
  };
}

/**
 * Lists the inbound webhooks of the caller's organization, one of each kind, whether or not they have a secret.
 *
 * @throws {ForbiddenError} for a MEMBER
 */
export async function listInboundRoutes(
  { db }: Services,
  caller: Caller,
): Promise<InboundRoute[]> {
  requireAdmin(caller, "see inbound routes");
  const { organizationId } = caller;
  const stored = await db.run(LIST, organizationId);
  return INBOUND_KINDS.map((kind) =>
    stored.find((route) => route.kind === kind) ?? closedRoute(organizationId, kind)
  );
}
