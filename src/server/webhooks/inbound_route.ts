import { GraphQLError } from "graphql";
import type { Context, Hono } from "hono";
import { parseTypeId } from "../../domain/id.ts";
import { INBOUND_PATHS, type InboundKind } from "../../domain/inbound_routes/route.ts";
import type { FindSecrets, InboundSecrets } from "../../domain/inbound_routes/secrets.ts";
import { errorResponse } from "../errors.ts";

const NO_ROUTE = "Cannot find an inbound route with a secret at this address";

/**
 * Declares the route of a kind, with and without the id of an organization in its path. It answers 404 while it has no
 * secret.
 *
 * @param answer gets the organization of the route, and the secrets by which it verifies the request
 */
export function addInboundRoute(
  app: Hono,
  kind: InboundKind,
  findSecrets: FindSecrets,
  answer: (request: Request, route: InboundSecrets) => Promise<Response>,
): void {
  const handle = async ({ req }: Context) => {
    const organizationId = organizationOf(req.param("organization"));
    const route = organizationId === undefined ? null : await findSecrets(kind, organizationId);
    return route ? await answer(req.raw, route) : errorResponse(404, new GraphQLError(NO_ROUTE));
  };
  const path = INBOUND_PATHS[kind];
  app.post(path, handle);
  app.post(`${path}/:organization`, handle);
}

/** Null: the path has no id; undefined: it is not the id of an organization. */
function organizationOf(typeId: string | undefined): string | null | undefined {
  if (typeId === undefined) return null;
  const parsed = parseTypeId(typeId);
  return parsed?.noun === "organization" ? parsed.id : undefined;
}
