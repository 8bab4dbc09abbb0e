import { LRUCache } from "lru-cache";
import { statement } from "../../db/database.ts";
import { findMainOrganization } from "../access/operator.ts";
import type { Services } from "../services.ts";
import type { InboundKind } from "./route.ts";
import { openSecret } from "./sealed.ts";

/** Accepted secrets of a route, and its organization. */
export interface InboundSecrets {
  readonly organizationId: string;
  /** The current one, and for a day the one that it replaced. */
  readonly secrets: readonly string[];
}

/**
 * Finds the secrets of a route.
 *
 * @param organizationId database id from the path of the route; null: the path has none, so that the route serves
 *   the oldest organization with the secret of the environment
 * @returns null if the route has no secret, or its organization does not exist: it answers 404
 */
export type FindSecrets = (
  kind: InboundKind,
  organizationId: string | null,
) => Promise<InboundSecrets | null>;

/** Secrets of the environment by kind; null: not set. */
export type EnvironmentSecrets = Readonly<Record<InboundKind, string | null>>;

// Bounds the use of a deleted secret if the event of its deletion is lost.
const MAX_AGE_MS = 10_000;
const MAX_ROUTES = 10_000;

const FIND = statement<
  [organizationId: string, kind: InboundKind],
  { secret: string; previous: string | null }
>(
  "inboundRoutes.secrets",
  `select s.secret,
     case when s.previous_secret_until > now() then s.previous_secret end as previous
   from inbound_secrets s
   join organizations o on o.id = s.organization_id and o.deleting_since is null
   where s.organization_id = $1 and s.kind = $2`,
);

/**
 * Creates the look-up of secrets. Each route is read at most once in 10 seconds, because it would otherwise cost each
 * webhook a round trip to the database. A changed secret is read again as soon as the event of its change has arrived.
 */
export function createInboundSecrets(
  services: Services,
  environment: EnvironmentSecrets,
): FindSecrets {
  const routes = new LRUCache<string, Promise<InboundSecrets | null>>({
    max: MAX_ROUTES,
    ttl: MAX_AGE_MS,
  });
  services.bus.subscribe("inboundRoutes", () => routes.clear());
  // The organization is being deleted.
  services.bus.subscribe("access", () => routes.clear());

  return async (kind, organizationId) => {
    const key = `${kind} ${organizationId}`;
    const known = routes.get(key);
    if (known) return await known;
    const reading = organizationId === null
      ? ofEnvironment(services, environment[kind])
      : ofOrganization(services, kind, organizationId);
    routes.set(key, reading);
    const forget = () => {
      if (routes.peek(key) === reading) routes.delete(key);
    };
    // Only routes with a secret are kept, so that guessed ids do not displace them.
    reading.then((found) => found ?? forget(), forget);
    return await reading;
  };
}

async function ofEnvironment(
  { db }: Services,
  secret: string | null,
): Promise<InboundSecrets | null> {
  const organizationId = secret === null ? null : await findMainOrganization(db);
  return secret === null || organizationId === null ? null : { organizationId, secrets: [secret] };
}

async function ofOrganization(
  services: Services,
  kind: InboundKind,
  organizationId: string,
): Promise<InboundSecrets | null> {
  const [row] = await services.db.run(FIND, organizationId, kind);
  if (!row) return null;
  const sealed = row.previous === null ? [row.secret] : [row.secret, row.previous];
  const secrets = await Promise.all(
    sealed.map((text) => openSecret(services, organizationId, kind, text)),
  );
  return { organizationId, secrets };
}
